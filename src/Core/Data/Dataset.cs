using Verus.Artifact.Common;

namespace Verus.Artifact.Data;

/// <summary>
/// Where numbers come from. Recorded numbers are never presented as measured: every figure and verdict that uses them
/// says so.
/// </summary>
public enum Origin
{
    /// <summary>The numbers come from samples of this evaluation, on this machine.</summary>
    Measured,
    /// <summary>Numbers that the authors recorded and shipped with the artifact.</summary>
    Recorded,
}

/// <summary>
/// One point of a dataset: a combination of column values with its estimate, or with the reason why there is none.
/// </summary>
public sealed record DataPoint
{
    /// <summary>The value of each key column of the point, such as series = zstd, level = 8.</summary>
    public required IReadOnlyDictionary<string, string> Keys { get; init; }

    /// <summary>The number of the point; null when the point has none, see <see cref="Note"/>.</summary>
    public Estimate? Estimate { get; init; }

    /// <summary>
    /// The measured values behind the estimate, in the order in which they were taken; empty for recorded points.
    /// </summary>
    public IReadOnlyList<double> Samples { get; init; } = [];

    /// <summary>The number of samples of the point that failed; failed samples are not in <see
    /// cref="Samples"/>.</summary>
    public int Failures { get; init; }

    /// <summary>
    /// Why the point has no number ("timed out after 100 s"), or what a reader must know about the number ("entered by
    /// hand").
    /// </summary>
    public string? Note { get; init; }

    /// <summary>
    /// The run and the round in which each of <see cref="Samples"/> was taken, as <c>run/round</c> and in the same
    /// order; empty when they are not known. Samples of one round were taken shortly after each other, in random order.
    /// Samples that were taken side by side have no round: <c>run/</c>.
    /// </summary>
    public IReadOnlyList<string> Rounds { get; init; } = [];

    /// <summary>
    /// The boot of the machine in which each of <see cref="Samples"/> was taken, in the same order; empty when the
    /// boots are not known.
    /// </summary>
    public IReadOnlyList<string> Boots { get; init; } = [];

    /// <summary>
    /// When each of <see cref="Samples"/> was started, in the same order, as texts that sort by time; empty when it is
    /// not known. The files of datasets do not contain these times.
    /// </summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<string> Started { get; init; } = [];

    /// <summary>
    /// Whether the number of the point is a fact, such as a count of lines, that every repetition gives again, so that
    /// one sample is enough.
    /// </summary>
    public bool IsExact { get; init; }

    /// <summary>Whether the point is computed from other points.</summary>
    public bool IsDerived { get; init; }

    /// <summary>
    /// The time limit, in the unit of the point, for a point that has no number because every sample reached that
    /// limit; the number is known to be above it. The time limit is null for a point that did not time out.
    /// </summary>
    public double? Above { get; init; }

    /// <summary>
    /// Whether the absence of a number is declared, and <see cref="Note"/> says why: recorded data give a reason, or a
    /// series ended, or an optional input does not exist. A declared absence of a number is a result and not a gap.
    /// </summary>
    public bool IsAbsent { get; init; }

    /// <summary>Whether the point has no number, and neither a declaration nor a time limit explains its
    /// absence.</summary>
    public bool IsGap => Estimate is null && Above is null && !IsAbsent;

    /// <summary>
    /// For a point that is computed from others: how its number depends on the samples of other points, which points
    /// and quantities that are computed from it in turn must know. The dependence is null for a point that is not
    /// computed from others. The files of datasets do not contain how a number depends on samples.
    /// </summary>
    internal Formulas.Bounded? Lineage { get; init; }

    /// <summary>
    /// The unit of the point if the points of the dataset have different units; null for the unit of the dataset.
    /// </summary>
    public string? Unit { get; init; }

    /// <summary>
    /// The number of each run or boot, from which the limits of the point's number follow, if runs or boots differ by
    /// more than chance; null if they do not, or if the statistic has no rule for runs.
    /// </summary>
    internal double[]? ByRuns(Common.Statistic statistic)
    {
        if (Rounds.Count == 0 || statistic is not (Common.Statistic.Median or Common.Statistic.Mean
            or Common.Statistic.Sum))
            return null;
        var isMedian = statistic == Common.Statistic.Median;
        if (RunGroups.Of([this]).Unlike(Samples, Rounds, isMedian) is not { } groupOf)
            return null;
        // A sum of samples is their mean times their number.
        var factor = statistic == Common.Statistic.Sum ? Samples.Count : 1;
        return Common.BetweenRuns.Reduce(Samples, [.. Rounds.Select(groupOf)], samples => factor
            * Common.Statistics.Of(isMedian ? Common.Statistic.Median : Common.Statistic.Mean, samples));
    }

    /// <summary>Whether the limits of the point's number follow from the numbers of its runs.</summary>
    internal bool IsByRuns(Common.Statistic statistic) => ByRuns(statistic) is not null;

    /// <summary>The value of a key column; empty when the point has no such column.</summary>
    public string this[string column] => Keys.TryGetValue(column, out var value) ? value : "";
}

/// <summary>A dataset, which figures, claims and the report read: points of one origin over the same key
/// columns.</summary>
public sealed record Dataset
{
    /// <summary>The name of the dataset, which is the same for its measured and its recorded form.</summary>
    public required string Name { get; init; }

    /// <summary>The key columns of the dataset, in the order of its file.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>
    /// The quantity that the numbers measure, such as <c>time</c> or <c>throughput</c>; it is also the name of the
    /// value column.
    /// </summary>
    public required string Quantity { get; init; }

    /// <summary>Unit of the numbers, such as <c>s</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>The statistic by which the samples of a point became one number, such as <c>median</c>.</summary>
    public required string Statistic { get; init; }

    /// <summary>Whether the numbers were measured on this machine or recorded elsewhere.</summary>
    public required Origin Origin { get; init; }

    /// <summary>
    /// Whether the dataset is from a smoke run, which has only a few cells with one sample each and is not a result.
    /// </summary>
    public bool IsSmoke { get; init; }

    /// <summary>A few words on who measured the numbers, when and on what machine; they are shown wherever recorded
    /// numbers are used.</summary>
    public string Provenance { get; init; } = "";

    /// <summary>
    /// Notes on what a reader must know about the whole dataset: deviations from a pin, differing machines, omitted
    /// series.
    /// </summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
    /// <summary>The names of the files in formats of other programs that were written with it.</summary>
    public IReadOnlyList<string> FormatFiles { get; init; } = [];

    /// <summary>The coverage of the intervals of the dataset's points as a text, such as <c>95%</c>.</summary>
    internal string Coverage => Origin == Origin.Recorded ? "95%" : Common.Statistics.Coverage(
        string.Equals(Statistic, nameof(Common.Statistic.Median), StringComparison.OrdinalIgnoreCase),
        Points.Where(point => point.Estimate?.Low is not null && point.Samples.Count > 0
            && !point.IsByRuns(Common.Statistic.Median)).Select(point => point.Samples.Count));

    /// <summary>The points of the dataset, in the order of its file.</summary>
    public required IReadOnlyList<DataPoint> Points { get; init; }
}
