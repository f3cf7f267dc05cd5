using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Places;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>
/// The samples whose runner was killed from outside, the samples that were suspended, and the samples whose place
/// failed. Interrupted samples say nothing about the experiment and are taken again. A cell whose samples are
/// interrupted every time, such as one whose command sends signals to its parent or ends its virtual machine, is
/// finally left out so that the other cells can still be sampled. A place that fails during samples of several cells in
/// a row is given up with all of its cells.
/// </summary>
internal sealed class Interruptions(IBuildLog log)
{
    // The number of interruptions in a row after which a cell or a place is given up.
    private const int MostInARow = 3;

    private static readonly DiagnosticRule[] OfOneSample = [ExperimentRules.RunnerEnded, PlaceRules.Suspended,
        ExecutorRules.Failed, ExecutorRules.CommandFailed];
    private readonly Lock gate = new();
    private readonly Dictionary<string, (int Count, Cell Cell, Diagnostic Last, bool OfPlace)> ofCells =
        new(StringComparer.Ordinal);
    private readonly Dictionary<(string, Placement), (List<string> Cells, Diagnostic Last)> ofPlaces = [];

    /// <summary>Whether a problem only means that a single sample was interrupted.</summary>
    public static bool IsOne(DiagnosticException problem) => problem.Diagnostics is [{ } only]
        && OfOneSample.Contains(only.Rule);

    /// <summary>Records an interrupted sample.</summary>
    public void Add(Cell cell, DiagnosticException problem) => Add(cell, problem.Diagnostics[0], ofPlace: false);

    /// <summary>Records a sample that was interrupted since its place failed.</summary>
    public void Add(Cell cell, PlaceFailure failure)
    {
        var problem = failure.Problem.Diagnostics[0];
        lock (gate)
        {
            var place = PlaceOf(cell.Experiment);
            ofPlaces[place] = ([.. ofPlaces.GetValueOrDefault(place).Cells ?? [], cell.Name], problem);
        }
        Add(cell, problem, ofPlace: true);
    }

    private void Add(Cell cell, Diagnostic problem, bool ofPlace)
    {
        int count;
        lock (gate)
            ofCells[cell.Name] = (count = ofCells.GetValueOrDefault(cell.Name).Count + 1, cell, problem, ofPlace);
        if (count < MostInARow)
            log.Report(ExperimentRules.SampleInterrupted.At(cell.Experiment.Item.Where, cell.Name,
                problem.Message.TrimEnd('.')));
    }

    /// <summary>Records a sample that was not interrupted, so that its place works, too.</summary>
    public void Clear(Cell cell)
    {
        lock (gate)
        {
            ofCells.Remove(cell.Name);
            ofPlaces.Remove(PlaceOf(cell.Experiment));
        }
    }

    /// <summary>Whether no further attempts are made at samples of a cell.</summary>
    public bool IsLeftOut(Cell cell)
    {
        lock (gate)
            return ofCells.GetValueOrDefault(cell.Name).Count >= MostInARow || IsPlaceGivenUp(cell.Experiment);
    }

    /// <summary>
    /// Whether no further samples are taken in the place of an experiment. A single cell that ends its place each time
    /// is no reason for that. The samples that the place gave before count.
    /// </summary>
    public bool IsGivenUp(ExperimentDeclaration experiment)
    {
        lock (gate)
            return IsPlaceGivenUp(experiment);
    }

    /// <summary>The places that were given up, each with its last failure, and the other cells that were left out
    /// because their samples were interrupted; all other cells were measured.</summary>
    public IReadOnlyList<Diagnostic> Problems
    {
        get
        {
            lock (gate)
                return
                [
                    .. ofPlaces.Values.Where(IsGivenUp).Select(place => place.Last),
                    .. ofCells.Values
                        .Where(entry => entry.Count >= MostInARow && !IsPlaceGivenUp(entry.Cell.Experiment))
                        .Select(entry => LeftOut(entry.Cell, entry.Count, entry.Last, entry.OfPlace)),
                ];
        }
    }

    // What a place says has a code and a remedy of its own.
    private static Diagnostic LeftOut(Cell cell, int count, Diagnostic last, bool ofPlace) => ofPlace
        ? new Diagnostic(last.Rule, last.Where, $"{cell.Name}, {count} times in a row: {last.Message}")
        : ExperimentRules.AlwaysInterrupted.At(cell.Experiment.Item.Where, cell.Name, count,
            last.Message.TrimEnd('.'));

    private bool IsPlaceGivenUp(ExperimentDeclaration experiment) =>
        ofPlaces.TryGetValue(PlaceOf(experiment), out var place) && IsGivenUp(place);

    private static bool IsGivenUp((List<string> Cells, Diagnostic Last) place) =>
        place.Cells.Count >= MostInARow && place.Cells.Distinct().Skip(1).Any();

    private static (string, Placement) PlaceOf(ExperimentDeclaration experiment) =>
        (experiment.Executor, experiment.Place);
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
