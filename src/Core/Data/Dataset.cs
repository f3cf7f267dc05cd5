using Verus.Artifact.Common;

namespace Verus.Artifact.Data;

/// <summary>
/// Where numbers come from. Recorded numbers never pass as measured: everything drawn or judged from them says so.
/// </summary>
public enum Origin
{
    /// <summary>Samples of this evaluation, on this machine.</summary>
    Measured,
    /// <summary>Numbers that the authors shipped.</summary>
    Recorded,
}

/// <summary>
/// One point of a dataset: a combination of column values with its estimate, or with the reason why there is none.
/// </summary>
public sealed record DataPoint
{
    /// <summary>Value of each key column, such as series = zstd, level = 8.</summary>
    public required IReadOnlyDictionary<string, string> Keys { get; init; }

    /// <summary>The number; null when there is none, see <see cref="Note"/>.</summary>
    public Estimate? Estimate { get; init; }

    /// <summary>
    /// The measured values behind the estimate, in the order they were taken; empty for recorded points.
    /// </summary>
    public IReadOnlyList<double> Samples { get; init; } = [];

    /// <summary>Samples that were taken and failed; none of them is in <see cref="Samples"/>.</summary>
    public int Failures { get; init; }

    /// <summary>
    /// Why there is no estimate ("timed out after 100 s"), or what a reader must know of it ("entered by hand").
    /// </summary>
    public string? Note { get; init; }

    /// <summary>
    /// Of a point that is computed from others: its number in each draw of their samples, for points that are computed
    /// from it in turn; null: it is not. No file has them.
    /// </summary>
    internal double[]? Draws { get; init; }

    /// <summary>Unit of this point where the points of a dataset differ in it; null: the dataset's.</summary>
    public string? Unit { get; init; }

    /// <summary>The value of a key column; empty when the point has no such column.</summary>
    public string this[string column] => Keys.TryGetValue(column, out var value) ? value : "";
}

/// <summary>What figures, claims and the report read: points of one origin over the same key columns.</summary>
public sealed record Dataset
{
    /// <summary>Name, the same for the measured and the recorded form.</summary>
    public required string Name { get; init; }

    /// <summary>Key columns in the order of the file.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>What the numbers are, such as <c>time</c> or <c>throughput</c>: the name of the value column.</summary>
    public required string Quantity { get; init; }

    /// <summary>Unit of the numbers, such as <c>s</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>How the samples of a point became one number, such as <c>median</c>.</summary>
    public required string Statistic { get; init; }

    /// <summary>Measured here or recorded elsewhere.</summary>
    public required Origin Origin { get; init; }

    /// <summary>Whether it is of a smoke run: of a few cells with one sample each, and no result.</summary>
    public bool IsSmoke { get; init; }

    /// <summary>Who measured, when and on what, in a few words; shown with every use of recorded numbers.</summary>
    public string Provenance { get; init; } = "";

    /// <summary>
    /// What a reader must know of the whole dataset: deviations from a pin, unlike machines, series left out.
    /// </summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The points, in the order of the file.</summary>
    public required IReadOnlyList<DataPoint> Points { get; init; }
}
