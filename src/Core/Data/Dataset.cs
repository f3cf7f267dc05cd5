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

    /// <summary>The number of samples that were taken and failed; none of them is in <see cref="Samples"/>.</summary>
    public int Failures { get; init; }

    /// <summary>
    /// Why there is no estimate ("timed out after 100 s"), or what a reader must know about it ("entered by hand").
    /// </summary>
    public string? Note { get; init; }

    /// <summary>
    /// The round in which each of <see cref="Samples"/> was taken, in the same order; empty when it is not known.
    /// Samples of one round were taken shortly after each other, in random order.
    /// </summary>
    public IReadOnlyList<string> Rounds { get; init; } = [];

    /// <summary>
    /// Whether the number is a fact, such as a count of lines, that every repetition gives again. One sample of it is
    /// enough.
    /// </summary>
    public bool IsExact { get; init; }

    /// <summary>Whether the point is computed from other points.</summary>
    public bool IsDerived { get; init; }

    /// <summary>
    /// For a point without a number because every sample reached its time limit: this limit, in the unit of the point.
    /// The number is known to be above it.
    /// </summary>
    public double? Above { get; init; }

    /// <summary>
    /// Whether it is declared that there is no number, and <see cref="Note"/> says why: recorded data give a reason, or
    /// a series ended, or an optional input does not exist. A declared absence is a result and not a gap.
    /// </summary>
    public bool IsAbsent { get; init; }

    /// <summary>Whether there is no number, and neither a declaration nor a time limit explains it.</summary>
    public bool IsGap => Estimate is null && Above is null && !IsAbsent;

    /// <summary>
    /// For a point that is computed from others: how its number depends on the samples of other points, for points and
    /// quantities that are computed from it in turn. Null for any other point. No file contains it.
    /// </summary>
    internal Formulas.Bounded? Lineage { get; init; }

    /// <summary>
    /// The unit of this point where the points of a dataset have different units; null for the unit of the dataset.
    /// </summary>
    public string? Unit { get; init; }

    /// <summary>The value of a key column; empty when the point has no such column.</summary>
    public string this[string column] => Keys.TryGetValue(column, out var value) ? value : "";
}

/// <summary>What figures, claims and the report read: points of one origin over the same key columns.</summary>
public sealed record Dataset
{
    /// <summary>The name, which is the same for the measured and the recorded form.</summary>
    public required string Name { get; init; }

    /// <summary>Key columns in the order of the file.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>
    /// What the numbers are, such as <c>time</c> or <c>throughput</c>; this is also the name of the value column.
    /// </summary>
    public required string Quantity { get; init; }

    /// <summary>Unit of the numbers, such as <c>s</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>How the samples of a point became one number, such as <c>median</c>.</summary>
    public required string Statistic { get; init; }

    /// <summary>Whether the numbers were measured here or recorded elsewhere.</summary>
    public required Origin Origin { get; init; }

    /// <summary>
    /// Whether the dataset is from a smoke run, which has only a few cells with one sample each and is not a result.
    /// </summary>
    public bool IsSmoke { get; init; }

    /// <summary>Who measured, when and on what, in a few words; shown wherever recorded numbers are used.</summary>
    public string Provenance { get; init; } = "";

    /// <summary>
    /// What a reader must know about the whole dataset: deviations from a pin, differing machines, omitted series.
    /// </summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What the intervals of its points cover, as <c>95%</c>.</summary>
    internal string Coverage => Origin == Origin.Recorded ? "95%" : Common.Statistics.Coverage(
        string.Equals(Statistic, nameof(Common.Statistic.Median), StringComparison.OrdinalIgnoreCase),
        Points.Where(point => point.Estimate?.Low is not null && point.Samples.Count > 0)
            .Select(point => point.Samples.Count));

    /// <summary>The points, in the order of the file.</summary>
    public required IReadOnlyList<DataPoint> Points { get; init; }
}
