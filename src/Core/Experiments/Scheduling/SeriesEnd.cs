using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>
/// The rule of the metadata EndSeriesAt: along the axis that it names, a series that timed out at one value is not run
/// for later values.
/// </summary>
public static class SeriesEnd
{
    /// <summary>Why a cell is not run: an earlier cell of its series timed out; null when no earlier cell of its series
    /// timed out.</summary>
    public static string? Of(Cell cell, IEnumerable<CellPlan> plans)
    {
        if (cell.Experiment.EndSeriesAt is not { } axis)
            return null;
        var index = Index(cell, axis);
        var end = plans.Where(plan => IsTimedOut(plan) && SameSeries(plan.Cell, cell, axis)
            && Index(plan.Cell, axis) < index)
            .MinBy(plan => Index(plan.Cell, axis));
        return end is null ? null
            : $"not run: its series ended at {axis} = {end.Cell.Values[axis].Label}, which timed "
                + $"out{Limit(end.Cell.Own)}";
    }

    /// <summary>
    /// Orders cells so that each series ascends along its axis, while the positions that belong to each series stay the
    /// same: this combines random interleaving with an early end.
    /// </summary>
    public static List<T> Ascending<T>(IReadOnlyList<T> items, Func<T, Cell> cellOf)
    {
        var ordered = items.ToList();
        var places = Enumerable.Range(0, ordered.Count)
            .Where(place => cellOf(ordered[place]).Experiment.EndSeriesAt is not null)
            .GroupBy(place => SeriesName(cellOf(ordered[place]))).Select(group => group.ToList());
        foreach (var group in places)
        {
            var sorted = group.Select(place => items[place])
                .OrderBy(item => Index(cellOf(item), cellOf(item).Experiment.EndSeriesAt!)).ToList();
            for (var i = 0; i < group.Count; i++)
                ordered[group[i]] = sorted[i];
        }
        return ordered;
    }

    private static bool IsTimedOut(CellPlan plan) => plan.Good.Count == 0
        && plan.Failed.Any(sample => sample.Outcome == SampleOutcome.Timeout);

    private static bool SameSeries(Cell one, Cell other, string axis) =>
        one.Experiment.Name == other.Experiment.Name
            && Others(one, axis).All(pair => other.Values[pair.Key] == pair.Value);

    /// <summary>The name of a cell's series; cells that differ only along the axis of EndSeriesAt have the same
    /// name.</summary>
    internal static string SeriesName(Cell cell) =>
        cell.Experiment.Name + string.Concat(Others(cell, cell.Experiment.EndSeriesAt)
            .Select(pair => $"|{pair.Value.Label}"));

    // A value that follows from other values may differ within a series, so it is not part of the series's name.
    private static IEnumerable<KeyValuePair<string, AxisValue>> Others(Cell cell, string? axis) =>
        cell.Values.Where(pair => pair.Key != axis && !pair.Value.IsDerived);

    private static int Index(Cell cell, string axis) =>
        cell.Experiment.Matrix.First(a => a.Name == axis).Values.ToList().IndexOf(cell.Values[axis]);

    private static string Limit(ExperimentDeclaration experiment) =>
        experiment.Timeout is { } seconds ? FormattableString.Invariant($" after {seconds:0.###} s") : "";
}
