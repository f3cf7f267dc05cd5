using System.Globalization;

namespace Verus.Artifact.Data;

/// <summary>
/// Texts in CSV files as a spreadsheet may see them: one that begins as a formula (<c>= + - @</c>, a tab, a return)
/// would be run when somebody opens the file. Such a text gets an apostrophe in front, which is how spreadsheets
/// themselves mark a text. Numbers stay as they are.
/// </summary>
internal static class SpreadsheetText
{
    /// <summary>The text as it is written.</summary>
    public static string Safe(string text) =>
        IsFormula(text) && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? "'" + text : text;

    /// <summary>The text that <see cref="Safe"/> was given.</summary>
    public static string Plain(string text) => text.StartsWith('\'') && IsFormula(text) ? text[1..] : text;

    // Apostrophes before it count as well, so that every text comes back as it was.
    private static bool IsFormula(string text)
    {
        var first = text.AsSpan().TrimStart('\'');
        return first.Length > 0 && first[0] is ('=' or '+' or '-' or '@' or '\t' or '\r');
    }
}
