using System.Globalization;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Common;

/// <summary>Numbers as people write and read them.</summary>
internal static class Amount
{
    /// <summary>A number with about four significant digits; empty when there is none.</summary>
    public static string Number(double? value) => value is not { } number || !double.IsFinite(number) ? ""
        : number != 0 && Math.Abs(number) is >= 1e7 or < 1e-3
            ? number.ToString("0.###e+0", CultureInfo.InvariantCulture)
        : number.ToString(Math.Abs(number) >= 1000
            ? "0" : Math.Abs(number) >= 100 ? "0.#" : Math.Abs(number) >= 10 ? "0.##" : "0.####",
            CultureInfo.InvariantCulture);

    /// <summary>A whole number.</summary>
    public static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A count with its noun.</summary>
    public static string Count(int number, string noun) => $"{Count(number)} {noun}{(number == 1 ? "" : "s")}";

    /// <summary>Bytes in the unit that fits; "not measured" for none.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        <= 0 => "–",
        < 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 10):0.#} KiB"),
        < 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.#} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 30):0.##} GiB"),
    };

    /// <summary>Bytes in GiB, also where they are few: what a machine has beside what is needed.</summary>
    public static string Gibibytes(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB");

    /// <summary>Seconds in the unit that fits.</summary>
    public static string Duration(double seconds) => seconds switch
    {
        < 1 => FormattableString.Invariant($"{seconds * 1000:0} ms"),
        < 120 => FormattableString.Invariant($"{seconds:0.0} s"),
        < 7200 => FormattableString.Invariant($"{seconds / 60:0} min"),
        _ => FormattableString.Invariant($"{seconds / 3600:0.0} h"),
    };

    /// <summary>A size such as 512MiB, 4GiB, or a plain number of bytes; null when it is none.</summary>
    public static long? ParseBytes(string text)
    {
        var match = Regex.Match(text, @"^\s*([0-9]+(?:\.[0-9]+)?)\s*(B|KiB|MiB|GiB|TiB|kB|MB|GB|TB)?\s*$",
            RegexOptions.CultureInvariant);
        if (!match.Success || !double.TryParse(match.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture,
            out var number))
            return null;
        double factor = match.Groups[2].Value switch
        {
            "KiB" => 1024,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            "TiB" => 1L << 40,
            "kB" => 1e3,
            "MB" => 1e6,
            "GB" => 1e9,
            "TB" => 1e12,
            _ => 1,
        };
        return number * factor < long.MaxValue ? (long)(number * factor) : null;
    }
}
