using System.Collections.Concurrent;
using System.Globalization;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Tuning;
using Verus.Artifact.Places;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>The options of a run of the engine: what it depends on in addition to the experiments.</summary>
public sealed record EngineOptions
{
    /// <summary>The policy that decides how many samples each cell gets.</summary>
    public required SamplePolicy Policy { get; init; }
    /// <summary>The places where experiments run, by the name of their kind.</summary>
    public required IReadOnlyDictionary<string, IPlace> Places { get; init; }
    /// <summary>The numbers of samples that datasets use; null when the wall times of samples decide.</summary>
    public UsedNumbers? UsedNumbers { get; init; }
    /// <summary>Seed of the random order of samples; null to derive the seed from the clock.</summary>
    public int? Seed { get; init; }
    /// <summary>The number of this run among the runs of a call, from 1.</summary>
    public int Run { get; init; } = 1;
    /// <summary>The text with which the ids of all runs of a call begin; null to make one.</summary>
    public string? CallId { get; init; }
    /// <summary>Whether failed samples of earlier calls are repeated.</summary>
    public bool RetryFailed { get; init; }
    /// <summary>The hashes of all predicates by name, which the run records in the journal.</summary>
    public IReadOnlyDictionary<string, string>? Predicates { get; init; }
    /// <summary>Who follows the run; null for nobody.</summary>
    public IRunWatch? Watch { get; init; }
    /// <summary>Version of the SDK, which the run records in the journal.</summary>
    public string SdkVersion { get; init; } = "";
    /// <summary>The file that is locked as the machine-wide lane; null for the usual file.</summary>
    public string? LaneFile { get; init; }
    /// <summary>The machine whose state may be checked and tuned; null when the machine is left alone.</summary>
    public MachineTuning? Machine { get; init; }
    /// <summary>Whether the machine's state may be changed for experiments that ask for it.</summary>
    public bool TuneMachine { get; init; }
    /// <summary>
    /// Whether a machine that does not start or a generator that fails ends the run before the first sample; otherwise
    /// only the experiments that need it are left out.
    /// </summary>
    public bool FailFast { get; init; }
}

/// <summary>
/// Takes the samples that the experiments ask for and the journal lacks. The caller of the engine holds the
/// evaluation's lock. Each object of this class is for one run: the random order of that run has one seed, and the
/// state of the machine is determined once.
/// </summary>
public sealed class ExperimentEngine
{
    private readonly CellResolver resolver;
    private readonly EngineOptions options;
    private readonly Journal journal;
    private readonly IBuildLog log;
    private readonly MachineLane lane;
    private readonly SampleTaker taker;
    private readonly GeneratedInputs generated;
    private readonly CellGroups groups;
    private readonly ReadingCache readings;
    private readonly Judgements judgements;
    private readonly RunMachines machines;
    private readonly Dictionary<string, RunRecord> runs = new(StringComparer.Ordinal);
    private readonly Interruptions interruptions;
    private readonly ConcurrentDictionary<string, string> neverReady = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Diagnostic> ungenerated = new(StringComparer.Ordinal);
    private readonly Random random;
    private Steps steps = new([], []);
    private StepOutputs? outputs;
    // Cancels readers while they read kept samples again.
    private CancellationToken reading;
    // The maximum number of cluster jobs that are submitted at the same time.
    private const int MostElsewhere = 64;
    private readonly int seed;
    private int round;
    private readonly string runStamp;

    /// <summary>Creates an engine over a journal that has been read.</summary>
    public ExperimentEngine(CellResolver resolver, EngineOptions options, Journal journal, IBuildLog log)
    {
        (this.resolver, this.options, this.journal, this.log) = (resolver, options, journal, log);
        lane = new MachineLane(log, options.LaneFile);
        taker = new SampleTaker(resolver, log);
        readings = new ReadingCache(Path.Combine(resolver.CellContext.Layout.State, "readings"), resolver.Hashes);
        judgements = new Judgements(resolver.CellContext.Layout.Experiments, readings, log);
        interruptions = new Interruptions(log);
        machines = new RunMachines(options, journal, log);
        generated = new GeneratedInputs(resolver, options.Places[IPlaceKind.Default], lane);
        groups = new CellGroups(resolver, options.Places[IPlaceKind.Default], log);
        runStamp = options.CallId ?? NewCallId();
        // Each run of a call has an order of its own, and the seed of the call repeats all of them.
        seed = options.Seed is { } first ? unchecked(first + options.Run - 1) : Random.Shared.Next();
        random = new Random(seed);
    }

    /// <summary>A new text for the ids of the runs of a call; such texts sort by time.</summary>
    public static string NewCallId() => DateTime.UtcNow.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + "-"
        + Guid.NewGuid().ToString("N")[..6];

    /// <summary>
    /// Determines which samples each cell has and needs, without changing anything; generated inputs that do not exist
    /// yet are not made.
    /// </summary>
    public async Task<IReadOnlyList<CellPlan>> PlanAsync(IReadOnlyList<ExperimentDeclaration> experiments,
        CancellationToken cancellation)
    {
        reading = cancellation;
        await machines.ProbeAsync(experiments, cancellation).ConfigureAwait(false);
        if (machines.Unseen is { Count: > 0 } unseen)
            log.Info(
                $"Which machine {string.Join(" and ", unseen)} is will be known after its first start here; until then "
                    + "none of its samples count.");
        steps = new Steps(experiments, resolver.CellContext.Services);
        return PlanSteps(experiments);
    }

    /// <summary>
    /// Takes the missing samples, suite by suite in the order of declaration, and returns the plans afterwards.
    /// </summary>
    /// <exception cref="OperationCanceledException">The run was stopped; everything that was measured is in the
    /// journal.</exception>
    public async Task<IReadOnlyList<CellPlan>> RunAsync(IReadOnlyList<ExperimentDeclaration> experiments,
        CancellationToken cancellation)
    {
        (reading, readings.IsWritten) = (cancellation, true);
        await SweepAsync(cancellation).ConfigureAwait(false);
        await machines.UntunedAsync(cancellation).ConfigureAwait(false);
        await machines.ProbeAsync(experiments, cancellation).ConfigureAwait(false);
        steps = new Steps(experiments, resolver.CellContext.Services);
        await GenerateAsync(experiments, cancellation).ConfigureAwait(false);
        if (options.FailFast && Problems is { Count: > 0 } problems)
            throw new DiagnosticException([.. problems]);
        var before = PlanSteps(experiments);
        if (before.All(plan => plan.Need == 0))
        {
            generated.Save();
            return before;
        }
        journal.CheckWritable();
        var progress = new RunProgress(log, [.. before.Select(plan =>
            plan with { Need = Math.Min(plan.Need, LeftInRun(plan)) })], options.Policy.Runs == 1 ? ""
                : $"Run {options.Run} of {options.Policy.Runs}: ", options.Watch);
        await RunStepsAsync(progress, cancellation).ConfigureAwait(false);
        if (options.FailFast && interruptions.Problems is { Count: > 0 } leftOut)
            throw new DiagnosticException([.. leftOut]);
        var after = PlanSteps(experiments);
        generated.Save();
        return after;
    }

    /// <summary>
    /// What kept experiments from being measured completely in this run: machines that did not start or were lost, the
    /// first input of each experiment that could not be generated, and cells whose samples were interrupted every time.
    /// Everything else was measured.
    /// </summary>
    public IReadOnlyList<Diagnostic> Problems =>
        [.. machines.Problems, .. ungenerated.Values.DistinctBy(problem => problem.Where),
            .. interruptions.Problems];

    /// <summary>Whether something kept an experiment from being measured completely.</summary>
    public bool HasProblem(ExperimentDeclaration experiment) =>
        machines.ProblemOf(experiment) is not null || interruptions.IsGivenUp(experiment)
            || (ungenerated.Count > 0 && steps.CellsOf(experiment).Any(cell => UngeneratedOf(cell) is not null));

    private Diagnostic? UngeneratedOf(Cell cell) => ungenerated.Count == 0 || cell.Experiment.Generate.Count == 0
        ? null : ungenerated.GetValueOrDefault(generated.PathOf(cell));

    private async Task RunStepsAsync(RunProgress progress, CancellationToken cancellation)
    {
        try
        {
            foreach (var step in steps.InOrder)
            {
                foreach (var suite in step.GroupBy(experiment => experiment.Suite, StringComparer.OrdinalIgnoreCase))
                    foreach (var alike in suite.GroupBy(machines.TuningOf, StringComparer.Ordinal))
                        await RunSuiteAsync([.. alike], progress, cancellation).ConfigureAwait(false);
                if (HasSteps)
                    outputs!.Note(Plan(Cells(step)));
            }
        }
        catch (OperationCanceledException)
        {
            log.Report(ExperimentRules.Cancelled.At(SourceLocation.None, progress.Done,
                Amount.Count(progress.Total, "sample")));
            throw;
        }
        finally
        {
            taker.Clear();
            journal.Flush();
        }
    }

    private async Task RunSuiteAsync(IReadOnlyList<ExperimentDeclaration> experiments, RunProgress progress,
        CancellationToken cancellation)
    {
        // Cells are resolved once, so that an edit to a file while the suite runs takes effect only in the next run.
        var cells = Cells(experiments).ToList();
        var plans = new SuitePlans(cells, Planned);
        if (plans.Needy.All(plan => LeftInRun(plan) == 0))
            return;
        // The lane stays taken, because no other evaluation may measure on the machine while it is tuned.
        using var held = machines.TuningOf(experiments[0]).Length > 0
            ? await lane.AloneAsync(cancellation).ConfigureAwait(false) : null;
        using var tuned = await machines.TuneAsync(experiments, cancellation).ConfigureAwait(false);
        // Samples of the machine in its former state do not count for the tuned machine.
        if (tuned is not null)
            plans = new SuitePlans(cells, Planned);
        for (; ; plans.Refresh())
        {
            var needy = plans.Needy.Where(plan => plan.Resolved is not null && LeftInRun(plan) > 0
                && !interruptions.IsLeftOut(plan.Cell)).ToLookup(plan => WayOf(plan.Cell.Experiment));
            if (needy.Count == 0)
                return;
            await SideBySideAsync([.. needy[Way.Untimed]], Environment.ProcessorCount).ConfigureAwait(false);
            await SideBySideAsync(Shuffled(needy[Way.Elsewhere]), MostElsewhere).ConfigureAwait(false);
            round++;
            foreach (var group in CellGroups.Of(SeriesEnd.Ascending(Shuffled(needy[Way.InTurn]), plan => plan.Cell)))
                await SampleGroupAsync(group, plans, held is not null, progress, cancellation).ConfigureAwait(false);
        }

        Task SideBySideAsync(IReadOnlyList<CellPlan> plans, int most) => Parallel.ForEachAsync(plans,
            new ParallelOptions { MaxDegreeOfParallelism = most, CancellationToken = cancellation },
            async (plan, token) => await SampleAsync(plan, held is not null, progress, token).ConfigureAwait(false));
    }

    // How the samples of an experiment are taken: side by side on this machine, because nobody measures them, side by
    // side elsewhere, or one after the other.
    private enum Way
    {
        Untimed,
        Elsewhere,
        InTurn,
    }

    private static Way WayOf(ExperimentDeclaration experiment) =>
        experiment is { Measured: false, PreparePer: null } ? Way.Untimed
        : IsElsewhere(experiment) && experiment.EndSeriesAt is null ? Way.Elsewhere : Way.InTurn;

    // One sample of each cell of a group whose cells share a preparation.
    private async Task SampleGroupAsync(IReadOnlyList<CellPlan> plans, SuitePlans suite, bool held,
        RunProgress progress, CancellationToken cancellation)
    {
        // Services that run between samples would disturb whoever measured then.
        using var alone = held || PreparedGroup.Of(plans[0].Cell) is null
            || !resolver.CellContext.ServicesOf(plans[0].Cell.Experiment).Any(service => service.IsShared)
            ? null : await lane.AloneAsync(cancellation).ConfigureAwait(false);
        held |= alone is not null;
        var group = PreparedGroup.Of(plans[0].Cell) is null
            ? null : await PrepareAsync(plans[0], held, cancellation).ConfigureAwait(false);
        try
        {
            foreach (var plan in plans)
            {
                // An earlier sample of the same round may already have ended the cell's series.
                if (suite.IsEnded(plan.Cell))
                    continue;
                await SampleAsync(plan, held, progress, cancellation, group, round).ConfigureAwait(false);
                suite.Sampled(plan.Cell);
            }
        }
        finally
        {
            if (group is not null)
                await groups.EndAsync(group).ConfigureAwait(false);
        }
    }

    private static bool IsElsewhere(ExperimentDeclaration experiment) =>
        experiment.Place.Machine == PlaceMachine.Elsewhere;

    // Nobody else measures meanwhile.
    private async Task<PreparedGroup> PrepareAsync(CellPlan plan, bool held, CancellationToken cancellation)
    {
        using (held ? null : await lane.AloneAsync(cancellation).ConfigureAwait(false))
            return await groups.PrepareAsync(plan.Resolved!, cancellation).ConfigureAwait(false);
    }

    private async Task SampleAsync(CellPlan plan, bool held, RunProgress progress, CancellationToken cancellation,
        PreparedGroup? group = null, int? inRound = null)
    {
        var experiment = plan.Cell.Experiment;
        // The place may have been given up after the round was planned.
        if (interruptions.IsGivenUp(experiment))
            return;
        progress.Starting(plan.Cell);
        TakenSample sample;
        try
        {
            sample = await TakeAsync(plan, held, group, inRound, cancellation).ConfigureAwait(false);
        }
        catch (DiagnosticException problem) when (Interruptions.IsOne(problem))
        {
            // The next round plans the cell again.
            interruptions.Add(plan.Cell, problem);
            return;
        }
        catch (PlaceFailure failure) when (!options.FailFast)
        {
            interruptions.Add(plan.Cell, failure);
            return;
        }
        catch (PlaceFailure failure)
        {
            throw failure.Problem;
        }
        interruptions.Clear(plan.Cell);
        if (sample.Record.Result is { IsNotReady: true, Error: { } why })
            neverReady.TryAdd(plan.Cell.Name, why);
        Enter(sample);
        progress.Finished(plan.Cell, sample.Record);
    }

    private void Enter(TakenSample sample)
    {
        try
        {
            lock (journal)
                journal.Append(sample.Lines);
        }
        catch (DiagnosticException)
        {
            // The next call enters it.
            sample.Keep();
            throw;
        }
        sample.Entered();
    }

    private async Task<TakenSample> TakeAsync(CellPlan plan, bool held, PreparedGroup? group, int? inRound,
        CancellationToken cancellation)
    {
        var experiment = plan.Cell.Experiment;
        var (machine, note) = machines.Of(experiment);
        using (held || IsElsewhere(experiment)
            ? null : await (experiment.Measured ? lane.AloneAsync(cancellation) : lane.SharedAsync(cancellation))
                .ConfigureAwait(false))
        {
            // The previous holder of the lane may have been killed while the machine was tuned.
            if (!held)
                await machines.UntunedAsync(cancellation).ConfigureAwait(false);
            CheckLock();
            return await taker.TakeAsync(plan.Resolved!, plan.Good.Count + 1, options.Places[experiment.Executor],
                RunOf(machine, note), cancellation, NeverReady(plan.Cell) ?? group, inRound).ConfigureAwait(false);
        }
    }

    // The wait for a service that was not ready costs its whole limit, and is not repeated within a call.
    private PreparedGroup? NeverReady(Cell cell) =>
        neverReady.TryGetValue(cell.Name, out var why) ? PreparedGroup.NotStarted(why) : null;

    // If the lock's file was removed or replaced, another build can work in the same folder.
    private void CheckLock()
    {
        if (FileLock.HeldHere(Path.Combine(resolver.CellContext.Layout.Root, ".lock")) is { Stands: false } lost)
            throw ExperimentRules.LockLost.Error(SourceLocation.None, lost.Path);
    }

    // Planning goes step by step, since an experiment's output is part of the keys of experiments that use it; the
    // resulting plans are in the order of declaration.
    private List<CellPlan> PlanSteps(IReadOnlyList<ExperimentDeclaration> experiments)
    {
        outputs = new StepOutputs(steps, resolver);
        var plans = new List<CellPlan>();
        foreach (var step in steps.InOrder)
        {
            var now = Plan(Cells(step));
            if (HasSteps)
                outputs.Note(now);
            plans.AddRange(now);
        }
        if (!HasSteps)
            return plans;
        var byExperiment = plans.ToLookup(plan => plan.Cell.Experiment.Name, StringComparer.OrdinalIgnoreCase);
        return [.. experiments.SelectMany(experiment => byExperiment[experiment.Name])];
    }

    // Whether experiments use the output of others.
    private bool HasSteps => steps.InOrder.Count > 1;

    private IReadOnlyList<CellPlan> Plan(IEnumerable<CellInput> cells)
    {
        lock (journal)
            return NewPlanner().Plan(cells);
    }

    // Plans cells without regard to the ends of their series.
    private IReadOnlyList<CellPlan> Planned(IEnumerable<CellInput> cells)
    {
        lock (journal)
            return [.. cells.Select(NewPlanner().PlanCell)];
    }

    private Planner NewPlanner() => new(journal, options.Policy, machines.IdOf, options.RetryFailed ? RunsBefore : null,
        resolver.Own, (experiment, sample) => judgements.Of(experiment, sample, reading), options.UsedNumbers);

    private bool RunsBefore(string run) => !run.StartsWith(runStamp, StringComparison.Ordinal);

    private IEnumerable<CellInput> Cells(IEnumerable<ExperimentDeclaration> experiments)
    {
        var keys = new CellKeys(resolver);
        foreach (var experiment in experiments)
        {
            var cells = steps.CellsOf(experiment);
            if (cells.Count == 0)
                throw ExperimentRules.EmptyMatrix.Error(experiment.Item.Where, experiment.Name);
            string? place = null;
            var problem = machines.ProblemOf(experiment);
            var inputs = new Dictionary<string, (string? Path, string? Hash)>(StringComparer.Ordinal);
            foreach (var cell in cells)
            {
                var (input, hash) = experiment.Generate.Count == 0 ? (null, null) : InputOf(cell, inputs);
                var others = outputs!.For(cell);
                var leftOut = others.LeftOut ?? resolver.LackOf(cell) ?? ((problem ?? UngeneratedOf(cell)) is { } why
                    ? $"left out: {why.Message}" : null);
                yield return new CellInput(cell,
                    (experiment.Generate.Count > 0 && hash is null) || others.Waits is not null || leftOut is not null
                        ? null
                    : keys.Resolve(cell, place ??= options.Places[experiment.Executor].IdentityOf(experiment), input,
                        hash, others.Outputs), others.Waits, leftOut);
            }
        }
    }

    // Cells whose generator is the same share its input.
    private (string? Path, string? Hash) InputOf(Cell cell, Dictionary<string, (string?, string?)> known)
    {
        var generator = CellResolver.GeneratorText(cell);
        if (!known.TryGetValue(generator, out var input))
            known[generator] = input = (generated.Find(cell), generated.HashOf(cell));
        return input;
    }

    private async Task GenerateAsync(IReadOnlyList<ExperimentDeclaration> experiments, CancellationToken cancellation)
    {
        var missing = experiments.Where(experiment => experiment.Generate.Count > 0).SelectMany(steps.CellsOf)
            .Where(cell => resolver.LackOf(cell) is null)
            .DistinctBy(CellResolver.GeneratorText, StringComparer.Ordinal)
            .Where(cell => generated.Find(cell) is null).DistinctBy(generated.PathOf, StringComparer.Ordinal).ToList();
        if (missing.Count == 0)
            return;
        log.Info($"Generating {Amount.Count(missing.Count, "input")}");
        await Parallel.ForEachAsync(missing, cancellation, async (cell, token) =>
        {
            try
            {
                await generated.MakeAsync(cell, token).ConfigureAwait(false);
            }
            catch (DiagnosticException problem) when (problem.Diagnostics is [{ } only]
                && only.Rule == ExperimentRules.GeneratorFailed)
            {
                lock (ungenerated)
                    ungenerated[generated.PathOf(cell)] = only;
            }
        }).ConfigureAwait(false);
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        var layout = resolver.CellContext.Layout;
        var left = Attempts.LeftIn(layout);
        if (left.Count > 0)
        {
            log.Info($"Removing what a killed build left unfinished ({Amount.Count(left.Count, "folder")})");
            foreach (var place in options.Places.Values)
                await place.SweepAsync(left, cancellation).ConfigureAwait(false);
        }
        AdoptFinished(layout);
        foreach (var id in left)
            Attempts.Remove(layout, id, log);
    }

    // Samples whose build was killed after they ended and before their line was in the journal.
    private void AdoptFinished(EvaluationLayout layout)
    {
        CheckLock();
        foreach (var record in journal.Pending.ToList())
        {
            var (output, logs) = (new Attempt(Path.Combine(Attempts.RootIn(layout), record.Sample.Id)).Output,
                Path.Combine(layout.Experiments, record.Sample.Logs));
            try
            {
                if (Directory.Exists(output) && !Directory.Exists(logs))
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(logs)!);
                    Directory.Move(output, logs);
                }
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                throw SystemProblem.Explain(logs, problem);
            }
            journal.Adopt(record);
            log.Info(
                $"{record.Sample.Cell}: sample {record.Sample.Id[..8]}, which a killed build had finished, is in the "
                    + "journal");
        }
        PendingSample.Sweep(layout.Experiments);
    }

    /// <summary>
    /// Identity of the machine that an experiment runs on, in its state before any tuning; the identity is known once
    /// the engine has planned or run.
    /// </summary>
    public string MachineOf(ExperimentDeclaration experiment) => machines.FoundFor(experiment).Id;

    // Runs of one call are told apart by their number, which has three digits so that ids sort by time.
    private string RunId(MachineReading machine) => runStamp
        + (options.Policy.Runs > 1 ? FormattableString.Invariant($"-{options.Run:000}") : "") + $"-{machine.Id[..6]}";

    // How many more good samples a cell may get in this run.
    private int LeftInRun(CellPlan plan) => options.Policy.MostInRun(plan.Cell.Experiment)
        - plan.Good.Count(sample => runs.ContainsKey(sample.Run));

    // The record of the run is written with the first sample, so that a run that measures nothing leaves no record.
    private RunRecord RunOf(MachineReading machine, TuningNote? note)
    {
        lock (runs)
        {
            if (!runs.TryGetValue(RunId(machine), out var run))
                runs[RunId(machine)] = run = new RunRecord
                {
                    Id = RunId(machine),
                    StartedUtc = DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture),
                    Seed = seed,
                    Sdk = options.SdkVersion,
                    MachineId = machine.Id,
                    Machine = machine.Json,
                    Tuned = note,
                    Predicates = options.Predicates,
                };
            return run;
        }
    }

    private List<CellPlan> Shuffled(IEnumerable<CellPlan> plans)
    {
        var order = plans.ToArray();
        random.Shuffle(order);
        return [.. order];
    }
}
