using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Experiments.Samples;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>A cell to plan.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Resolved">The cell with its key; null while the cell's generated input is missing, or the output of
/// another experiment that the cell uses.</param>
/// <param name="Waits">A description of the output of other experiments that the cell waits for; null when the cell
/// waits for nothing.</param>
/// <param name="LeftOut">Why other experiments have no output that the cell could use; null when the cell is not left
/// out.</param>
public sealed record CellInput(Cell Cell, ResolvedCell? Resolved, string? Waits = null, string? LeftOut = null);

/// <summary>
/// Returns the numbers of samples that datasets use, one series for each point, and the statistic of the first dataset;
/// null when no dataset uses them.
/// </summary>
/// <param name="experiment">The experiment.</param>
/// <param name="samples">Good samples of one of its cells, oldest first.</param>
public delegate (IReadOnlyList<IReadOnlyList<double>> Numbers, Statistic Statistic)? UsedNumbers(
    ExperimentDeclaration experiment, IReadOnlyList<SampleRecord> samples);

/// <summary>Determines which samples every cell has and how many it needs, without changing anything.</summary>
/// <param name="journal">The journal, with the samples that were taken.</param>
/// <param name="policy">The policy that decides how many samples a cell gets.</param>
/// <param name="machineOf">Returns the identity of the machine that an experiment runs on now; samples from other
/// machines do not count.</param>
/// <param name="forgiven">Runs whose failed samples are to be repeated; null when failures stand until the key
/// changes.</param>
/// <param name="own">Returns the experiment as it applies to a cell.</param>
/// <param name="used">The numbers of an experiment's samples that datasets use, one series for each point, and the
/// statistic that turns them into one number; null for the median of the wall times.</param>
/// <param name="judge">Judges and reads a sample by the current declaration of its experiment.</param>
public sealed class Planner(Journal journal, SamplePolicy policy, Func<ExperimentDeclaration, string> machineOf,
    Func<string, bool>? forgiven, Func<Cell, ExperimentDeclaration> own,
    Func<ExperimentDeclaration, SampleRecord, SampleRecord> judge, UsedNumbers? used = null)
{
    private readonly Dictionary<ExperimentDeclaration, string> machines = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// Plans the cells of experiments; a cell's entry in <paramref name="resolved"/> is null while its generated input
    /// is missing.
    /// </summary>
    public IReadOnlyList<CellPlan> Plan(IEnumerable<CellInput> resolved)
    {
        var plans = resolved.Select(PlanCell).ToList();
        var ends = new EndedSeries();
        foreach (var plan in plans)
            ends.Note(plan);
        for (var i = 0; i < plans.Count; i++)
            plans[i] = ends.Applied(plans[i]);
        return plans;
    }

    /// <summary>Plans a cell, whether or not its series has ended.</summary>
    public CellPlan PlanCell(CellInput input)
    {
        var (cell, resolved, machine) = (input.Cell, input.Resolved, MachineOf(input.Cell.Experiment));
        var (earlier, experiment, key) = (journal.SamplesOf(cell.Name), own(cell), resolved?.Key);
        var kept = earlier.Where(sample => sample.Key == key && sample.MachineId == machine).ToList();
        var current = kept.Select(sample => judge(experiment, sample)).ToList();
        var good = current.Where(sample => sample.Outcome == SampleOutcome.Ok).ToList();
        var failed = current.Where(sample => sample.Outcome != SampleOutcome.Ok && forgiven?.Invoke(sample.Run) != true)
            .ToList();
        var (numbers, statistic) = !policy.Auto ? ([], Statistic.Median)
            : used?.Invoke(cell.Experiment, good) ?? ([Seconds(good)], Statistic.Median);
        var need = policy.Missing(cell.Experiment, good.Count, numbers, statistic);
        var (reason, differences) = need == 0 ? ("", []) : Why(cell, resolved, earlier, current, machine);
        if (input.Waits is { } waits && need > 0)
            reason = waits;
        if ((resolved?.NotAvailable ?? (failed.Count >= cell.Experiment.MaxFailures
            ? $"failed: {failed[^1].Outcome}, {failed[^1].Why}" : input.LeftOut)) is { } why)
            (need, reason) = (0, why);
        var measured = Typical(earlier.Select(sample => sample.Result.Measurement?.WallSeconds).OfType<double>());
        return new CellPlan
        {
            Cell = cell,
            Resolved = resolved,
            Good = good.Count == 0 ? [] : good,
            Failed = failed.Count == 0 ? [] : failed,
            ReadAgain = kept.Count == 0 ? [] : [.. kept.Zip(current)
                .Where(pair => pair.First.ReadBy != pair.Second.ReadBy)
                .Select(pair => ReaderChange.Between(pair.First.ReadBy, pair.Second.ReadBy))],
            Need = need,
            IsWaiting = input.Waits is not null,
            IsLeftOut = input.LeftOut is not null,
            IsAbsent = resolved?.NotAvailable is not null,
            Reason = reason,
            Capped = policy.Capped(good.Count, numbers, statistic),
            Differences = differences,
            SecondsEach = measured ?? cell.Experiment.EstimatedSeconds,
            IsTimed = measured is not null,
        };
    }

    private string MachineOf(ExperimentDeclaration experiment)
    {
        if (!machines.TryGetValue(experiment, out var machine))
            machines[experiment] = machine = machineOf(experiment);
        return machine;
    }

    private (string Reason, IReadOnlyList<KeyDifference> Differences) Why(Cell cell, ResolvedCell? resolved,
        IReadOnlyList<SampleRecord> earlier, List<SampleRecord> current, string machine)
    {
        if (current.Count > 0)
            return (current.Exists(sample => sample.Outcome != SampleOutcome.Ok)
                ? "failed samples are repeated" : "more samples", []);
        if (earlier.Count == 0)
            return ("new", []);
        if (resolved is null)
            return ("its generated input must be generated again", []);
        var last = earlier[^1];
        var differences = journal.Cells.TryGetValue(last.Key, out var before)
            ? KeyDifference.Between(before.Parts, resolved.Parts) : [];
        return differences.Count > 0 ? ("changed: " + string.Join("; ", differences), differences)
            : last.MachineId != machine ? ("measured on another machine, or in another state of this one", [])
            : ("not under this key", []);
    }

    /// <summary>The wall times of some samples in seconds.</summary>
    public static IReadOnlyList<double> Seconds(IEnumerable<SampleRecord> samples) =>
        [.. samples.Select(sample => sample.Result.Measurement?.WallSeconds ?? 0)];

    /// <summary>
    /// The expected duration of a sample, estimated from earlier ones, oldest first: the last three samples are enough
    /// for a plan, and soon reflect a changed program.
    /// </summary>
    public static double? Typical(IEnumerable<double> seconds)
    {
        var last = seconds.TakeLast(3).Order().ToList();
        return last.Count == 0 ? null : last[last.Count / 2];
    }
}
