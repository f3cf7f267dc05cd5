using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Machines;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>
/// The stage that follows the evaluations on other machines to their end: it shows their progress, takes their samples
/// into the journal as they are taken, and adds their cells to those of this machine. If the call is cancelled, the
/// evaluations go on.
/// </summary>
/// <param name="context">The call.</param>
/// <param name="call">What was sent.</param>
public sealed class FollowMachines(EvaluationContext context, Func<MachineCall> call)
{
    /// <summary>Follows all parts side by side.</summary>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public async Task<SampledCells> RunAsync(StartedMachines started, SampledCells sampled, IBuildLog log,
        CancellationToken cancellation)
    {
        var all = context.Sent.Count == 0 ? sampled
            : await MergedAsync(started, sampled, log, cancellation).ConfigureAwait(false);
        KnownCells.Save(context.Options.Layout, all.Plans, all.Deviations);
        return all;
    }

    private async Task<SampledCells> MergedAsync(StartedMachines started, SampledCells sampled, IBuildLog log,
        CancellationToken cancellation)
    {
        var journal = context.ReadJournal(log);
        journal.CheckWritable();
        var import = new SampleImport(journal, context.Options.Layout);
        // A machine may have something new although nothing has changed here.
        var gaps = sampled.Gaps with { MayCloseByThemselves = true };
        var ends = new Dictionary<string, (string Experiments, IReadOnlyList<Diagnostic> Problems)>();
        foreach (var (name, problem) in started.Problems)
            ends[name] = (Path.Combine(context.Options.Layout.Machines, name, "experiments"), problem.Diagnostics);
        foreach (var part in context.Sent.Where(part => part.Machine.IsFolder))
            ends[part.Machine.Name] = (import.TakeAll(context.Options.Layout.Resolve(part.Machine.Address), log,
                cancellation), []);
        await FollowAsync([.. context.Sent.Where(part => !ends.ContainsKey(part.Machine.Name))], import, ends, log,
            cancellation).ConfigureAwait(false);
        context.Trace.Wrote(Journal.FileIn(context.Options.Layout));
        if (import.Taken > 0)
            log.Info($"{Amount.Count(import.Taken, "sample")} of other machines came into the journal.");
        var cells = new SentCells(context, sampled, journal, log, cancellation);
        return cells.With(gaps, ends);
    }

    private async Task FollowAsync(IReadOnlyList<SentPart> sent, SampleImport import,
        Dictionary<string, (string, IReadOnlyList<Diagnostic>)> ends, IBuildLog log, CancellationToken cancellation)
    {
        if (sent.Count == 0)
            return;
        var start = new StartMachines(context, call);
        var bundle = await start.BundleAsync(log, cancellation).ConfigureAwait(false);
        var what = call();
        try
        {
            await using var parts = new MachineParts([.. sent.Select(part => new MachinePart(start.Order(part, bundle),
                what, context.Options.Layout, context.Hashes, context.Options.SearchPath, log))]);
            var all = await Task.WhenAll(sent.Zip(parts.All, (part, machine) =>
                EndOfAsync(part, machine, import, cancellation))).ConfigureAwait(false);
            foreach (var (part, problems) in sent.Zip(all))
                ends[part.Machine.Name] = (Path.Combine(MachinePart.FolderOf(context.Options.Layout, part.Machine),
                    "experiments"), problems);
        }
        catch (OperationCanceledException)
        {
            var command = $"dotnet build {Path.GetFileName(context.Options.ProjectFile)} -t:";
            var arguments = (context.Options.Request.Length > 0
                ? " " + CommandLine.Quote($"-p:Request={MachineProperties.Escaped(context.Options.Request)}") : "")
                + MachineProperties.Typed(what.Properties);
            log.Info($"The evaluations on {string.Join(" and ", sent.Select(part => part.Machine.Name))} go on.\n"
                + $"  to follow them again: {command}Build{arguments}\n"
                + $"  to stop them:         {command}StopMachines{arguments}");
            throw;
        }
    }

    private static async Task<IReadOnlyList<Diagnostic>> EndOfAsync(SentPart part, MachinePart machine,
        SampleImport import, CancellationToken cancellation)
    {
        try
        {
            await machine.ConnectPatientlyAsync(cancellation).ConfigureAwait(false);
            var end = await machine.FollowAsync(import, cancellation).ConfigureAwait(false);
            return end.ExitCode == 0 ? [] :
            [
                MachineRules.PartFailed.At(part.Machine.Item.Where, part.Request, part.Machine.Name, end.ExitCode,
                    end.Errors.Count == 0 ? "it reported no error."
                        : string.Concat(end.Errors.Select(error => $"\n  {error}")) + "\n", end.Log),
            ];
        }
        catch (DiagnosticException problem)
        {
            return problem.Diagnostics;
        }
    }
}

/// <summary>The cells that other machines measured, as this evaluation shows them.</summary>
internal sealed class SentCells(EvaluationContext context, SampledCells sampled, Journal journal, IBuildLog log,
    CancellationToken cancellation)
{
    private readonly Judgements judgements = new(context.Options.Layout.Experiments,
        new ReadingCache(Path.Combine(context.Options.Layout.State, "readings"), context.Hashes) { IsWritten = true },
        log);
    private readonly CellResolver resolver = new(sampled.Context!, context.Hashes, context.Trace);

    /// <summary>The cells of this machine and of the others, in the order of declaration.</summary>
    public SampledCells With(Gaps gaps,
        IReadOnlyDictionary<string, (string Experiments, IReadOnlyList<Diagnostic> Problems)> ends)
    {
        var plans = sampled.Plans.ToList();
        var deviations = sampled.Deviations.ToDictionary(pair => pair.Key, pair => pair.Value);
        var samples = journal.Samples.ToDictionary(sample => sample.Id, StringComparer.Ordinal);
        foreach (var part in context.Sent)
        {
            var (folder, problems) = ends[part.Machine.Name];
            gaps = gaps.With(problems);
            var known = KnownCells.Read(KnownCells.FileIn(folder, context.Options.Layout.IsSmoke));
            foreach (var experiment in part.Experiments)
            {
                if (!known.Experiments.TryGetValue(experiment.Name, out var cells))
                {
                    var unknown = MachineRules.NoCells.At(part.Machine.Item.Where, part.Machine.Name, experiment.Name);
                    if (problems.Count == 0 && context.Options.OnMissing is OnMissing.Fail or OnMissing.FailFast)
                        gaps = gaps.With(unknown);
                    gaps = gaps.Without([experiment], name => [new Shortfall($"machine {part.Machine.Name}",
                        "samples", (problems.Count > 0 ? problems[0] : unknown).Message, "", [name])]);
                    continue;
                }
                deviations[experiment.Name] = cells.Deviations;
                plans.AddRange(cells.PlansFor(experiment, samples, journal.Cells,
                    (cell, sample) => judgements.Of(resolver.Own(cell), sample, cancellation)));
            }
        }
        var order = context.Model.Experiments.Select((experiment, index) => (experiment.Name, index))
            .ToDictionary(pair => pair.Name, pair => pair.index, StringComparer.OrdinalIgnoreCase);
        return sampled with
        {
            Plans = [.. plans.OrderBy(plan => order[plan.Cell.Experiment.Name])],
            Runs = journal.Runs,
            Deviations = deviations,
            Gaps = gaps,
        };
    }
}
