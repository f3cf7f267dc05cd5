using System.Text.Json;

namespace Verus.Artifact.Suites;

/// <summary>
/// Reads the document of <c>verus --output-json</c>. Metrics: verified, errors, entire_crate (0 or 1); with
/// <c>--time</c> or <c>--time-expanded</c> total_time, estimated_cpu_time, rust_time, verification_time, vir_time,
/// air_time, smt_time, smt_init_time, smt_run_time (seconds; those of air and smt are sums over threads) and threads;
/// with collected log files smt_size and air_size (bytes).
/// </summary>
/// <remarks>The reader expects a document with the structure of Verus 097ac7ed; unknown fields are ignored.</remarks>
public sealed class VerusJsonReader : IOutputReader
{
    private static readonly (string Metric, string[] Path)[] Times =
    [
        ("total_time", ["total"]), ("estimated_cpu_time", ["estimated-cpu-time"]), ("rust_time", ["rust", "total"]),
        ("verification_time", ["verification", "total"]), ("vir_time", ["verification", "vir", "total"]),
        ("air_time", ["air", "total"]),
        ("smt_time", ["smt", "total"]), ("smt_init_time", ["smt", "smt-init"]), ("smt_run_time", ["smt", "smt-run"]),
    ];

    /// <inheritdoc/>
    public string Name => "verus-json";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("", "verified errors entire_crate threads "
        + string.Join(' ', Times.Select(time => time.Metric + "|s"))).And(new EncodingSizeReader().Outline!);

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        var document = OutputJson.Single(output, "verification-results", "Verus's result");
        var results = OutputJson.Object(document, "verification-results");
        if (IsTrue(results, "encountered-vir-error"))
            throw new FormatException(
                "Verus could not translate the program (encountered-vir-error), so that nothing was verified");
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["verified"] = OutputJson.Number(results, "verified"),
            ["errors"] = OutputJson.Number(results, "errors"),
            ["entire_crate"] = IsTrue(results, "is-verifying-entire-crate") ? 1 : 0,
        };
        if (document.TryGetProperty("times-ms", out var times))
        {
            foreach (var (metric, path) in Times)
                if (Find(times, path) is { } milliseconds)
                    metrics[metric] = milliseconds / 1000;
            if (!metrics.ContainsKey("total_time"))
                throw new FormatException("the JSON document has 'times-ms' without 'total'");
            if (OutputJson.OptionalNumber(times, "num-threads") is { } threads)
                metrics["threads"] = threads;
        }
        foreach (var (metric, bytes) in EncodingSizeReader.Sizes(output))
            metrics[metric] = bytes;
        return [Reading.Of(metrics)];
    }

    private static bool IsTrue(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.True;

    private static double? Find(JsonElement element, string[] path)
    {
        foreach (var step in path[..^1])
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(step, out element))
                return null;
        return OutputJson.OptionalNumber(element, path[^1]);
    }
}
