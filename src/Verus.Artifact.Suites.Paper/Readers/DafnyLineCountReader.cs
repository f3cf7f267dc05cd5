using System.Text.Json;

namespace Verus.Artifact.Suites;

/// <summary>
/// Reads the line count of the Dafny sources as upstream prints it: <c>dafny-baseline: linecount: trusted, proof,
/// exec</c>. Metrics: lines_trusted, lines_proof, lines_code, proof_to_code_ratio (computed, since the file has a
/// rounded value).
/// </summary>
public sealed class DafnyLineCountReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "dafny-line-count";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("",
        "lines_trusted|lines lines_proof|lines lines_code|lines proof_to_code_ratio");

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        var baseline = OutputJson.Object(OutputJson.Single(output, "dafny-baseline", "the line count of Dafny"),
            "dafny-baseline");
        JsonElement count = OutputJson.Object(baseline, "linecount");
        var (proof, code) = (OutputJson.Number(count, "proof"), OutputJson.Number(count, "exec"));
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["lines_trusted"] = OutputJson.Number(count, "trusted"),
            ["lines_proof"] = proof,
            ["lines_code"] = code,
        };
        if (code > 0)
            metrics["proof_to_code_ratio"] = proof / code;
        return [Reading.Of(metrics)];
    }
}
