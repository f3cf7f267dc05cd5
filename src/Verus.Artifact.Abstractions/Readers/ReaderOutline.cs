namespace Verus.Artifact.Extensions;

/// <summary>What a reader may find, known before there is any output.</summary>
/// <param name="Columns">Columns that its rows may have.</param>
/// <param name="Metrics">Metrics that its rows may have, each with its unit; empty: a number without one.</param>
public sealed record ReaderOutline(IReadOnlyList<string> Columns, IReadOnlyDictionary<string, string> Metrics)
{
    /// <summary>An outline from names that are separated by spaces; a metric with a unit is <c>name|unit</c>.</summary>
    public static ReaderOutline Of(string columns, string metrics) => new(Names(columns),
        Names(metrics).Select(metric => metric.Split('|')).ToDictionary(parts => parts[0],
            parts => parts.Length > 1 ? parts[1] : "", StringComparer.Ordinal));

    /// <summary>An outline with the columns and metrics of two outlines.</summary>
    public ReaderOutline And(ReaderOutline other) => new([.. Columns.Union(other.Columns)],
        Metrics.Concat(other.Metrics).DistinctBy(metric => metric.Key).ToDictionary(StringComparer.Ordinal));

    private static string[] Names(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
