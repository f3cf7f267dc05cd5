using System.Globalization;

namespace Verus.Artifact.Common;

/// <summary>
/// Formats and parses numbers, sizes and durations as people write them in declarations and data. Files of the kernel
/// and outputs of programs write numbers in other formats, and are parsed by the code that reads them.
/// </summary>
internal static class Amount
{
    private static readonly Dictionary<string, double> Sizes = new(StringComparer.Ordinal)
    {
        [""] = 1,
        ["B"] = 1,
        ["KiB"] = 1024,
        ["MiB"] = 1 << 20,
        ["GiB"] = 1 << 30,
        ["TiB"] = 1L << 40,
        ["kB"] = 1e3,
        ["MB"] = 1e6,
        ["GB"] = 1e9,
        ["TB"] = 1e12,
    };

    private static readonly Dictionary<string, double> Durations = new(StringComparer.Ordinal)
    {
        [""] = 1,
        ["ms"] = 1e-3,
        ["s"] = 1,
        ["min"] = 60,
        ["h"] = 3600,
        ["d"] = 86400,
    };

    /// <summary>Formats a number with about four significant digits; empty when there is no number.</summary>
    public static string Number(double? value) => value is not { } number || !double.IsFinite(number) ? ""
        : number != 0 && Math.Abs(number) is >= 1e7 or < 1e-3
            ? number.ToString("0.###e+0", CultureInfo.InvariantCulture)
        : number.ToString(Math.Abs(number) >= 1000
            ? "0" : Math.Abs(number) >= 100 ? "0.#" : Math.Abs(number) >= 10 ? "0.##" : "0.####",
            CultureInfo.InvariantCulture);

    /// <summary>A whole number.</summary>
    public static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Formats a count together with its noun, such as <c>1 repository</c> and <c>2 repositories</c>.
    /// </summary>
    /// <param name="number">The number.</param>
    /// <param name="noun">The noun for one thing, perhaps with words before it.</param>
    public static string Count(long number, string noun) =>
        $"{number.ToString(CultureInfo.InvariantCulture)} {(number == 1 ? noun : Plural(noun))}";

    private static string Plural(string noun) => noun switch
    {
        [.. var stem, not ('a' or 'e' or 'i' or 'o' or 'u') and var last, 'y'] => $"{stem}{last}ies",
        [.., 'h' or 's' or 'x'] => noun + "es",
        _ => noun + "s",
    };

    /// <summary>Formats a number of bytes in the unit that fits best; returns a dash, for "not measured", when there is
    /// no number.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        <= 0 => "–",
        < 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 10):0.#} KiB"),
        < 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.#} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 30):0.##} GiB"),
    };

    /// <summary>
    /// Formats bytes in GiB, even small amounts, so that available and required memory are comparable.
    /// </summary>
    public static string Gibibytes(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB");

    /// <summary>Formats seconds in the unit that fits best.</summary>
    public static string Duration(double seconds) => seconds switch
    {
        < 1 => FormattableString.Invariant($"{seconds * 1000:0} ms"),
        < 120 => FormattableString.Invariant($"{seconds:0.0} s"),
        < 7200 => FormattableString.Invariant($"{seconds / 60:0} min"),
        _ => FormattableString.Invariant($"{seconds / 3600:0.0} h"),
    };

    /// <summary>Parses a whole number without a plus sign; null when the text is not such a number.</summary>
    public static int? ParseWhole(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && text[0] != '+' ? number : null;

    /// <summary>
    /// Parses a finite number with a decimal point and an optional sign and exponent; null when the text is not such a
    /// number.
    /// </summary>
    public static double? ParseNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) ? number : null;

    /// <summary>
    /// Parses a size such as 512MiB, 4GiB, or a plain number of bytes; null when the text is not a size.
    /// </summary>
    public static long? ParseBytes(string text) => Measured(text, Sizes) is { } bytes and < long.MaxValue
        ? (long)bytes : null;

    /// <summary>
    /// Parses a duration such as 500ms, 90s, 10min, 2h, or a plain number of seconds, and returns seconds; null when
    /// the text is not a duration.
    /// </summary>
    public static double? ParseSeconds(string text) => Measured(text, Durations);

    // Parses a non-negative number followed by one of the given units.
    private static double? Measured(string text, Dictionary<string, double> units)
    {
        var amount = text.AsSpan().Trim();
        var unit = amount.Length;
        while (unit > 0 && char.IsAsciiLetter(amount[unit - 1]))
            unit--;
        return units.TryGetValue(amount[unit..].ToString(), out var factor)
            && ParseNumber(amount[..unit].ToString()) is { } value and >= 0
            && double.IsFinite(value * factor) ? value * factor : null;
    }
}
