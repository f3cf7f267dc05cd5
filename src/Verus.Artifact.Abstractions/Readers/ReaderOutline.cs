namespace Verus.Artifact.Extensions;

/// <summary>The columns and metrics that a reader may find, known before it has read any output.</summary>
/// <param name="Columns">The columns that the reader's rows may have.</param>
/// <param name="Metrics">The metrics that the reader's rows may have, each with its unit, which is empty for a number
/// without a unit.</param>
public sealed record ReaderOutline(IReadOnlyList<string> Columns, IReadOnlyDictionary<string, string> Metrics)
{
    /// <summary>Makes an outline from names that are separated by spaces; a metric with a unit is
    /// <c>name|unit</c>.</summary>
    public static ReaderOutline Of(string columns, string metrics) => new(Names(columns),
        Names(metrics).Select(metric => metric.Split('|')).ToDictionary(parts => parts[0],
            parts => parts.Length > 1 ? parts[1] : "", StringComparer.Ordinal));

    /// <summary>An outline with the columns and metrics of two outlines.</summary>
    public ReaderOutline And(ReaderOutline other) => new([.. Columns.Union(other.Columns)],
        Metrics.Concat(other.Metrics).DistinctBy(metric => metric.Key).ToDictionary(StringComparer.Ordinal));

    private static string[] Names(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
