using System.Text;

namespace Verus.Artifact.Containers;

/// <summary>Splits a stream of bytes into lines.</summary>
internal sealed class LineCutter(Action<string> take)
{
    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder line = new();

    /// <summary>Appends the next bytes and passes on the lines that are complete.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var text = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        foreach (var c in text.AsSpan(0, decoder.GetChars(bytes, text, flush: false)))
        {
            if (c == '\n')
                Flush();
            else
                line.Append(c);
        }
    }

    /// <summary>Passes on the text after the last line break.</summary>
    public void End()
    {
        if (line.Length > 0)
            Flush();
    }

    private void Flush()
    {
        take(line.ToString().TrimEnd('\r'));
        line.Clear();
    }
}
