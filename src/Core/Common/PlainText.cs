using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Common;

/// <summary>
/// Makes program output safe for a terminal, a log and a page: without escape sequences, control characters, or
/// anything that reorders or hides the text around it.
/// </summary>
public static partial class PlainText
{
    /// <summary>
    /// Returns the text with its line ends and tabs. Terminal escape sequences are removed; every other character that
    /// is invisible or moves others is replaced by its code point, such as <c>&lt;U+202E&gt;</c>.
    /// </summary>
    public static string Of(string text)
    {
        if (!text.EnumerateRunes().Any(IsHarmful))
            return text;
        text = ControlSequences.Remove(text).Replace("\r\n", "\n", StringComparison.Ordinal);
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsHarmful(rune))
                plain.Append(CultureInfo.InvariantCulture, $"<U+{rune.Value:X4}>");
            else
                plain.Append(rune.ToString());
        }
        return plain.ToString();
    }

    /// <summary>Does the same for text that we coloured ourselves: the colours are kept.</summary>
    public static string OfColored(string text) => !text.Contains('\u001B', StringComparison.Ordinal) ? Of(text)
        : string.Concat(Color().Split(text).Select(part => Color().IsMatch(part) ? part : Of(part)));

    /// <summary>
    /// Describes an exception from foreign code: its type and message in one line, without the final full stop.
    /// </summary>
    public static string Of(Exception problem) => $"{problem.GetType().Name}: {Line(problem.Message).TrimEnd('.')}";

    /// <summary>Returns the safe text as a single line.</summary>
    public static string Line(string text) => Of(text).ReplaceLineEndings(" | ").Replace('\t', ' ');

    private static bool IsHarmful(Rune rune) => rune.Value is not ('\n' or '\t')
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate
        && !IsJoiner(rune);

    // Emoji and several scripts use these joiners.
    private static bool IsJoiner(Rune rune) => rune.Value is 0x200C or 0x200D;

    [GeneratedRegex(@"(\x1B\[[0-9;]*m)", RegexOptions.CultureInvariant)]
    private static partial Regex Color();
}
