using System.Text.Json;
using System.Text.Json.Nodes;

namespace Verus.Artifact.Suites;

/// <summary>
/// <c>results.json</c> of the macro statistics: a list of projects, each with <c>verus</c> and <c>dafny-baseline</c>
/// (times, line counts, size of the encoding). Unmeasured values are null, where upstream's script would have stopped.
/// <c>results-latex-commands.tex</c> has the same numbers for upstream's table.
/// </summary>
/// <remarks>
/// Columns: system and verifier as in the paper's table; for a run, metric = time_1_core or time_8_cores (a time that
/// consists of several cells is the sum of their medians). Metrics: wall, and those of the readers verus-json,
/// verus-line-count, dafny-line-count and encoding-size. A value entered by hand is an observation with the column
/// metric = its name and the metric value, or addition, in the unit of the table.
/// </remarks>
public sealed class MacroStatsFormat : IDatasetFormat
{
    private const int ParallelThreads = 8;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    private static readonly (string System, string Project, string? Baseline)[] Projects =
    [
        ("IronKV", "ironsht", "Dafny"), ("NR", "nr", "Linear Dafny"), ("Page table", "page-table", null),
        ("Mimalloc", "mimalloc", null),
        ("P. log", "verified-storage", null),
    ];

    /// <inheritdoc/>
    public string Name => "macro-stats";

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public IReadOnlyList<FormatFile> Write(IReadOnlyList<Observation> observations)
    {
        var (all, measured) = (new List<JsonObject>(), new List<JsonObject>());
        foreach (var (system, project, baseline) in Projects)
        {
            var verus = Of(observations, system, "Verus");
            var other = baseline is null ? [] : Of(observations, system, baseline);
            var numbers = new JsonObject
            {
                ["project-id"] = project,
                ["verus"] = Verus(project, verus),
                ["dafny-baseline"] = baseline is null ? null : Baseline(project, baseline, other),
            };
            all.Add(numbers);
            if (verus.Count + other.Count > 0)
                measured.Add(numbers);
        }
        return measured.Count == 0 ? [] :
        [
            new FormatFile("results-latex-commands.tex", MacroTableCommands.Of(all, ParallelThreads)),
            new FormatFile("results.json", new JsonArray([.. measured]).ToJsonString(Indented) + "\n"),
        ];
    }

    private static List<Observation> Of(IReadOnlyList<Observation> observations, string system, string verifier) =>
        [.. observations.Where(one => UpstreamValues.Column(one, "system") == system
            && UpstreamValues.Column(one, "verifier") == verifier)];

    private static JsonObject Verus(string project, List<Observation> all)
    {
        var runs = all.Where(one => Mode(one) is not null).ToList();
        var counts = LineCount(all);
        counts.Insert(3, "both-proof-exec", Whole(UpstreamValues.MedianOf(all, "proof_exec")));
        return new JsonObject
        {
            ["project-id"] = project,
            // A failed run of a verifier has no error count, and is not a success.
            ["success"] = runs.Count == 0
                ? null : runs.All(one => one.Failure is null && one.Metrics.GetValueOrDefault("errors", -1) == 0),
            ["singlethread"] = VerusRun([.. runs.Where(one => Mode(one) == "time_1_core")]),
            ["parallel"] = VerusRun([.. runs.Where(one => Mode(one) == "time_8_cores")]),
            ["linecount"] = counts,
            ["encoding-size-mb"] = EncodingSize(all),
        };
    }

    private static JsonObject Baseline(string project, string verifier, List<Observation> all) => new()
    {
        ["project-id"] = project,
        ["dafny-name"] = verifier.ToLowerInvariant().Replace(' ', '-'),
        ["singlethread"] = new JsonObject { ["wall-time-s"] = Wall(all.Where(one => Mode(one) == "time_1_core")) },
        ["parallel"] = new JsonObject { ["wall-time-s"] = Wall(all.Where(one => Mode(one) == "time_8_cores")) },
        ["linecount"] = LineCount(all),
        ["encoding-size-mb"] = EncodingSize(all),
    };

    private static JsonObject VerusRun(List<Observation> runs) => new()
    {
        ["wall-time-verus-s"] = UpstreamValues.MedianOf(runs, "total_time"),
        ["wall-time-s"] = Wall(runs),
        ["estimated-cpu-time-verus-s"] = UpstreamValues.MedianOf(runs, "estimated_cpu_time"),
    };

    // The sum of the cells' medians; null if a cell is missing, since the sum would be wrong.
    private static double? Wall(IEnumerable<Observation> runs)
    {
        var cells = runs.GroupBy(run => run.Cell).Select(cell => UpstreamValues.MedianOf(cell, "wall")).ToList();
        return cells.Count == 0 || cells.Contains(null) ? null : cells.Sum();
    }

    private static JsonObject LineCount(List<Observation> all)
    {
        var (proof, code) = (Value(all, "lines_proof"), Value(all, "lines_code"));
        return new JsonObject
        {
            ["trusted"] = Whole(Value(all, "lines_trusted")),
            ["proof"] = Whole(proof),
            ["exec"] = Whole(code),
            ["proof-exec-ratio"] = ByHand(all, "proof_to_code_ratio", Observation.ByHandValue)
                ?? (code > 0 ? proof / code : null),
        };
    }

    private static JsonValue? EncodingSize(List<Observation> all) =>
        Whole(ByHand(all, "smt_size", Observation.ByHandValue) ?? UpstreamValues.MedianOf(all, "smt_size") / 1e6);

    private static double? Value(List<Observation> all, string name) =>
        ByHand(all, name, Observation.ByHandValue)
            ?? UpstreamValues.MedianOf(all, name) + (ByHand(all, name, Observation.ByHandAddition) ?? 0);

    private static double? ByHand(List<Observation> all, string name, string metric) =>
        UpstreamValues.MedianOf(all.Where(one => UpstreamValues.Column(one, "metric") == name), metric);

    private static JsonValue? Whole(double? value) =>
        value is { } number ? JsonValue.Create((long)Math.Round(number, MidpointRounding.AwayFromZero)) : null;

    private static string? Mode(Observation observation) => UpstreamValues.Column(observation, "metric") switch
    {
        "time_1_core" => "time_1_core",
        "time_8_cores" => "time_8_cores",
        _ => null,
    };
}
