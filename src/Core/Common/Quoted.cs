using System.Text;

namespace Verus.Artifact.Common;

/// <summary>
/// The quoting that all lists in declarations share: a value that contains a separator is put in single quotes, and a
/// single quote inside the value is doubled, so that every text can be written: <c>'a,b'</c>, <c>'it''s'</c>. A quote
/// opens only at the start of a value; within a word, a quote is an apostrophe.
/// </summary>
public static class Quoted
{
    // Characters that may come directly before a value in a list.
    private const string BeforeValue = ";,|&=<>(:";

    /// <summary>Splits a text at separators outside quotes; the parts are trimmed and keep their quotes.</summary>
    public static IReadOnlyList<string> Split(string text, char separator)
    {
        var parts = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (Opens(text, i) && Close(text, i) is var close and > 0)
                i = close;
            else if (text[i] == separator)
            {
                parts.Add(text[start..i].Trim());
                start = i + 1;
            }
        }
        parts.Add(text[start..].Trim());
        return parts;
    }

    /// <summary>The parts that <see cref="Split"/> returns, without empty parts.</summary>
    public static IReadOnlyList<string> List(string text, char separator) =>
        [.. Split(text, separator).Where(part => part.Length > 0)];

    /// <summary>
    /// The value that a part of a list denotes: the text without its quotes if it is quoted, otherwise the part itself.
    /// </summary>
    /// <exception cref="FormatException">Text follows the closing quote.</exception>
    public static string Value(string text) => IsQuoted(text) ? text[1..^1].Replace("''", "'", StringComparison.Ordinal)
        : !text.StartsWith('\'') ? text
        : throw new FormatException(
            $"{text} has something behind its quotes; a value stands in quotes as a whole, and a quote inside is "
                + "doubled");

    /// <summary>Whether the whole value is quoted, so that no character in it has a special meaning.</summary>
    public static bool IsQuoted(string text) => text.Length >= 2 && text[0] == '\''
        && Close(text, 0) == text.Length - 1;

    /// <summary>Whether a value has an opening quote that is not closed.</summary>
    public static bool IsOpen(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!Opens(text, i))
                continue;
            if (Close(text, i) is var close and > 0)
                i = close;
            else
                return true;
        }
        return false;
    }

    /// <summary>
    /// Writes a value of a list so that it is parsed back unchanged. A value is quoted if it contains one of the
    /// separators or has white space at either end.
    /// </summary>
    public static string Write(string value, string separators)
    {
        var needs = value.Length == 0 || value.Trim().Length != value.Length || value.Contains('\'')
            || value.AsSpan().ContainsAny(separators);
        return needs ? new StringBuilder("'").Append(value.Replace("'", "''", StringComparison.Ordinal)).Append('\'')
            .ToString() : value;
    }

    private static bool Opens(string text, int at)
    {
        if (text[at] != '\'')
            return false;
        var before = at - 1;
        while (before >= 0 && char.IsWhiteSpace(text[before]))
            before--;
        return before < 0 || BeforeValue.Contains(text[before]);
    }

    // The index of the closing quote, skipping doubled quotes; -1 when there is none.
    internal static int Close(string text, int open)
    {
        for (var i = open + 1; i < text.Length; i++)
        {
            if (text[i] != '\'')
                continue;
            if (i + 1 < text.Length && text[i + 1] == '\'')
                i++;
            else
                return i;
        }
        return -1;
    }
}
