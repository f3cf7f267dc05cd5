using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Figures;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>The plan of a request: what a build of it would do.</summary>
/// <param name="Cells">The cells of experiments that can be measured here.</param>
/// <param name="Gaps">The gaps: what prevents the other experiments.</param>
/// <param name="Open">The experiments whose inputs are not present yet, so that their cells are unknown.</param>
/// <param name="Inputs">The locations of tools, sources and files.</param>
public sealed record SamplePlan(IReadOnlyList<CellPlan> Cells, Gaps Gaps, IReadOnlyList<ExperimentDeclaration> Open,
    CellContext Inputs);

/// <summary>The stage that determines what would run, and why, without changing anything.</summary>
/// <param name="context">The call.</param>
public sealed class PlanSamples(EvaluationContext context)
{
    /// <summary>Determines the plan of the request.</summary>
    /// <exception cref="DiagnosticException">A declaration is wrong.</exception>
    public async Task<SamplePlan> RunAsync(IBuildLog log, CancellationToken cancellation)
    {
        var found = await new FindAvailable(context).RunAsync(log, cancellation).ConfigureAwait(false);
        var cellContext = context.CellContext(found.Inputs, found.Tools, found.Gaps);
        await using var places = new EvaluationPlaces(context, found.Inputs, cellContext, log);
        var engine = context.ExperimentEngine(cellContext, places, context.ReadJournal(log), log);
        var experiments = found.Gaps.Possible(context.Selection.Experiments);
        return new SamplePlan(await engine.PlanAsync([.. experiments.Where(experiment => !experiment.IsOpen)],
            cancellation).ConfigureAwait(false), found.Gaps,
            [.. experiments.Where(experiment => experiment.IsOpen)], cellContext);
    }

    /// <summary>Shows what would run, why, and how long it would take.</summary>
    public async Task ShowAsync(IBuildLog log, CancellationToken cancellation)
    {
        var plan = await RunAsync(log, cancellation).ConfigureAwait(false);
        log.Info(PlanText.Render(plan.Cells,
            [.. context.Selection.Experiments.Where(experiment => plan.Gaps.Missing.ContainsKey(experiment.Name))
            .Select(experiment => (experiment, plan.Gaps.Missing[experiment.Name]))], context.Options.TuneMachine,
            context.Model.Services, context.Policy.Runs));
        foreach (var line in Sent().Concat(Open(plan)).Concat(RecordedFiles()).Concat(Figures(plan)))
            log.Info(line);
        var sizes = FullCost.OfSizes(context.Selection.Experiments, context.ReadJournal(log), context.Options.Policy)
            .ToList();
        foreach (var (policy, line) in sizes)
            log.Info(line + Decided(policy));
        if (sizes.Count > 0 && context.Options.SampleSizesNote.Length > 0)
            log.Info(context.Options.SampleSizesNote);
        foreach (var sentence in context.Options.Policy is { IsChosen: true, Choice: { } choice }
            ? choice.Value.Sentences(context.Selection.Figures.Select(figure => figure.Set), context.Model.Predicates
                .Where(predicate => predicate.Strength == PredicateStrength.Must
                    && context.Selection.Claims.Any(claim => claim.Name == predicate.Claim))
                .Select(predicate => predicate.Name)) : [])
            log.Info(sentence);
        if (context.Options.Smoke)
            log.Info(FullCost.Text(context.Selection.Experiments, context.ReadJournal(log), context.Options.Policy));
    }

    /// <summary>
    /// Shows how the keys of cells differ from those of the last samples, and which figures would be drawn again.
    /// </summary>
    public async Task ExplainAsync(IBuildLog log, CancellationToken cancellation)
    {
        var plan = await RunAsync(log, cancellation).ConfigureAwait(false);
        log.Info(PlanText.Explain(plan.Cells));
        foreach (var line in Open(plan).Concat(RecordedFiles()).Concat(Figures(plan)))
            log.Info(line);
    }

    // Fewer samples than an interval takes decide no predicate, and neither do fewer than the recorded numbers ask for.
    // Whether more decide it depends on the samples.
    private string Decided(SamplePolicy policy)
    {
        var choice = policy.Choice?.Value;
        var undecided = context.Model.Predicates.Where(predicate => predicate.Datasets.SelectMany(Sources)
            .Any(dataset => context.Selection.Experiments.Any(experiment => experiment.Measured
                && EvaluationNeeds.IsOf(dataset, experiment) && policy.Target(experiment) < LeastFor(predicate))))
            .Select(predicate => predicate.Claim).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (context.Selection.Claims.Count == 0)
            return "";
        var (yes, no) = (context.Selection.Claims.Where(claim => !undecided.Contains(claim.Name)).ToList(),
            context.Selection.Claims.Where(claim => undecided.Contains(claim.Name)).ToList());
        return (yes.Count > 0 ? "; can decide " + Names(yes) : "")
            + (no.Count > 0 ? $"; too few samples for all predicates of {Names(no)}" : "");

        int LeastFor(PredicateDeclaration predicate) =>
            predicate.Strength != PredicateStrength.Must || choice is null ? Statistics.LeastForInterval
            : choice.Open.Contains(predicate.Name) ? SampleChoice.Most + 1
            : choice.Needs.GetValueOrDefault(predicate.Name, Statistics.LeastForInterval);

        static string Names(List<ClaimDeclaration> claims) =>
            (claims.Count == 1 ? "claim " : "claims ") + string.Join(", ", claims.Select(claim => claim.Name));
    }

    // A dataset, and the datasets that it is derived from.
    private IEnumerable<Data.DatasetDeclaration> Sources(string name)
    {
        for (var dataset = Find(name); dataset is not null; dataset = Find(dataset.From))
            yield return dataset;

        Data.DatasetDeclaration? Find(string? one) => context.Model.Datasets
            .FirstOrDefault(dataset => dataset.Name.Equals(one, StringComparison.OrdinalIgnoreCase));
    }

    private IEnumerable<string> Sent() => context.Sent.Select(part => $"{part.Machine.Name}: "
        + $"{string.Join(", ", part.Experiments.Select(experiment => experiment.Name))} "
        + (part.Machine.IsFolder ? $"from the evaluation in {part.Machine.Address}"
            : $"by an evaluation of its own at {part.Machine.Address}"));

    private static IEnumerable<string> Open(SamplePlan plan) => plan.Open.Select(experiment =>
        $"{experiment.Name}: its cells are known once its inputs are here (-t:CloneExternalRepos fetches them): "
            + $"{Matrix.Text(experiment.Matrix)}");

    private IEnumerable<string> RecordedFiles()
    {
        foreach (var recorded in context.Recorded
            .Where(recorded => NamedFiles.IsOfPin(recorded.File) || recorded.Converter is not null))
            yield return $"{recorded.Name}: recorded numbers "
                + (recorded.Files.Count > 0 ? $"from {recorded.File}" : "")
                + (recorded.Converter is { } command ? $"{(recorded.Files.Count > 0 ? ", " : "")}by {command}" : "")
                + (recorded.Files.Any(file => context.Files.PathOf(file) is null) ? ", which comes with its pin" : "");
    }

    // Since it is not known how new samples will change the data, the plan says that the figures which use the samples
    // will be drawn again.
    private IEnumerable<string> Figures(SamplePlan plan)
    {
        var folder = new DatasetFolder(context.Options.Layout.Data, context.Options.OnMissing);
        var same = new List<string>();
        foreach (var figure in context.Selection.Figures)
        {
            var command = figure.Kind is CommandFigure { Command: var arguments }
                ? $": {CommandLine.Join(arguments.Select(argument => argument.Text))}" : "";
            var changes = Reasons(figure, plan, folder).ToList();
            if (changes.Count > 0)
                yield return $"{figure.Name}: "
                    + $"{(command.Length > 0 ? "its command would run" : "would be drawn again")}, "
                    + $"because {string.Join(", ", changes)}{command}";
            else if (command.Length > 0)
                yield return $"{figure.Name}: its command runs when its data change{command}";
            else
                same.Add(figure.Name);
        }
        if (same.Count > 0)
            yield return $"Figures that would stay as they are: {string.Join(", ", same)}";
    }

    private IEnumerable<string> Reasons(FigureDeclaration figure, SamplePlan plan, DatasetFolder folder)
    {
        var experiments = DrawFigures.ExperimentsOf(context, figure).Select(experiment => experiment.Name).ToList();
        foreach (var cells in plan.Cells.Where(cell => experiments.Contains(cell.Cell.Experiment.Name))
            .GroupBy(cell => cell.Cell.Experiment.Name))
        {
            if (cells.Sum(cell => cell.Need) is var need and > 0)
                yield return $"{cells.Key} gets {Amount.Count(need, "new sample")}";
        }
        foreach (var change in new FigureState(figure, DrawFigures.ContextOf(context, plan.Inputs))
            .Changes(DrawFigures.DataOf(figure, folder) ?? []))
            yield return change;
    }
}
