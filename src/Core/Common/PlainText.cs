using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Common;

/// <summary>
/// Makes program output safe for a terminal, a log and a page: the result has no escape sequences, no control
/// characters, and nothing that reorders or hides the text around it.
/// </summary>
public static partial class PlainText
{
    /// <summary>
    /// Returns a safe text, with its line ends and tabs. Terminal escape sequences are removed; every other character
    /// that is invisible or reorders text is replaced by its code point, such as <c>&lt;U+202E&gt;</c>.
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

    /// <summary>Makes a text safe that the SDK itself has coloured, and keeps the colours.</summary>
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

    // Invisible joiners between characters are kept, because emoji and several scripts use them.
    private static bool IsJoiner(Rune rune) => rune.Value is 0x200C or 0x200D;

    [GeneratedRegex(@"(\x1B\[[0-9;]*m)", RegexOptions.CultureInvariant)]
    private static partial Regex Color();
}
