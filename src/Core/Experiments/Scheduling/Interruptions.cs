using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Places;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>
/// The samples whose runner was killed from outside, and the samples that were suspended. Interrupted samples say
/// nothing about the experiment and are taken again. A cell whose samples are interrupted every time, such as one whose
/// command sends signals to its parent, is finally left out so that the other cells can still be sampled.
/// </summary>
internal sealed class Interruptions(IBuildLog log)
{
    /// <summary>The number of interruptions in a row after which a cell or a place is given up.</summary>
    public const int MostInARow = 3;

    private static readonly DiagnosticRule[] OfOneSample = [ExperimentRules.RunnerEnded, PlaceRules.Suspended,
        ExecutorRules.Failed, ExecutorRules.CommandFailed];
    private readonly Dictionary<string, (int Count, Cell Cell, string Why)> inARow = new(StringComparer.Ordinal);

    /// <summary>Whether a problem only means that a single sample was interrupted.</summary>
    public static bool IsOne(DiagnosticException problem) => problem.Diagnostics is [{ } only]
        && OfOneSample.Contains(only.Rule);

    /// <summary>Records an interrupted sample.</summary>
    public void Add(Cell cell, DiagnosticException problem)
    {
        int count;
        var why = problem.Diagnostics[0].Message.TrimEnd('.');
        lock (inARow)
            inARow[cell.Name] = (count = inARow.GetValueOrDefault(cell.Name).Count + 1, cell, why);
        if (count < MostInARow)
            log.Report(ExperimentRules.SampleInterrupted.At(cell.Experiment.Item.Where, cell.Name, why));
    }

    /// <summary>Records a sample that was not interrupted.</summary>
    public void Clear(Cell cell)
    {
        lock (inARow)
            inARow.Remove(cell.Name);
    }

    /// <summary>Whether no further attempts are made at samples of a cell.</summary>
    public bool IsLeftOut(Cell cell)
    {
        lock (inARow)
            return inARow.GetValueOrDefault(cell.Name).Count >= MostInARow;
    }

    /// <summary>The cells that were left out because their samples were interrupted; all other cells were
    /// measured.</summary>
    /// <param name="isKnown">Returns whether another problem already explains why a cell was left out.</param>
    public IReadOnlyList<Diagnostic> Problems(Func<Cell, bool> isKnown) =>
    [
        .. inARow.Values.Where(entry => entry.Count >= MostInARow && !isKnown(entry.Cell))
            .Select(entry => ExperimentRules.AlwaysInterrupted.At(entry.Cell.Experiment.Item.Where, entry.Cell.Name,
                entry.Count, entry.Why)),
    ];
}

/// <summary>
/// A place other than this machine failed while it ran a sample: a virtual machine was lost, or an engine stopped. The
/// failure of a place says nothing about the experiment, and nothing about samples in other places.
/// </summary>
/// <param name="problem">The problem that the place reported.</param>
internal sealed class PlaceFailure(DiagnosticException problem) : Exception(problem.Message, problem)
{
    /// <summary>What the place reported.</summary>
    public DiagnosticException Problem => problem;
}
