using Verus.Artifact.Common;
using Verus.Artifact.Containers;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Places;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>
/// Takes one sample: prepares its folder, has the runner run the command, judges and reads the output, and keeps the
/// logs.
/// </summary>
public sealed class SampleTaker(CellResolver resolver, IBuildLog log)
{
    private const int MostWords = 160;
    private const string NotRead = "its output was not read, because the build was stopped";
    private static readonly TimeSpan OtherSignalTime = TimeSpan.FromSeconds(1);
    // Programs report on standard error why they fail.
    private const int Hangup = 1, Interrupt = 2, Quit = 3, Terminate = 15;
    private static readonly string[] Streams = ["stderr.txt", "stdout.txt"];
    private readonly HashSet<(string Experiment, SampleOutcome Outcome)> told = [];
    private readonly EvaluationLayout layout = resolver.CellContext.Layout;
    private volatile bool hasLogs;
    private readonly AttemptFolders folders = new(resolver.CellContext.Layout, log);

    /// <summary>Removes what is kept for the next sample.</summary>
    internal void Clear() => folders.Clear();

    /// <summary>Takes a sample; the returned sample is already on the disk, except for its lines in the
    /// journal.</summary>
    /// <param name="cell">The cell that the sample belongs to.</param>
    /// <param name="number">The sample's number within the cell, from 1.</param>
    /// <param name="place">The place where the sample runs.</param>
    /// <param name="run">The run that the sample belongs to.</param>
    /// <param name="cancellation">Cancels the sample.</param>
    /// <exception cref="OperationCanceledException">The sample was cancelled, and nothing of it is kept.</exception>
    /// <exception cref="DiagnosticException">The machine was unable to run the sample or to keep its record, which says
    /// nothing about the experiment.</exception>
    /// <param name="group">The result of the preparation of the cell's group of cells; null when the cell shares no
    /// preparation.</param>
    /// <param name="round">The number of the round within the run; null when the run has no rounds.</param>
    internal async Task<TakenSample> TakeAsync(ResolvedCell cell, int number, IPlace place, RunRecord run,
        CancellationToken cancellation, PreparedGroup? group = null, int? round = null)
    {
        var id = Guid.NewGuid().ToString("N");
        int? offset = cell.Cell.Experiment.ExactEnvironment ? null
            : OffsetOf($"{run.Seed} {cell.Cell.Name} {number} {round}");
        var attempt = AttemptOf(cell, id, number, group) with
        {
            Padding = offset is { } length ? new string('x', length) : null,
        };
        var logs = Path.Combine("logs", FolderName(cell.Cell.Name), id);
        RequireRoom(logs);
        var folder = folders.Take(id);
        try
        {
            var (record, leftOut) = await RunAsync(cell, place, run, attempt, folder, logs,
                cancellation).ConfigureAwait(false);
            record = record with { Round = round, Offset = offset };
            var taken = Keep(cell, run, record, attempt, folder);
            ReportSample(cell.Cell, record, leftOut);
            return taken;
        }
        catch (OperationCanceledException)
        {
            folder.Pending.Dispose();
            throw;
        }
        catch (Exception problem)
        {
            folder.Pending.Dispose();
            // A killed runner leaves its processes, which must not disturb the next sample. The next call finds the
            // processes that a killed engine left by the folder of the attempt, and kills them.
            if (!folder.Pending.IsWritten && !IsEngineGone(problem))
                await ClearAsync(place, id).ConfigureAwait(false);
            if (problem is IOException or UnauthorizedAccessException)
                throw SystemProblem.Explain(attempt.Directory, problem);
            throw;
        }
    }

    private TakenSample Keep(ResolvedCell cell, RunRecord run, SampleRecord record, Attempt attempt,
        AttemptFolder folder)
    {
        IReadOnlyList<JournalLine> lines =
            [new() { Run = run }, new() { Cell = new CellRecord { Key = cell.Key, Cell = cell.Cell.Name,
                Parts = cell.Parts } }, new() { Sample = record }];
        // The record of a sample without output is written at once, and is then complete.
        if (!record.Silent)
        {
            SavePending(folder.Pending, lines, attempt);
            OnDisk(record.Logs, path =>
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                Directory.Move(attempt.Output, path);
            });
        }
        return new TakenSample(record, lines, () => SavePending(folder.Pending, lines, attempt),
            () => folders.Give(folder, isClean: record.Silent
                || (IsHere(cell.Cell.Experiment) && folder.TryMakeOutput(attempt))));
    }

    // Whether output can be kept is known before anything is measured.
    private void RequireRoom(string logs)
    {
        if (hasLogs)
            return;
        OnDisk(logs, path => Directory.CreateDirectory(Path.GetDirectoryName(Path.GetDirectoryName(path)!)!));
        hasLogs = true;
    }

    private static bool IsHere(ExperimentDeclaration experiment) => experiment.Executor == IPlaceKind.Default;

    private Attempt AttemptOf(ResolvedCell cell, string id, int number, PreparedGroup? group) =>
        new(Path.Combine(Attempts.RootIn(layout), id))
        {
            Outputs = cell.Outputs,
            Sample = number,
            Group = group,
            Ports = new FreeAttemptPorts(group?.Ports),
        };

    // An offset that is random among samples, and the same for the same seed.
    private static int OffsetOf(string sample) => Statistics.SeedOf(sample) % CellResolver.Offsets;

    private static bool IsEngineGone(Exception problem) =>
        ((problem as PlaceFailure)?.Problem ?? problem) is DiagnosticException coded
        && coded.Diagnostics.Any(one => one.Rule == DockerRules.Gone);

    private async Task ClearAsync(IPlace place, string id)
    {
        try
        {
            await place.SweepAsync([id], CancellationToken.None).ConfigureAwait(false);
            Attempts.Remove(layout, id, log);
        }
        catch (DiagnosticException problem)
        {
            // The next call removes whatever is still in the folder of the attempt.
            log.Detail(problem.Message);
        }
    }

    private async Task<(SampleRecord Record, string? LeftOut)> RunAsync(ResolvedCell cell, IPlace place, RunRecord run,
        Attempt attempt, AttemptFolder folder, string logs,
        CancellationToken cancellation)
    {
        var id = folder.Id;
        var experiment = cell.Cell.Experiment;
        Bring(cell, attempt, cancellation);
        BringPrepared(attempt, logs, "prepare-*");
        var result = await JobAsync(cell, place, attempt, id, cancellation).ConfigureAwait(false);
        BringPrepared(attempt, logs, "service-*");
        await NeedUndisturbedAsync(result, cancellation).ConfigureAwait(false);
        // In another place, something else than the runner may have put the folder there.
        var isSilent = IsHere(experiment) && folder.IsClean(attempt);
        var collection = isSilent ? null : Collect(cell.Cell, attempt);
        var own = resolver.Own(cell.Cell);
        var (outcome, why, readings) = Judge(own, result, attempt.Output, cancellation);
        // A full disk makes the commands that write to it fail, which says nothing about them.
        if (outcome != SampleOutcome.Ok && SystemProblem.WithoutRoom(attempt.Directory) is { } full)
            throw ExperimentRules.MachineLacks.Error(experiment.Item.Where, cell.Cell.Name, id[..8],
                full.Diagnostics[0].Message);
        var record = new SampleRecord
        {
            Id = id,
            Cell = cell.Cell.Name,
            Key = cell.Key,
            Run = run.Id,
            MachineId = run.MachineId,
            Outcome = outcome,
            Why = why,
            Result = result.Boot == run.Boot ? result with { Boot = null } : result,
            Readings = readings,
            ReadBy = why == NotRead ? "" : OutputReading.Identity(own),
            Logs = logs,
            // The folder of a failed sample is kept in any case, because the message about the failure names it.
            Silent = isSilent && outcome == SampleOutcome.Ok,
        };
        return (Readable(record, experiment), collection?.LeftOut);
    }

    private static async Task NeedUndisturbedAsync(JobResult result, CancellationToken cancellation)
    {
        if (result.Outcome == JobOutcome.Cancelled)
        {
            // Ctrl-C reaches the runner as well as the engine, and may reach the runner first.
            await Task.Delay(OtherSignalTime, cancellation).ConfigureAwait(false);
            throw ExperimentRules.RunnerEnded.Error(SourceLocation.None, "artifact-runner",
                "was told to stop by a signal that this build did not send");
        }
        // A user who stops a build by killing its processes may kill the measured command before the engine.
        if (result is { Outcome: JobOutcome.Exited, Signal: Hangup or Interrupt or Quit or Terminate })
            await Task.Delay(OtherSignalTime, cancellation).ConfigureAwait(false);
        if (result.Suspended is { } what)
            throw PlaceRules.Suspended.Error(SourceLocation.None, PlaceRules.Describe(what));
    }

    private async Task<JobResult> JobAsync(ResolvedCell cell, IPlace place, Attempt attempt, string id,
        CancellationToken cancellation)
    {
        var group = attempt.Group;
        if ((group?.Failure ?? group?.WhyEnded()) is { } failed)
            return new JobResult
            {
                Id = id,
                Outcome = group!.Failure is null ? JobOutcome.ServiceFailed : group.Outcome,
                Error = failed,
            };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, group?.ServicesEnded ?? default);
        try
        {
            var result = await place.RunAsync(cell.Cell.Experiment,
                resolver.Job(cell, id, attempt, CpusFor(cell.Cell.Experiment)), attempt, resolver.ReadPaths(cell),
                stop.Token).ConfigureAwait(false);
            // If a service died, that explains whatever became of the command.
            return group?.WhyEnded() is { } why && result.Outcome != JobOutcome.Cancelled
                ? result with { Outcome = JobOutcome.ServiceFailed, Error = why } : result;
        }
        catch (DiagnosticException problem) when (!Interruptions.IsOne(problem)
            && cell.Cell.Experiment.Executor != IPlaceKind.Default)
        {
            throw new PlaceFailure(problem);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested
            && group?.WhyEnded() is not null)
        {
            return new JobResult { Id = id, Outcome = JobOutcome.ServiceFailed, Error = group!.WhyEnded() };
        }
    }

    // The output of a group's shared preparation, and that of its services so far, is kept with each of its samples.
    private void BringPrepared(Attempt attempt, string logs, string pattern)
    {
        foreach (var file in attempt.Group is { Output.Length: > 0 } group
            ? Directory.EnumerateFiles(group.Output, pattern) : [])
            OnDisk(logs, _ => File.Copy(file, Path.Combine(attempt.Output, Path.GetFileName(file))));
    }

    // Provides a sample with the outputs of other experiments that it uses, and with copies of the checkouts that its
    // command changes.
    private void Bring(ResolvedCell cell, Attempt attempt, CancellationToken cancellation)
    {
        foreach (var output in cell.Outputs)
            OnDisk(output.Folder, _ =>
                StepOutputs.Provide(output, Path.Combine(attempt.Directory, "uses"), cancellation));
        foreach (var source in resolver.Copies(cell.Cell.Experiment))
            WorkingCopy.Make(resolver.CellContext.Sources[source].Path, Path.Combine(attempt.Work, "copy", source),
                cancellation);
    }

    // Keeps those files that the sample's command wrote and the declaration collects.
    private Collection Collect(Cell cell, Attempt attempt)
    {
        var collection = new Collection(attempt);
        collection.Clean();
        collection.Collect([.. cell.Experiment.Collect.Select(pattern =>
            Path.GetFullPath(pattern.Fill(resolver.ValuesOf(cell, attempt, null)), attempt.Work))]);
        return collection;
    }

    // A record that could not be read back from the journal is never written.
    private static SampleRecord Readable(SampleRecord record, ExperimentDeclaration experiment)
    {
        if (JournalCheck.Problem(new JournalLine { Sample = record }) is { } wrong)
            record = record with { Outcome = SampleOutcome.WrongOutput, Why = wrong, Readings = [] };
        return JournalCheck.Problem(new JournalLine { Sample = record }) is { } broken
            ? throw ExperimentRules.RunnerUnusable.Error(experiment.Item.Where, "artifact-runner",
                $"gave an invalid result: {broken}")
            : record;
    }

    private void ReportSample(Cell cell, SampleRecord record, string? leftOut)
    {
        var where = cell.Experiment.Item.Where;
        if (record.Outcome != SampleOutcome.Ok)
            ReportFailure(ExperimentRules.SampleFailed.At(where, cell.Name, record.Id[..8], record.Outcome,
                record.Why!.TrimEnd('.'),
                OutputText.LastWords(1, MostWords,
                    Streams.Select(name => Path.Combine(layout.Experiments, record.Logs, name))),
                    Path.Combine(layout.Experiments, record.Logs)), cell.Experiment, record.Outcome);
        if (leftOut is not null)
            ReportFailure(ReadingRules.LeftOut.At(where, cell.Name, record.Id[..8], leftOut), cell.Experiment,
                SampleOutcome.Ok);
        foreach (var warning in record.Readings.Select(reading => reading.Warning).OfType<string>())
            log.Report(ExperimentRules.SampleDiffers.At(where, cell.Name, record.Id[..8], warning));
    }

    private static Judgement Judge(ExperimentDeclaration experiment, JobResult result, string output,
        CancellationToken cancellation)
    {
        try
        {
            return OutputReading.Of(experiment, result, output, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The sample was taken even if its output cannot be read now, and the next call reads the output.
            return new Judgement(SampleOutcome.WrongOutput, NotRead, []);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new Judgement(SampleOutcome.WrongOutput, $"its output cannot be read: {problem.Message}", []);
        }
    }

    // A single cause often makes every cell of an experiment fail, so only the first failure is a warning, and the
    // progress reports the others.
    private void ReportFailure(Diagnostic failure, ExperimentDeclaration experiment, SampleOutcome outcome)
    {
        bool first;
        lock (told)
            first = told.Add((experiment.Name, outcome));
        if (first)
            log.Report(failure);
        else
            log.Detail(failure.Message);
    }

    // The first CPUs that this process may use, to which the runner pins the process tree of the measured command.
    private static List<int> CpusFor(ExperimentDeclaration experiment) =>
        experiment.Cpus is { } count ? [.. CpuList.Allowed().Take(count)] : [];

    private void OnDisk(string logs, Action<string> work)
    {
        var path = Path.Combine(layout.Experiments, logs);
        try
        {
            work(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw SystemProblem.Explain(path, problem);
        }
    }

    private static void SavePending(PendingSample pending, IReadOnlyList<JournalLine> lines, Attempt attempt)
    {
        try
        {
            pending.Write(lines);
        }
        catch (IOException)
        {
            // Writing fails when the disk is full and the sample's record is larger than the space that was reserved
            // for it. The command's files in its work folder have been read, and removing them makes room.
            FolderRemoval.Remove(attempt.Work);
            pending.Write(lines);
        }
    }

    /// <summary>The name of a cell's folder, which people can read, and which is unique even when names of cells differ
    /// only in special characters.</summary>
    internal static string FolderName(string cell)
    {
        var readable = string.Concat(
            cell.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '=' or '.' ? c : '_'));
        return $"{(readable.Length > 80 ? readable[..80] : readable)}-{ContentHashes.OfText(cell)[..8]}";
    }
}

/// <summary>A sample that is finished and kept on the disk, but not yet in the journal.</summary>
/// <param name="record">The sample.</param>
/// <param name="lines">The records to add to the journal.</param>
/// <param name="keep">Keeps the sample where the next call finds it, unless it is kept already.</param>
/// <param name="clear">Removes the files that are needed only until the sample is in the journal.</param>
internal sealed class TakenSample(SampleRecord record, IReadOnlyList<JournalLine> lines, Action keep, Action clear)
{
    public SampleRecord Record => record;
    public IReadOnlyList<JournalLine> Lines => lines;

    /// <summary>Keeps a sample that cannot be entered into the journal.</summary>
    public void Keep()
    {
        if (record.Silent)
            keep();
    }

    /// <summary>Removes the files that were needed only until the sample's lines were in the journal.</summary>
    public void Entered() => clear();
}
