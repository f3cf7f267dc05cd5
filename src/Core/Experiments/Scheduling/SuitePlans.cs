using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>
/// The plans of the cells of a suite while its samples are taken. A sample changes the plan of its own cell, and
/// whether the series of the cell has ended, so only cells that still need samples are planned again.
/// </summary>
internal sealed class SuitePlans
{
    private readonly IReadOnlyList<CellInput> cells;
    private readonly Func<IEnumerable<CellInput>, IReadOnlyList<CellPlan>> planOf;
    private readonly IReadOnlyList<CellPlan> all;
    private readonly Dictionary<Cell, CellInput> inSeries = new(ReferenceEqualityComparer.Instance);
    private readonly EndedSeries ends = new();
    private List<(CellInput Input, CellPlan Plan)> open = [];

    /// <summary>Plans all cells.</summary>
    /// <param name="cells">The cells, with their keys.</param>
    /// <param name="planOf">Plans cells by the samples that the journal has now, whether or not their series have
    /// ended.</param>
    public SuitePlans(IReadOnlyList<CellInput> cells, Func<IEnumerable<CellInput>, IReadOnlyList<CellPlan>> planOf)
    {
        (this.cells, this.planOf) = (cells, planOf);
        all = planOf(cells);
        for (var i = 0; i < cells.Count; i++)
        {
            ends.Note(all[i]);
            if (cells[i].Cell.Experiment.EndSeriesAt is not null)
                inSeries.Add(cells[i].Cell, cells[i]);
            if (all[i].Need > 0)
                open.Add((cells[i], all[i]));
        }
    }

    /// <summary>The cells that need samples, in the order of the suite.</summary>
    public IEnumerable<CellPlan> Needy => open.Select(one => ends.Applied(one.Plan)).Where(plan => plan.Need > 0);

    /// <summary>Plans the cells that needed samples again.</summary>
    public void Refresh()
    {
        var now = planOf(open.Select(one => one.Input));
        open = [.. open.Zip(now, (one, plan) => (one.Input, plan)).Where(one => one.plan.Need > 0)];
        foreach (var plan in now)
            ends.Note(plan);
    }

    /// <summary>Notes that a cell has got a sample, which may have ended its series.</summary>
    public void Sampled(Cell cell)
    {
        if (inSeries.TryGetValue(cell, out var input))
            ends.Note(planOf([input])[0]);
    }

    /// <summary>Whether the series of a cell has ended before the cell.</summary>
    public bool IsEnded(Cell cell) => ends.Of(cell) is not null;
}
