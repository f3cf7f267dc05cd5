using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Verus.Artifact.Suites;

/// <summary>
/// The results of node replication as upstream's plot script reads them: <c>data-verified.json</c> with the runs of
/// Verus's program, and <c>data-ironsync.json</c> with those of IronSync's program and of the unverified one. Columns:
/// series (Verus-NR, IronSync-NR, NR), write_percent, threads; metrics ops_per_s, replicas, run_seconds, and stdev if
/// it was measured.
/// </summary>
public sealed class NodeReplicationFormat : IDatasetFormat
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <inheritdoc/>
    public string Name => "node-replication";

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public IReadOnlyList<FormatFile> Write(IReadOnlyList<Observation> observations) =>
        [.. observations.Where(one => one.Failure is null && one.Metrics.ContainsKey("ops_per_s"))
            .GroupBy(one => UpstreamValues.Column(one, "series") == "Verus-NR").OrderByDescending(group => group.Key)
            .Select(group => new FormatFile(group.Key ? "data-verified.json" : "data-ironsync.json",
                new JsonArray([.. group.Select(Document)]).ToJsonString(Indented) + "\n"))];

    private static JsonObject Document(Observation one, int run)
    {
        var (writes, threads) = (Whole(one, "write_percent"), Whole(one, "threads"));
        var isVerus = UpstreamValues.Column(one, "series") == "Verus-NR";
        var document = new JsonObject
        {
            ["bench_name"] = UpstreamValues.Column(one, "series") switch
            {
                "Verus-NR" => string.Create(CultureInfo.InvariantCulture,
                    $"vnr_vspace-{threads}-{writes}-NUMAFill-{run}"),
                "IronSync-NR" => "dafny_nr",
                "NR" => "rust_nr",
                var other => throw new FormatException(
                    $"'{other}' in the column series is none of Verus-NR, IronSync-NR and NR"),
            },
            ["n_threads"] = threads,
            ["reads_pct"] = 100 - writes,
            ["n_replicas"] = one.Metrics["replicas"],
            ["run_seconds"] = one.Metrics["run_seconds"],
            // Verus's program writes the name of the policy, the other programs its number.
            ["numa_policy"] = isVerus ? "NUMAFill" : 0,
            // Upstream's plot script selects the column, which Verus's program leaves at 0.
            ["total_ops"] = Math.Round(one.Metrics["ops_per_s"] * one.Metrics["run_seconds"]),
            ["ops_per_s"] = one.Metrics["ops_per_s"],
        };
        if (one.Metrics.TryGetValue("stdev", out var deviation))
            document["stdev"] = deviation;
        return document;
    }

    private static int Whole(Observation one, string column) =>
        int.TryParse(UpstreamValues.Column(one, column), NumberStyles.None, CultureInfo.InvariantCulture,
            out var number)
            ? number
            : throw new FormatException(
                $"'{UpstreamValues.Column(one, column)}' in the column {column} is no whole number");
}
