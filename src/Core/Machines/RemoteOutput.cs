using System.Text;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Machines;

/// <summary>What the evaluation on a machine prints: shown line by line, kept in a file, and searched for
/// errors.</summary>
/// <param name="file">Absolute path of the file that keeps it.</param>
/// <param name="show">Shows a line.</param>
internal sealed partial class RemoteOutput(string file, Action<string> show)
{
    private const int MostLines = 30;
    private readonly List<byte> rest = [];
    private readonly List<string> errors = [];
    private bool isOver;

    /// <summary>The number of bytes that were taken.</summary>
    public long Offset { get; private set; }

    /// <summary>Absolute path of the file that keeps the output.</summary>
    public string File => file;

    /// <summary>The distinct errors, as code and message.</summary>
    public IReadOnlyList<string> Errors => errors;

    /// <summary>Takes a piece of the output.</summary>
    public void Add(byte[] piece)
    {
        if (piece.Length == 0)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using (var stream = new FileStream(file, Offset == 0 ? FileMode.Create : FileMode.Append, FileAccess.Write))
            stream.Write(piece);
        var lines = new List<string>();
        foreach (var one in piece)
        {
            if (one != (byte)'\n')
            {
                rest.Add(one);
                continue;
            }
            lines.Add(Encoding.UTF8.GetString([.. rest]).TrimEnd());
            rest.Clear();
        }
        // A call that finds a run that has been going for long shows its last lines.
        foreach (var line in (Offset == 0 ? lines.TakeLast(MostLines) : lines).Where(line => line.Length > 0))
        {
            // What is made of the samples there is made here, too, and MSBuild repeats all errors at its end.
            isOver |= Summary().IsMatch(line);
            if (!isOver)
                show(Common.PlainText.Line(Place().Replace(line.Trim(), "")));
        }
        Offset += piece.Length;
        foreach (var line in lines)
            if (Error().Match(line) is { Success: true } match
                && $"{match.Groups[1].Value}: {match.Groups[2].Value}" is var text && !errors.Contains(text))
                errors.Add(text);
    }

    [GeneratedRegex(@"(?:^|: )error ([A-Z]+[0-9]+) ?: (.*?)(?: \[[^\]]*proj\])?$")]
    private static partial Regex Error();

    [GeneratedRegex(@"^\s*figure\s+samples\s+verdict|^Build (succeeded|FAILED)\.")]
    private static partial Regex Summary();

    // The path of the project there says nothing here.
    [GeneratedRegex(@" \[[^\]]*proj\]$")]
    private static partial Regex Place();
}
