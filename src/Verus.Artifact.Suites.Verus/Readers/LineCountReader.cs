namespace Verus.Artifact.Suites;

/// <summary>
/// Reads the output of Verus's line counting tool, <c>line_count --json</c>. Metrics: trusted, proof, exec, spec,
/// proof_exec (lines that are both) as counted, and the paper's lines_trusted, lines_proof (proof, spec and both),
/// lines_code (exec and both) and proof_to_code_ratio.
/// </summary>
public sealed class LineCountReader : IOutputReader
{
    private static readonly (string Metric, string Property)[] Counts =
        [("trusted", "trusted"), ("proof", "proof"), ("exec", "exec"), ("spec", "spec"), ("proof_exec", "proof,exec")];

    /// <inheritdoc/>
    public string Name => "verus-line-count";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("",
        "lines_trusted|lines lines_proof|lines lines_code|lines proof_to_code_ratio trusted|lines "
        + "proof|lines exec|lines spec|lines proof_exec|lines");

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        var total = OutputJson.Object(OutputJson.Single(output, "total", "the line count"), "total");
        // The line counting tool omits kinds of lines that do not occur.
        var metrics = Counts.ToDictionary(count => count.Metric,
            count => OutputJson.OptionalNumber(total, count.Property) ?? 0, StringComparer.Ordinal);
        return metrics.Values.Sum() > 0
            ? [Reading.Of(WithPaperNames(metrics, metrics["trusted"],
                metrics["proof"] + metrics["spec"] + metrics["proof_exec"], metrics["exec"] + metrics["proof_exec"]))]
            : throw new FormatException("the line count has no line of code, proof or specification");
    }

    /// <summary>Adds the columns of the paper's table; the ratio is added only if the crate has code.</summary>
    internal static Dictionary<string, double> WithPaperNames(Dictionary<string, double> metrics, double trusted,
        double proof, double code)
    {
        metrics["lines_trusted"] = trusted;
        metrics["lines_proof"] = proof;
        metrics["lines_code"] = code;
        if (code > 0)
            metrics["proof_to_code_ratio"] = proof / code;
        return metrics;
    }
}
