namespace Verus.Artifact.Suites;

/// <summary>
/// A file of the times to accept and to reject a program, with lines <c>base|error,case,Tool,seconds</c> without a
/// header; case 1 is pop, 2 is index. Columns: series, function (pop, index), mode (success, error); metric wall.
/// Upstream's script stops if there is a time-out, whereas this format omits the line.
/// </summary>
public sealed class ErrorsFormat : IDatasetFormat
{
    private static readonly (string Label, string Word)[] Modes = [("success", "base"), ("error", "error")];
    private static readonly string[] Functions = ["pop", "index"];

    /// <inheritdoc/>
    public string Name => "linked-list-errors";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<FormatFile> Write(IReadOnlyList<Observation> observations)
    {
        var lines = new List<string>();
        foreach (var (tool, samples) in UpstreamValues.ByTool(observations))
            foreach (var (label, word) in Modes)
                for (var function = 0; function < Functions.Length; function++)
                    if (UpstreamValues.MedianTime(samples.Where(sample => UpstreamValues.Column(sample, "mode") == label
                        && UpstreamValues.Column(sample, "function") == Functions[function])) is { } seconds
                        && double.IsFinite(seconds))
                        lines.Add($"{word},{function + 1},{tool},{UpstreamValues.Python(seconds)}\n");
        return lines.Count == 0 ? [] : [new FormatFile("linked-list-errors.csv", string.Concat(lines))];
    }
}
