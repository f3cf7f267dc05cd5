using System.Globalization;

namespace Verus.Artifact.Figures;

/// <summary>Formats numbers for figures and tables.</summary>
internal static class NumberText
{
    /// <summary>
    /// Formats a number in the given .NET format, or with the given number of significant digits; digits before the
    /// decimal point are never dropped.
    /// </summary>
    public static string Of(double value, string? format = null, int digits = 3)
    {
        if (!double.IsFinite(value))
            return "n/a";
        if (format is not null)
            return WithoutMinusZero(value.ToString(format, CultureInfo.InvariantCulture));
        if (value == 0)
            return "0";
        var size = Math.Abs(value);
        if (size is >= 1e7 or < 1e-4)
            return value.ToString("0." + new string('#', digits - 1) + "e+0", CultureInfo.InvariantCulture);
        var decimals = Math.Max(0, digits - 1 - (int)Math.Floor(Math.Log10(size)));
        var text = value.ToString("F" + decimals, CultureInfo.InvariantCulture);
        return text.Contains('.') ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    /// <summary>Formats a number without loss of precision, such as the number of a tick.</summary>
    public static string Exact(double value) => Math.Abs(value) is 0 or (>= 1e-4 and < 1e7)
        ? WithoutMinusZero(Math.Round(value, 10).ToString("0.##########", CultureInfo.InvariantCulture))
        : value.ToString("0.######e+0", CultureInfo.InvariantCulture);

    private static string WithoutMinusZero(string text) =>
        text.Length > 1 && text[0] == '-' && text.All(c => c is '-' or '0' or '.') ? text[1..] : text;
}
