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
    private const int MostInARow = 3;
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

    /// <summary>Throws an exception when cells were left out because their samples were interrupted; all other cells
    /// have been measured.</summary>
    /// <exception cref="DiagnosticException">Some cells were left out because their samples were
    /// interrupted.</exception>
    public void ThrowIfAny()
    {
        var leftOut = inARow.Values.Where(entry => entry.Count >= MostInARow)
            .Select(entry => ExperimentRules.AlwaysInterrupted.At(entry.Cell.Experiment.Item.Where, entry.Cell.Name,
                entry.Count, entry.Why)).ToList();
        if (leftOut.Count > 0)
            throw new DiagnosticException(leftOut);
    }
}
