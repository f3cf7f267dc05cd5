using System.Globalization;

namespace Verus.Artifact.Suites;

/// <summary>
/// <c>raw-data.txt</c> of IronKV: one tab-separated row per run, in the order in which the runs were made. Columns:
/// series (IronFleet, Verus), workload (Get, Set), payload_bytes, threads, seconds, keys; metric requests.
/// </summary>
public sealed class IronKvRawDataFormat : IDatasetFormat
{
    /// <inheritdoc/>
    public string Name => "ironkv-raw-data";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<FormatFile> Write(IReadOnlyList<Observation> observations)
    {
        var rows = IronKvRun.Of(observations).Select(run => string.Join('\t',
            run.Series == "IronFleet" ? "dafny" : run.Series.ToLowerInvariant(),
            IronKvRun.Required(run.Observation, "threads"),
            IronKvRun.Required(run.Observation, "seconds"),
            run.Workload switch { "Get" => "g", "Set" => "s", var other => other },
            IronKvRun.Required(run.Observation, "keys"), run.Payload.ToString(CultureInfo.InvariantCulture),
            run.Requests.ToString(CultureInfo.InvariantCulture)) + "\n").ToList();
        return rows.Count == 0 ? []
            : [new FormatFile("raw-data.txt",
                "Language\tThreads\tSeconds\tWorkload\tNumber of keys\tValue size\tRequests completed\n"
                    + string.Concat(rows))];
    }
}
