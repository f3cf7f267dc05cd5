using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>The cells of the request, with the samples that are valid for them.</summary>
public sealed record SampledCells
{
    /// <summary>The cells of the experiments that could be measured.</summary>
    public IReadOnlyList<CellPlan> Plans { get; init; } = [];
    /// <summary>All runs of the journal by their id.</summary>
    public IReadOnlyDictionary<string, RunRecord> Runs { get; init; } = new Dictionary<string, RunRecord>();
    /// <summary>
    /// Descriptions, by the name of the experiment, of how its measurement deviated from the declarations or the pins.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Deviations { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();
    /// <summary>The sources and tools that are present.</summary>
    public CellContext? Context { get; init; }
    /// <summary>The gaps of the call so far: what could not be obtained.</summary>
    public required Gaps Gaps { get; init; }
}

/// <summary>The stage that takes the samples that are missing.</summary>
/// <param name="context">The call.</param>
public sealed class RunExperiments(EvaluationContext context)
{
    /// <summary>
    /// Takes the missing samples. An experiment without a single good sample is an error for the end of the call.
    /// </summary>
    /// <exception cref="OperationCanceledException">The call was cancelled; everything measured so far is in the
    /// journal.</exception>
    public async Task<SampledCells> RunAsync(AcquiredInputs inputs, ProvidedTools provided, IBuildLog log,
        CancellationToken cancellation)
    {
        var experiments = provided.Gaps.Possible(context.WithPins(cancellation).Selection.Experiments);
        var cellContext = context.CellContext(inputs, provided.Tools, provided.Gaps);
        if (experiments.Count == 0)
            return new SampledCells { Gaps = provided.Gaps, Context = cellContext };
        var journal = context.ReadJournal(log);
        var (callId, problems) = (Experiments.Scheduling.ExperimentEngine.NewCallId(), new List<Diagnostic>());
        var withProblem = new HashSet<ExperimentDeclaration>();
        using var page = new LivePage(context, log);
        // A run is everything between the opening of the places and their end: virtual machines are started, the
        // machine is tuned, and the order of samples is drawn, for each run anew.
        for (var run = 1; ; run++)
        {
            await using var places = new EvaluationPlaces(context, inputs, cellContext, log);
            var engine = context.ExperimentEngine(cellContext, places, journal, log, (run, callId), page);
            IReadOnlyList<CellPlan> plans;
            try
            {
                plans = await engine.RunAsync(experiments, cancellation).ConfigureAwait(false);
            }
            finally
            {
                context.Hashes.Save();
            }
            problems.AddRange(engine.Problems.Except(problems));
            withProblem.UnionWith(experiments.Where(engine.HasProblem));
            if (run < context.Policy.Runs && plans.Any(plan => plan.Need > 0))
                continue;
            page.End();
            Trace(experiments, engine, places);
            return new SampledCells
            {
                Plans = plans,
                Context = cellContext,
                Runs = journal.Runs,
                Deviations = experiments.ToDictionary(experiment => experiment.Name,
                    experiment => DeviationsOf(experiment, inputs, provided, places)),
                Gaps = WithFailures(provided.Gaps.With(problems),
                    [.. plans.Where(plan => !withProblem.Contains(plan.Cell.Experiment))]),
            };
        }
    }

    // A call that shows less than was requested does not succeed; failed samples beside good ones are part of the
    // result.
    private Gaps WithFailures(Gaps gaps, IReadOnlyList<CellPlan> plans)
    {
        var failed = plans.GroupBy(plan => plan.Cell.Experiment)
            .Where(cells => cells.All(plan => plan.Good.Count == 0) && cells.Any(plan => plan.Failed.Count > 0));
        var errors = failed.Select(cells =>
            ExperimentRules.NoGoodSample.At(cells.Key.Item.Where, cells.Key.Name, cells.Sum(plan => plan.Failed.Count),
            cells.First(plan => plan.Failed.Count > 0).Reason is { Length: > 0 } why
                ? why : cells.SelectMany(plan => plan.Failed).First().Why ?? "failed"));
        errors = errors.Concat(plans.GroupBy(plan => plan.Cell.Experiment)
            .Where(cells => cells.All(plan => plan.IsLeftOut)).Select(cells =>
            StepRules.LeftOut.At(cells.Key.Item.Where, cells.Key.Name,
                cells.First().Reason["left out: ".Length..].TrimEnd('.'))));
        var any = plans.Any(plan => plan.Failed.Count > 0) && context.Options.RetryFailed;
        return (context.Options.OnMissing is OnMissing.Fail or OnMissing.FailFast
            ? gaps.With(errors) : gaps) with
        { MayCloseByThemselves = gaps.MayCloseByThemselves || any };
    }

    private void Trace(IReadOnlyList<ExperimentDeclaration> experiments, ExperimentEngine engine,
        EvaluationPlaces places)
    {
        context.Trace.Wrote(Journal.FileIn(context.Options.Layout));
        foreach (var experiment in experiments)
            Trace(experiment, engine.MachineOf(experiment), places);
    }

    private void Trace(ExperimentDeclaration experiment, string machine, EvaluationPlaces places)
    {
        if (experiment.Place.Machine == PlaceMachine.This)
            context.Trace.Fact(Questions.Machine, "host", machine);
        else
            context.Trace.Fact(Questions.Place, experiment.Name,
                $"{places.All[experiment.Executor].IdentityOf(experiment)} {machine}");
    }

    private IReadOnlyList<string> DeviationsOf(ExperimentDeclaration experiment, AcquiredInputs inputs,
        ProvidedTools provided, EvaluationPlaces places)
    {
        var needed = context.Needs.Tools([experiment], []).ToDictionary(tool => tool.Name,
            StringComparer.OrdinalIgnoreCase);
        var built = needed.Values.SelectMany(tool => tool.Build?.Sources ?? []);
        var read = References.Sources(context.Model, experiment).Concat(built)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. experiment.Deviations
                .Concat(provided.Tools.Where(tool => needed.ContainsKey(tool.Name)).Select(tool => tool.Deviation)
                    .OfType<string>())
                .Concat(inputs.Sources.Values.Where(source => read.Contains(source.Name))
                    .Select(source => source.Deviation).OfType<string>())
                .Concat(places.All[experiment.Executor].DeviationsOf(experiment))
                .Concat(UnmetSettings(experiment)),
        ];
    }

    // A setting that was asked for and not made is part of every result that was measured without it.
    private IEnumerable<string> UnmetSettings(ExperimentDeclaration experiment) => context.Options.TuneMachine ? []
        : context.Tuning.WritesFor(experiment.Tune).GroupBy(write => write.Setting, StringComparer.Ordinal)
            .Select(writes => $"without the machine setting {writes.Key} ('{writes.First().Before}' is set)");
}
