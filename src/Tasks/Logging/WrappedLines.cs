using System.Text.RegularExpressions;

namespace Verus.Artifact.Tasks.Logging;

/// <summary>Breaks lines that are wider than a terminal at the spaces between words.</summary>
internal static partial class WrappedLines
{
    // In a narrower terminal, text beside an indentation would have no room.
    private const int Narrowest = 20;

    /// <summary>
    /// Returns a text whose lines fit a width, except for words that are wider than the line. A broken line goes on
    /// below the start of its last column, which two spaces separate from the column before it.
    /// </summary>
    /// <param name="text">One or more lines; sequences of colour take no room.</param>
    /// <param name="width">The width in columns.</param>
    public static string Of(string text, int width) =>
        string.Join('\n', text.Split('\n').SelectMany(line => Parts(line.TrimEnd('\r'), width)));

    private static IEnumerable<string> Parts(string line, int width)
    {
        if (Length(line) <= width)
        {
            yield return line;
            yield break;
        }
        var column = Columns().Match(line) is { Success: true } gap && gap.Length <= width - Narrowest
            ? gap.Length : line.Length - line.TrimStart().Length;
        var (indent, start) = (new string(' ', Math.Min(column, Math.Max(0, width - Narrowest))), line[..column]);
        var current = start;
        var isEmpty = true;
        foreach (var word in line[column..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!isEmpty && Length(current) + 1 + Length(word) > width)
            {
                yield return current;
                (current, isEmpty) = (indent, true);
            }
            current += isEmpty ? word : " " + word;
            isEmpty = false;
        }
        yield return current;
    }

    private static int Length(string text) => text.Length - Colors().Matches(text).Sum(match => match.Length);

    [GeneratedRegex(@"\e\[[0-9;]*m")]
    private static partial Regex Colors();

    // The columns of a line before its last one.
    [GeneratedRegex(@"^\s*\S+(?: \S+)*\s{2,}(?=\S)")]
    private static partial Regex Columns();
}
