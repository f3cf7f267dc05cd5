using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Suites;

/// <summary>
/// Reads the results of node replication's benchmarks: JSON files collected with the sample, or otherwise JSON on
/// standard output; a comma before a closing brace is allowed. The reader finds one row per document, with columns
/// series, write_percent and threads as in the paper; metrics ops_per_s, stdev (if present), threads_used, replicas,
/// run_seconds.
/// </summary>
/// <remarks>
/// On a machine with fewer CPUs than requested, the program uses fewer threads and says so only in its document. A row
/// with fewer threads than requested appears under the requested number, with threads_short and without ops_per_s,
/// since the row is not a measurement of that point.
/// </remarks>
public sealed partial class NodeReplicationReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "node-replication";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("series write_percent threads",
        "ops_per_s|1/s stdev|1/s threads_used replicas run_seconds|s threads_short");

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        var documents = With(OutputJson.CollectedObjects(output));
        if (documents.Count == 0)
            documents = With(OutputJson.Objects(output.StandardOutput));
        if (documents.Count == 0)
            throw new FormatException(
                "neither a collected file nor standard output has a JSON document with 'bench_name' and 'ops_per_s'");
        var readings = documents.ConvertAll(Read);
        return readings.GroupBy(Key).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new FormatException($"two results for {twice.Key}: two runs are mixed")
            : readings;
    }

    private static List<JsonElement> With(IReadOnlyList<JsonElement> objects) =>
        [.. objects.Where(element => element.TryGetProperty("bench_name", out _)
            && element.TryGetProperty("ops_per_s", out _))];

    private static string Key(Reading reading) =>
        string.Join(", ", reading.Columns.Select(column => $"{column.Key} {column.Value}"));

    private static Reading Read(JsonElement document)
    {
        var name = document.GetProperty("bench_name") is { ValueKind: JsonValueKind.String } text
            ? text.GetString()! : "";
        var (used, reads) = (OutputJson.Number(document, "n_threads"), OutputJson.Number(document, "reads_pct"));
        if (reads > 100 || used < 1 || used % 1 != 0)
            throw new FormatException($"'{OutputNumber.Shortened(name)}' has {used} threads and {reads}% reads");
        var asked = used;
        // vnr_vspace-<threads>-<write percent>-<policy>-<run> holds the requested parameters. In the documents of the
        // C++ programs, the name does not hold the requested parameters.
        if (Asked().Match(name) is { Success: true } match)
        {
            asked = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            if (double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) != 100 - reads)
                throw new FormatException(
                    $"'{OutputNumber.Shortened(name)}' was asked for {match.Groups[2].Value}% writes and did "
                        + $"{100 - reads}%");
        }
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        if (used < asked)
            metrics["threads_short"] = asked - used;
        else
            metrics["ops_per_s"] = OutputJson.Number(document, "ops_per_s");
        if (used >= asked && OutputJson.OptionalNumber(document, "stdev") is { } deviation)
            metrics["stdev"] = deviation;
        metrics["threads_used"] = used;
        metrics["replicas"] = OutputJson.Number(document, "n_replicas");
        metrics["run_seconds"] = OutputJson.Number(document, "run_seconds");
        return new Reading(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["series"] = Series(name),
            ["write_percent"] = (100 - reads).ToString(CultureInfo.InvariantCulture),
            ["threads"] = Math.Max(used, asked).ToString(CultureInfo.InvariantCulture),
        }, metrics)
        {
            Warning = used >= asked ? null
                : string.Create(CultureInfo.InvariantCulture, $"{asked} threads were asked for and {used} ran, ")
                    + string.Create(CultureInfo.InvariantCulture,
                        $"so this is no measurement of {asked} threads and is left out"),
        };
    }

    private static string Series(string name) => name switch
    {
        _ when name.StartsWith("vnr_", StringComparison.Ordinal) => "Verus-NR",
        _ when name.StartsWith("dafny_nr", StringComparison.Ordinal) => "IronSync-NR",
        _ when name.StartsWith("rust_nr", StringComparison.Ordinal)
            || name.StartsWith("nr_", StringComparison.Ordinal) => "NR",
        _ => name,
    };

    [GeneratedRegex("^[a-z_]+-([0-9]{1,6})-([0-9]{1,3})-", RegexOptions.CultureInvariant)]
    private static partial Regex Asked();
}
