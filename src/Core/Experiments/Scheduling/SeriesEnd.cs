using System.Runtime.CompilerServices;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>
/// The rule of the metadata EndSeriesAt: along the axis that it names, a series that timed out at one value is not run
/// for later values.
/// </summary>
public static class SeriesEnd
{
    private static readonly ConditionalWeakTable<ExperimentDeclaration, Dictionary<AxisValue, int>> Positions = [];

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
                .OrderBy(item => Index(cellOf(item))).ToList();
            for (var i = 0; i < group.Count; i++)
                ordered[group[i]] = sorted[i];
        }
        return ordered;
    }

    /// <summary>The name of a cell's series; cells that differ only along the axis of EndSeriesAt have the same
    /// name.</summary>
    internal static string SeriesName(Cell cell) =>
        cell.Experiment.Name + string.Concat(Others(cell, cell.Experiment.EndSeriesAt)
            .Select(pair => $"|{pair.Value.Label}"));

    // A value that follows from other values may differ within a series, so it is not part of the series's name.
    internal static IEnumerable<KeyValuePair<string, AxisValue>> Others(Cell cell, string? axis) =>
        cell.Values.Where(pair => pair.Key != axis && !pair.Value.IsDerived);

    /// <summary>
    /// The position of a cell along the axis of EndSeriesAt, in the order of the axis's values.
    /// </summary>
    internal static int Index(Cell cell) => Positions.GetValue(cell.Experiment, static experiment =>
    {
        var found = new Dictionary<AxisValue, int>();
        foreach (var value in experiment.Matrix.First(axis => axis.Name == experiment.EndSeriesAt).Values)
            found.TryAdd(value, found.Count);
        return found;
    }).GetValueOrDefault(cell.Values[cell.Experiment.EndSeriesAt!], -1);
}

/// <summary>
/// The series that have ended: those in which a cell has timed out and has no good sample. The plans of cells are noted
/// one by one, so that it takes no second look at all cells to tell whether the series of one of them has ended.
/// </summary>
internal sealed class EndedSeries
{
    // The cells of each series that have timed out.
    private readonly Dictionary<string, List<Cell>> timedOut = new(StringComparer.Ordinal);

    /// <summary>Notes the current plan of a cell, instead of an earlier one.</summary>
    public void Note(CellPlan plan)
    {
        var cell = plan.Cell;
        if (cell.Experiment.EndSeriesAt is null)
            return;
        var name = NameOf(cell);
        var isTimedOut = plan.Good.Count == 0
            && plan.Failed.Any(sample => sample.Outcome == SampleOutcome.Timeout);
        if (timedOut.TryGetValue(name, out var cells))
            cells.RemoveAll(one => ReferenceEquals(one, cell));
        else if (isTimedOut)
            timedOut[name] = cells = [];
        if (isTimedOut)
            cells!.Add(cell);
    }

    /// <summary>Why a cell is not run: an earlier cell of its series timed out; null when no earlier cell of its series
    /// timed out.</summary>
    public string? Of(Cell cell)
    {
        if (cell.Experiment.EndSeriesAt is not { } axis || timedOut.Count == 0
            || !timedOut.TryGetValue(NameOf(cell), out var cells))
            return null;
        var index = SeriesEnd.Index(cell);
        var end = cells.Where(one => SeriesEnd.Index(one) < index).MinBy(SeriesEnd.Index);
        return end is null ? null
            : $"not run: its series ended at {axis} = {end.Values[axis].Label}, which timed "
                + $"out{Limit(end.Own)}";
    }

    /// <summary>The plan of a cell, which needs no sample if its series has ended.</summary>
    public CellPlan Applied(CellPlan plan) => plan.Good.Count == 0 && Of(plan.Cell) is { } end
        ? plan with { Need = 0, Reason = end, IsAbsent = true } : plan;

    private static string NameOf(Cell cell) => cell.Experiment.Name + string.Concat(
        SeriesEnd.Others(cell, cell.Experiment.EndSeriesAt)
            .Select(pair => $"\0{pair.Value.Value}\0{pair.Value.Label}"));

    private static string Limit(ExperimentDeclaration experiment) =>
        experiment.Timeout is { } seconds ? FormattableString.Invariant($" after {seconds:0.###} s") : "";
}
