using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Tuning;
using Verus.Artifact.Places;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>The machines of one run of the engine, each in the state in which it was found and in its state while it is
/// tuned.</summary>
internal sealed class RunMachines(EngineOptions options, Journal journal, IBuildLog log)
{
    private readonly Dictionary<(string Executor, Placement Place), MachineReading> found = [];
    private readonly Dictionary<(string, Placement, string), (MachineReading Reading, TuningNote? Note)> tuned = [];
    private readonly Dictionary<(string Executor, Placement Place), Diagnostic> problems = [];
    private readonly HashSet<string> doubted = new(StringComparer.Ordinal);

    /// <summary>
    /// Determines the state of the machines of experiments, once for each machine. A machine that does not start is a
    /// problem only of the experiments that run on it.
    /// </summary>
    public async Task ProbeAsync(IEnumerable<ExperimentDeclaration> experiments, CancellationToken cancellation)
    {
        foreach (var experiment in experiments.DistinctBy(PlaceOf))
        {
            if (found.ContainsKey(PlaceOf(experiment)))
                continue;
            try
            {
                found.Add(PlaceOf(experiment), await ReadAsync(experiment, cancellation).ConfigureAwait(false));
            }
            catch (DiagnosticException problem) when (experiment.Place.Machine != PlaceMachine.This)
            {
                found.Add(PlaceOf(experiment), MachineReading.Parse(MachineReading.Unknown));
                problems.Add(PlaceOf(experiment), problem.Diagnostics[0]);
            }
        }
    }

    /// <summary>The machines that did not start in this run.</summary>
    public IReadOnlyCollection<Diagnostic> Problems => problems.Values;

    /// <summary>Why the machine of an experiment cannot be used; null when the machine can be used.</summary>
    public Diagnostic? ProblemOf(ExperimentDeclaration experiment) => problems.GetValueOrDefault(PlaceOf(experiment));

    /// <summary>The machine of an experiment, in the state in which it was found.</summary>
    public MachineReading FoundFor(ExperimentDeclaration experiment) => found[PlaceOf(experiment)];

    /// <summary>Names of machines that have not been seen yet; the state of a machine is known once it has been
    /// started.</summary>
    public IReadOnlyList<string> Unseen =>
        [.. found.Where(machine => machine.Key.Place.Machine != PlaceMachine.This && machine.Value.State.Kernel is null)
        .Select(machine => machine.Key.Place.Identity is { Length: > 0 } named ? named : machine.Key.Executor)
        .Distinct()];

    /// <summary>
    /// Returns when no other evaluation has tuned this machine, after restoring what a killed evaluation left changed.
    /// </summary>
    public Task UntunedAsync(CancellationToken cancellation) => options.Machine?.UntunedAsync(log, cancellation)
        ?? Task.CompletedTask;

    /// <summary>
    /// Identity of the machine that samples of an experiment are for. If the machine is still to be tuned, the identity
    /// is that of the state to which the same tuning of the same machine led the last time; empty when the machine has
    /// never been tuned in this way.
    /// </summary>
    public string IdOf(ExperimentDeclaration experiment)
    {
        if (tuned.TryGetValue(TunedPlaceOf(experiment), out var now))
            return now.Reading.Id;
        var before = found[PlaceOf(experiment)].Id;
        if (!WillBeTuned(experiment))
            return before;
        return journal.Runs.Values.Where(run => run.Tuned is { } note && note.MachineIdBefore == before
            && note.Settings == MachineSetting.Text(experiment.Tune))
            .MaxBy(run => run.StartedUtc, StringComparer.Ordinal)?.MachineId ?? "";
    }

    /// <summary>The machine on which a sample of an experiment is taken now, and how it was tuned.</summary>
    public (MachineReading Reading, TuningNote? Note) Of(ExperimentDeclaration experiment) =>
        tuned.TryGetValue(TunedPlaceOf(experiment), out var now) ? now : (found[PlaceOf(experiment)], null);

    /// <summary>
    /// The machine settings that an experiment asks for, as a text by which experiments are grouped; empty when the
    /// machine stays as it is.
    /// </summary>
    public string TuningOf(ExperimentDeclaration experiment) =>
        options.TuneMachine && options.Machine is not null && experiment.Place.Machine == PlaceMachine.This
            ? MachineSetting.Text(experiment.Tune) : "";

    /// <summary>
    /// Tunes the machine for experiments that ask for the same settings; null when no setting has to be changed, or
    /// when the user has not permitted changes, which is reported. After the tuning, the state of the machine is
    /// determined again, since samples belong to the state in which they are taken.
    /// </summary>
    public async Task<TunedMachine?> TuneAsync(IReadOnlyList<ExperimentDeclaration> experiments,
        CancellationToken cancellation)
    {
        var first = experiments[0];
        if (!WillBeTuned(first))
        {
            if (!options.TuneMachine && options.Machine?.WritesFor(first.Tune) is { Count: > 0 })
                log.Info(
                    $"{first.Suite} asks for {MachineSetting.Text(first.Tune)}. Without -p:TuneMachine=true the "
                        + "machine stays as it is.");
            WarnAboutMachines(experiments.Select(experiment => found[PlaceOf(experiment)]));
            return null;
        }
        var machine = await options.Machine!.TuneAsync(first.Suite, first.Item.Where, first.Tune, log,
            cancellation).ConfigureAwait(false);
        try
        {
            foreach (var experiment in experiments)
                tuned[TunedPlaceOf(experiment)] = (await ReadAsync(experiment, cancellation).ConfigureAwait(false),
                    machine.Writes.Count == 0
                        ? null : new TuningNote(MachineSetting.Text(experiment.Tune), found[PlaceOf(experiment)].Id,
                            machine.Writes));
            WarnAboutMachines(experiments.Select(experiment => tuned[TunedPlaceOf(experiment)].Reading));
            return machine;
        }
        catch
        {
            machine.Dispose();
            throw;
        }
    }

    private bool WillBeTuned(ExperimentDeclaration experiment) => TuningOf(experiment).Length > 0
        && options.Machine!.WritesFor(experiment.Tune).Count > 0;

    private void WarnAboutMachines(IEnumerable<MachineReading> machines)
    {
        foreach (var doubts in machines.Select(machine => machine.State.TimingConcerns())
            .Where(doubts => doubts.Count > 0)
            .Select(doubts => string.Join("; ", doubts)).Where(doubted.Add))
            log.Report(ExperimentRules.DoubtfulMachine.At(SourceLocation.None, doubts));
    }

    private async Task<MachineReading> ReadAsync(ExperimentDeclaration experiment, CancellationToken cancellation) =>
        MachineReading.Parse(await options.Places[experiment.Executor].MachineAsync(experiment,
            cancellation).ConfigureAwait(false));

    private static (string, Placement) PlaceOf(ExperimentDeclaration experiment) =>
        (experiment.Executor, experiment.Place);

    private (string, Placement, string) TunedPlaceOf(ExperimentDeclaration experiment) =>
        (experiment.Executor, experiment.Place, TuningOf(experiment));
}
