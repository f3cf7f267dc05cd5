using System.Text;

namespace Verus.Artifact.Extensions;

/// <summary>A line of a tool's output without its end, byte order mark and terminal control sequences.</summary>
/// <param name="Number">Number of the line, counted from 1.</param>
/// <param name="Text">The text of the line; only its beginning if the line is longer than <see
/// cref="OutputLines.LongestLine"/>.</param>
/// <param name="Ended">Whether a line end follows. A last line without a line end may be truncated in the middle of a
/// number.</param>
public readonly record struct OutputLine(int Number, string Text, bool Ended);

/// <summary>
/// Reads a tool's output line by line in bounded memory; a line ends with LF, CRLF, or the bare CR of progress lines.
/// </summary>
public static class OutputLines
{
    /// <summary>
    /// The number of characters of a line that are kept. Results are short, so a longer line is not a result.
    /// </summary>
    public const int LongestLine = 1 << 16;

    /// <summary>The lines of standard output, from its beginning.</summary>
    public static IEnumerable<OutputLine> Of(SampleOutput output) => OnDemand(output.OpenStandardOutput);

    /// <summary>
    /// The lines of standard error, followed by those of standard output, for tools that print their result on either.
    /// </summary>
    public static IEnumerable<OutputLine> OfBoth(SampleOutput output) =>
        OnDemand(output.OpenStandardError).Concat(Of(output));

    /// <summary>The lines of a text; the text reader is disposed at the end.</summary>
    public static IEnumerable<OutputLine> Of(TextReader reader)
    {
        using var text = reader;
        var buffer = new char[1 << 14];
        var line = new StringBuilder();
        var number = 1;
        var (afterReturn, any) = (false, false);
        int count;
        while ((count = text.Read(buffer, 0, buffer.Length)) > 0)
        {
            for (var at = 0; at < count; at++)
            {
                var c = buffer[at];
                if (c == '\n' && afterReturn)
                {
                    afterReturn = false;
                    continue;
                }
                afterReturn = c == '\r';
                if (c is '\n' or '\r')
                {
                    yield return Clean(number++, line, ended: true);
                    any = false;
                }
                else
                {
                    any = true;
                    if (line.Length < LongestLine)
                        line.Append(c);
                }
            }
        }
        if (any)
            yield return Clean(number, line, ended: false);
    }

    // The text is opened again each time that the lines are enumerated.
    private static IEnumerable<OutputLine> OnDemand(Func<TextReader> open)
    {
        foreach (var line in Of(open()))
            yield return line;
    }

    private static OutputLine Clean(int number, StringBuilder line, bool ended)
    {
        var text = line.ToString();
        line.Clear();
        if (number == 1)
            text = text.TrimStart('\uFEFF');
        return new OutputLine(number, ControlSequences.Remove(text), ended);
    }
}
