using System.Globalization;

namespace Verus.Artifact.Extensions;

/// <summary>Parses numbers as tools print them: with ASCII digits and a decimal point, without digit groups, and never
/// infinite.</summary>
public static class OutputNumber
{
    /// <summary>Reads a number that is not negative.</summary>
    /// <param name="text">The text of the number.</param>
    /// <param name="what">What the number means, for the message.</param>
    /// <param name="line">The number of the line that contains the number, for the message.</param>
    /// <exception cref="FormatException">The text is not a number, or is negative.</exception>
    public static double Parse(string text, string what, int line)
    {
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (double.TryParse(text, Style, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
            return value;
        var hint = text.Contains(',', StringComparison.Ordinal)
            ? "; the tool ran in a locale with a decimal comma, set LC_ALL=C" : "";
        throw Bad($"{what} is '{Shortened(text)}', which is not a number{hint}", line);
    }

    /// <summary>Makes an exception whose message names the line.</summary>
    public static FormatException Bad(string message, int line) => new($"line {line}: {message}");

    /// <summary>Returns a text in a form that fits into a message.</summary>
    public static string Shortened(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "...");
}
