using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Places;

namespace Verus.Artifact.Evaluation;

public sealed partial class EvaluationSession
{
    private IReadOnlyList<CellPlan> plans = [];
    private readonly IReadOnlyDictionary<ExecutorKind, IExecutor> executors;
    private Journal? journal;

    /// <summary>Takes the samples that are missing.</summary>
    /// <exception cref="OperationCanceledException">Stopped; what was measured is in the journal.</exception>
    public async Task RunExperimentsAsync(IBuildLog log, CancellationToken cancellation)
    {
        var experiments = Possible();
        if (experiments.Count == 0)
            return;
        fingerprint.Forget();
        var engine = Engine(log);
        try
        {
            plans = await engine.RunAsync(experiments, cancellation).ConfigureAwait(false);
        }
        finally
        {
            hashes.Save();
            foreach (var executor in executors.Values)
                await executor.DisposeAsync().ConfigureAwait(false);
        }
        dependsOn.UnionWith(engine.FilesRead(experiments));
        outputs.Add(Journal.FileIn(Options.Layout));
    }

    /// <summary>Shows what would run, why and how long.</summary>
    public async Task PlanAsync(IBuildLog log, CancellationToken cancellation)
    {
        ExpectSources();
        await FindAsync(log, cancellation).ConfigureAwait(false);
        var found = await Engine(log).PlanAsync(Possible(), cancellation).ConfigureAwait(false);
        log.Info(PlanText.Render(found, [.. Selection.Experiments.Where(experiment => missing.ContainsKey(experiment.Name)).Select(experiment => (experiment, missing[experiment.Name]))], Options.TuneMachine));
        if (Options.Smoke)
            log.Info(FullCost(log));
    }

    /// <summary>Shows how the keys of the request's cells differ from those of the last samples.</summary>
    public async Task ExplainAsync(IBuildLog log, CancellationToken cancellation)
    {
        ExpectSources();
        await FindAsync(log, cancellation).ConfigureAwait(false);
        var found = await Engine(log).PlanAsync(Possible(), cancellation).ConfigureAwait(false);
        log.Info(PlanText.Explain(found));
    }

    // Said first, before anything is brought or built, and at the end again, when the samples have shown what they take.
    private string FullCost(IBuildLog log) => Experiments.Scheduling.FullCost.Text(Selection.Experiments, JournalNow(log), Options.Policy);

    private Journal JournalNow(IBuildLog log) => journal ??= Journal.Read(Journal.FileIn(Options.Layout), log);

    private ExperimentEngine Engine(IBuildLog log)
    {
        stageLog = log;
        return new ExperimentEngine(new CellResolver(Surroundings(), hashes), new EngineOptions
        {
            Policy = Options.Smoke ? new SamplePolicy(1) : Options.Policy,
            Executors = executors,
            Seed = Options.Seed,
            RetryFailed = Options.RetryFailed,
            SdkVersion = SdkVersion.Text,
            Machine = machine,
            TuneMachine = Options.TuneMachine,
        }, JournalNow(log), log);
    }

    private Surroundings Surroundings() => new()
    {
        Layout = Options.Layout,
        Services = Model.Services,
        Tools = tools.ToDictionary(tool => tool.Name, StringComparer.OrdinalIgnoreCase),
        Sources = SourceBindings(),
        Files = files.Values.ToDictionary(file => file.Name, file => new SourceBinding(file.Path, file.Sha256), StringComparer.OrdinalIgnoreCase),
    };

    // The experiments of the request that nothing stands in the way of.
    private List<ExperimentDeclaration> Possible() => [.. Selection.Experiments.Where(experiment => !missing.ContainsKey(experiment.Name))];

    // The same of tools that are asked for by name.
    private List<string> PossibleTools() => [.. Selection.Tools.Where(tool => !missing.ContainsKey(tool))];
}
