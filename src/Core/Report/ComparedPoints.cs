using Verus.Artifact.Data;

namespace Verus.Artifact.Report;

/// <summary>A point in all evaluations of a comparison.</summary>
/// <param name="Keys">The values of the key columns.</param>
/// <param name="Here">The point in each evaluation, in their order; null where an evaluation does not have it.</param>
/// <param name="Paper">The authors' number; null when none is recorded.</param>
internal sealed record ComparedPoints(IReadOnlyList<string> Keys, IReadOnlyList<ResultPoint?> Here, ResultPoint? Paper)
{
    /// <summary>The number of an evaluation divided by that of the first one; null unless both have one.</summary>
    public double? Ratio(int evaluation) =>
        Here[0]?.Value is { } first and not 0 && Here[evaluation]?.Value is { } other
        && double.IsFinite(other / first) ? other / first : null;

    /// <summary>
    /// Whether the intervals of an evaluation and of the first one have no value in common. Two disjoint 95% intervals
    /// are a cautious sign of a difference: they occur in less than 1% of pairs of equal values (Schenker and
    /// Gentleman, The American Statistician 55, 2001).
    /// </summary>
    public bool Differs(int evaluation) => Here[0] is { Low: { } low, High: { } high }
        && Here[evaluation] is { Low: { } otherLow, High: { } otherHigh } && (otherLow > high || otherHigh < low);
}

/// <summary>A dataset in all evaluations of a comparison.</summary>
internal sealed class ComparedDataset
{
    private ComparedDataset(ResultDataset first, IReadOnlyList<ComparedPoints> points, string? mismatch) =>
        (First, Points, Mismatch) = (first, points, mismatch);

    /// <summary>The dataset of the first evaluation that has it.</summary>
    public ResultDataset First { get; }

    /// <summary>The points of all evaluations.</summary>
    public IReadOnlyList<ComparedPoints> Points { get; }

    /// <summary>Why the numbers of the evaluations cannot be compared; null when they can.</summary>
    public string? Mismatch { get; }

    /// <summary>The measured datasets of several evaluations, paired by their names and keys.</summary>
    public static IEnumerable<ComparedDataset> Of(IReadOnlyList<ComparedResults> evaluations)
    {
        foreach (var name in evaluations.SelectMany(one => one.Results.Datasets)
            .Where(dataset => dataset.Origin == Origin.Measured).Select(dataset => dataset.Name).Distinct())
        {
            var own = evaluations.Select(one => Find(one, name, Origin.Measured)).ToList();
            var first = own.OfType<ResultDataset>().First();
            var paper = evaluations.Select(one => Find(one, name, Origin.Recorded)).OfType<ResultDataset>()
                .FirstOrDefault(dataset => dataset.Unit == first.Unit);
            var odd = own.OfType<ResultDataset>().FirstOrDefault(dataset => dataset.Unit != first.Unit
                || dataset.Statistic != first.Statistic || !dataset.Columns.SequenceEqual(first.Columns));
            var columns = first.Columns;
            var maps = own.Select(dataset => Map(odd is null || dataset == first ? dataset : null, columns)).ToList();
            var recorded = Map(paper, columns);
            yield return new ComparedDataset(first, [.. maps.SelectMany(map => map.Keys).Distinct()
                .Select(key => new ComparedPoints(key.Split('\u001f'),
                    [.. maps.Select(map => map.GetValueOrDefault(key))], recorded.GetValueOrDefault(key)))],
                odd is null ? null : $"the {odd.Statistic} of {odd.Quantity} in {odd.Unit} by "
                    + $"{string.Join(", ", odd.Columns)} is not comparable with the {first.Statistic} of "
                    + $"{first.Quantity} in {first.Unit} by {string.Join(", ", columns)}");
        }
    }

    /// <summary>The geometric mean of the ratios of an evaluation to the first one; null when it has none.</summary>
    public double? MeanRatio(int evaluation)
    {
        var ratios = Points.Select(point => point.Ratio(evaluation)).Where(ratio => ratio > 0)
            .Select(ratio => ratio!.Value)
            .ToList();
        return ratios.Count == 0 ? null : Math.Exp(ratios.Average(Math.Log));
    }

    private static ResultDataset? Find(ComparedResults one, string name, Origin origin) =>
        one.Results.Datasets.FirstOrDefault(dataset => dataset.Name == name && dataset.Origin == origin);

    private static Dictionary<string, ResultPoint> Map(ResultDataset? dataset, IReadOnlyList<string> columns) =>
        (dataset?.Points ?? []).GroupBy(point => string.Join('\u001f',
            columns.Select(column => point.Keys.GetValueOrDefault(column, ""))), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
}
