using System.Globalization;

namespace Verus.Artifact.Suites;

/// <summary>
/// The results of the persistent log as upstream's program prints them, a file for each size of an append
/// (<c>results_128.csv</c>): a row for each run, with the log and the microseconds for its 8 GiB, in the order in which
/// the runs were made. Columns: series (PMDK, initial, latest), append_size_kib; metric seconds.
/// </summary>
public sealed class PmLogFormat : IDatasetFormat
{
    /// <inheritdoc/>
    public string Name => "pm-log";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<FormatFile> Write(IReadOnlyList<Observation> observations) =>
        [.. observations.Where(one => one.Failure is null && one.Metrics.ContainsKey("seconds")).GroupBy(Bytes)
            .OrderBy(group => group.Key)
            .Select(group => new FormatFile(
                string.Create(CultureInfo.InvariantCulture, $"results_{group.Key}.csv"),
                string.Concat(group.Select(Row))))];

    private static string Row(Observation one) => string.Create(CultureInfo.InvariantCulture,
        $"{Log(UpstreamValues.Column(one, "series"))},{Math.Round(one.Metrics["seconds"] * 1e6)},\n");

    private static long Bytes(Observation one)
    {
        var text = UpstreamValues.Column(one, "append_size_kib");
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var kibibytes)
            && kibibytes is > 0 and < 1_000_000_000 && kibibytes * 1024 % 1 == 0
            ? (long)(kibibytes * 1024)
            : throw new FormatException($"'{text}' in the column append_size_kib is no whole number of bytes");
    }

    private static string Log(string series) => series switch
    {
        "PMDK" => "pmdk",
        "initial" => "old",
        "latest" => "verif",
        _ => throw new FormatException($"'{series}' in the column series is none of PMDK, initial and latest"),
    };
}
