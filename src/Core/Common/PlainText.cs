using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Common;

/// <summary>
/// What programs printed, made harmless for a terminal, a log and a page: no escape sequences, no control characters,
/// nothing that reorders or hides the text around it.
/// </summary>
public static partial class PlainText
{
    /// <summary>
    /// The text with its line ends and tabs. Escape sequences of terminals are gone; every other character that shows
    /// nothing or moves others stands as its number, such as <c>&lt;U+202E&gt;</c>.
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

    /// <summary>The same of a text that we coloured ourselves: colours stay.</summary>
    public static string OfColored(string text) => !text.Contains('\u001B', StringComparison.Ordinal) ? Of(text)
        : string.Concat(Color().Split(text).Select(part => Color().IsMatch(part) ? part : Of(part)));

    /// <summary>
    /// What an exception of code that is not ours says: its kind and its message in one line, without the full stop at
    /// its end.
    /// </summary>
    public static string Of(Exception problem) => $"{problem.GetType().Name}: {Line(problem.Message).TrimEnd('.')}";

    /// <summary>The same in one line.</summary>
    public static string Line(string text) => Of(text).ReplaceLineEndings(" | ").Replace('\t', ' ');

    private static bool IsHarmful(Rune rune) => rune.Value is not ('\n' or '\t')
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate
        && !IsJoiner(rune);

    // Emoji and several scripts are written with them.
    private static bool IsJoiner(Rune rune) => rune.Value is 0x200C or 0x200D;

    [GeneratedRegex(@"(\x1B\[[0-9;]*m)", RegexOptions.CultureInvariant)]
    private static partial Regex Color();
}
