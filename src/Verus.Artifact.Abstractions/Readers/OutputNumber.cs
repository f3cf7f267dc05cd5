using System.Globalization;

namespace Verus.Artifact.Extensions;

/// <summary>Numbers as tools print them: ASCII digits and a decimal point, no digit groups, never infinite.</summary>
public static class OutputNumber
{
    /// <summary>Reads a number that is not negative.</summary>
    /// <param name="text">The number.</param>
    /// <param name="what">What it is, for the message.</param>
    /// <param name="line">Number of the line it stands in, for the message.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static double Parse(string text, string what, int line)
    {
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (double.TryParse(text, Style, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
            return value;
        var hint = text.Contains(',', StringComparison.Ordinal)
            ? "; the tool ran in a locale with a decimal comma, set LC_ALL=C" : "";
        throw Bad($"{what} is '{Shortened(text)}', which is not a number{hint}", line);
    }

    /// <summary>A complaint that names the line.</summary>
    public static FormatException Bad(string message, int line) => new($"line {line}: {message}");

    /// <summary>A text that fits into a message.</summary>
    public static string Shortened(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "...");
}
