using Verus.Artifact.Common;


namespace Verus.Artifact.Data;

/// <summary>
/// Makes texts in CSV files safe for spreadsheets: a spreadsheet program would run a text that begins like a formula
/// (<c>= + - @</c>, a tab, a carriage return) when somebody opens the file. A text that looks like a formula gets a
/// leading apostrophe, which is how spreadsheets themselves mark a text. Numbers stay unchanged.
/// </summary>
internal static class SpreadsheetText
{
    /// <summary>Returns the safe form of a text to write to a CSV file.</summary>
    public static string Safe(string text) =>
        IsFormula(text) && Amount.ParseNumber(text) is null ? "'" + text : text;

    /// <summary>Returns the original text from the text that <see cref="Safe"/> returned.</summary>
    public static string Plain(string text) => text.StartsWith('\'') && IsFormula(text) ? text[1..] : text;

    // A text that begins with apostrophes before a character that begins a formula gets another apostrophe, so that
    // every text is restored exactly.
    private static bool IsFormula(string text)
    {
        var first = text.AsSpan().TrimStart('\'');
        return first.Length > 0 && first[0] is ('=' or '+' or '-' or '@' or '\t' or '\r');
    }
}
