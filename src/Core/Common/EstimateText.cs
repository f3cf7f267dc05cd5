using System.Globalization;

namespace Verus.Artifact.Common;

/// <summary>
/// A number and its interval with as many digits as the interval justifies: two significant digits of half its width,
/// as the Guide to the Expression of Uncertainty in Measurement (JCGM 100:2008, 7.2.6) recommends. A number without an
/// interval has four significant digits.
/// </summary>
/// <param name="Value">The number.</param>
/// <param name="Low">The lower end of the interval; null when it is not known.</param>
/// <param name="High">The upper end of the interval; null when it is not known.</param>
internal sealed record EstimateText(string Value, string? Low, string? High)
{
    // A width of zero, or a width that is tiny beside the number, justifies no more digits than these.
    private const int MostDigits = 6;

    /// <summary>Formats an estimate.</summary>
    public static EstimateText Of(Estimate estimate)
    {
        if (estimate is not { Low: { } low, High: { } high } || !double.IsFinite(low) || !double.IsFinite(high)
            || !double.IsFinite(estimate.Value))
            return new(Amount.Number(estimate.Value), estimate.Low is { } one ? Amount.Number(one) : null,
                estimate.High is { } other ? Amount.Number(other) : null);
        var size = Math.Max(Math.Abs(estimate.Value), Math.Max(Math.Abs(low), Math.Abs(high)));
        if (size == 0)
            return new("0", "0", "0");
        var half = (high - low) / 2;
        // A position of 0 stands for units, of -1 for tenths.
        var first = Position(size);
        var last = half > 0 ? Math.Max(Position(half) - 1, first - MostDigits + 1) : first - 3;
        return new(Rounded(estimate.Value, last, first), Rounded(low, last, first), Rounded(high, last, first));
    }

    private static int Position(double number) => (int)Math.Floor(Math.Log10(number));

    private static string Rounded(double number, int last, int first)
    {
        var unit = Math.Pow(10, last);
        var rounded = last > 0 ? Math.Round(number / unit) * unit : Math.Round(number, Math.Min(15, -last));
        if (rounded == 0)
            rounded = 0; // No minus sign before zero.
        return first >= 7 || last < -9
            ? rounded.ToString("0." + new string('#', Math.Max(1, first - last)) + "e+0", CultureInfo.InvariantCulture)
            : rounded.ToString("F" + Math.Max(0, -last), CultureInfo.InvariantCulture);
    }
}
