using System.Globalization;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>
/// Runs one job: preparations, services, warm-ups, the measured command. The main thread starts processes and waits for
/// them; a second thread watches the clock, the services and requests to stop the job.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="stop">Tells when the job is to stop.</param>
/// <param name="sensor">Detects that the runner was stopped; one serves all jobs of a runner.</param>
internal sealed class JobRunner(JobSpec job, Stop stop, StopSensor sensor) : IDisposable
{
    private static readonly string? Boot = MachineState.BootOf("/");
    private readonly Children children = new();
    private Services? started;

    /// <summary>Runs the job; no process of the job survives this call, whatever happens.</summary>
    public JobResult Run()
    {
        Native.BecomeSubreaper();
        if (job.Cpus.Except(CpuList.Allowed()).ToList() is { Count: > 0 } forbidden)
            return Failed(JobOutcome.StartFailed,
                $"The job cannot be pinned: the runner may not use CPU {string.Join(", ", forbidden)} here.");
        if (job.MemoryLimitBytes is { } limit && !CanLimit(limit))
            return Failed(JobOutcome.StartFailed,
                "The job has a memory limit, but no control group for memory can be made here to enforce it. Run as "
                    + "root, or where the "
                + "memory controller is delegated to the user (systemd: Delegate=yes) and sets no limit of its own, or "
                + "without a limit.");
        try
        {
            return RunAll() with { Boot = Boot };
        }
        catch (Exception problem) when (ErrorNumber.Of(problem) is { } error && ErrorNumber.LackOf(error) is not null)
        {
            return ShortageResult(error,
                "The measuring program could not go on: "
                    + $"{ErrorNumber.Explain(error)} ({problem.GetBaseException().Message.TrimEnd('.')}).");
        }
        finally
        {
            Services.Stop(stop);
            if (Native.HasChild())
                ProcessTree.KillAll(() => ProcessTree.Members(job.Id, []));
            ReapAll();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => children.Dispose();

    private Services Services => started ??= new Services(job, children);

    private JobResult RunAll()
    {
        foreach (var command in job.Prepare)
        {
            var result = RunOnce(command, job.PrepareTimeoutSeconds, null);
            if (result.Outcome is JobOutcome.Cancelled or JobOutcome.MachineLacked)
                return result;
            if (result is not { Outcome: JobOutcome.Exited, ExitCode: 0 })
                return Failed(JobOutcome.PrepareFailed, result.Outcome == JobOutcome.StartFailed
                    ? $"The preparation {result.Error}"
                    : $"The preparation '{string.Join(' ', command.Arguments)}' failed ({Describe(result)}). "
                        + $"{LastWords.Of(command)}");
        }
        if (Services.Start(stop) is var (why, service))
            return stop.Requested ? Cancelled()
                : why.Lack is not null ? ShortageResult(why.Error, why.Sentence)
                : ResourceShortage.After(service, failed: true) is var (error, sentence)
                    ? ShortageResult(error, sentence)
                : Failed(JobOutcome.ServiceFailed, why.Sentence);
        for (var run = 1; run <= job.WarmUps; run++)
        {
            var result = RunMeasured();
            if (result.Outcome is JobOutcome.Cancelled or JobOutcome.MachineLacked)
                return result;
            if (result.Outcome != JobOutcome.Exited)
                return result with
                {
                    Error =
                    $"In warm-up {run} of {job.WarmUps}: {result.Error ?? result.Outcome.ToString()}"
                };
        }
        return RunMeasured();
    }

    private JobResult RunMeasured()
    {
        // Each run of the measured command has a control group of its own, so that the memory and file cache of
        // preparations, services and warm-ups are not charged to the measured command.
        using var memory = MemoryGroup.TryMake(Cgroups.Here, job.Id, job.MemoryLimitBytes);
        return RunOnce(job.Command, job.TimeoutSeconds, memory, measured: true);
    }

    private JobResult RunOnce(CommandSpec command, double? timeout, MemoryGroup? memory, bool measured = false)
    {
        // The processes that already exist before the run are the services, which must survive it.
        var others = job.Services.Count == 0 ? [] : ProcessTree.Members(job.Id, []);
        var (ready, failure) = Launch.Prepare(command, job.Id);
        if (ready is null)
            return Failed(failure!);
        using var launch = ready;
        using var watch = new Watch(job, stop, children.ServiceEnded, others, timeout,
            memory?.NeedsSamples == true ? memory.Sample : null);
        if (stop.Requested)
            return Cancelled();
        using var alarm = timeout is { } limit ? new Alarm(limit + job.KillGraceSeconds) : null;
        var suspension = new Suspension(sensor);
        var disturbance = DisturbanceReading.Begin();
        var allowed = CpuList.Allowed();
        var killsBefore = memory is null ? MemoryGroup.KillsInOwnContainer() : null;
        memory?.Enter();
        // A process inherits the CPUs of the thread that creates it.
        if (measured && job.Cpus.Count > 0)
            Native.Pin(job.Cpus);
        var started = DateTime.UtcNow;
        var begin = Native.Now();
        var process = launch.Start();
        if (process > 0)
            watch.Begin(process);
        if (measured && job.Cpus.Count > 0)
            Native.Pin(allowed);
        memory?.Started();
        if (process <= 0)
            return Failed(launch.Explain(process));
        var stopped = children.WaitFor(process, () => watch.Ending);
        var wall = Native.Now() - begin;
        // If a service died just before the command ended, this explains the command's end.
        children.CheckServices();
        var dead = Services.Dead();
        watch.End();
        // The process group is killed before its first process is reaped, as long as no other group can have its
        // number.
        Native.Kill(-process, Native.SigKill);
        var (status, own) = Children.Take(process);
        var (leftovers, after) = others.Count > 0 || Native.HasChild() ? KillTree(others) : default;
        var usage = children.WithOrphans(own);
        launch.RestoreOutput();
        var outcome = watch.Ended ?? (dead is null ? JobOutcome.Exited : JobOutcome.ServiceFailed);
        var succeeded = outcome == JobOutcome.Exited && status == 0;
        if (outcome != JobOutcome.Cancelled
            && ResourceShortage.After(dead?.Of ?? command, !succeeded) is var (error, sentence))
            return ShortageResult(error, sentence);
        var (peak, method) = PeakOf(memory, usage.MaxResidentKilobytes * 1024);
        var outOfMemory = memory?.HasKilled ?? MemoryGroup.KillsInOwnContainer() > killsBefore;
        return Judge(outOfMemory, command, new JobResult
        {
            Id = job.Id,
            Outcome = outcome,
            Error = outcome switch
            {
                JobOutcome.TimedOut => FormattableString.Invariant($"Killed at the time limit of {timeout:0.###} s."),
                JobOutcome.ServiceFailed => dead?.Why,
                JobOutcome.Cancelled => Reason,
                _ => null,
            },
            ExitCode = (status & 0x7f) == 0 ? (status >> 8) & 0xff : null,
            Signal = (status & 0x7f) == 0 ? null : status & 0x7f,
            StartedUtc = started.ToString("O", CultureInfo.InvariantCulture),
            Leftovers = leftovers,
            Suspended = suspension.End(stopped, outcome == JobOutcome.Exited, watch.Late),
            Disturbance = disturbance.End(usage),
            Measurement = new Measurement
            {
                WallSeconds = wall,
                UserSeconds = usage.User.Total,
                SystemSeconds = usage.System.Total,
                CpuSecondsAfter = after,
                PeakMemoryBytes = peak,
                MemoryMethod = method,
            },
        });
    }

    private static (long Bytes, MemoryMethod Method) PeakOf(MemoryGroup? memory, long largestProcess) =>
        memory is null ? (largestProcess, MemoryMethod.Rusage)
        : memory.Peak is { } peak ? (peak, MemoryMethod.Cgroup)
        : memory.NeedsSamples ? (Math.Max(memory.Sampled, largestProcess), MemoryMethod.Sampled)
        : (largestProcess, MemoryMethod.Rusage);

    private JobResult Judge(bool outOfMemory, CommandSpec command, JobResult result)
    {
        if (!outOfMemory || result.Outcome == JobOutcome.Cancelled)
            return result;
        var limit = job.MemoryLimitBytes is { } bytes
            ? FormattableString.Invariant($"the limit is {bytes} bytes")
            : "that of the machine or of the container";
        return result with
        {
            Outcome = JobOutcome.OutOfMemory,
            Error = $"The kernel killed a process of '{command.Arguments[0]}' because memory ran out ({limit}).",
        };
    }

    private bool CanLimit(long bytes)
    {
        using var trial = MemoryGroup.TryMake(Cgroups.Here, job.Id, bytes);
        return trial is not null;
    }

    // Kills the remaining processes of the command, whose first process has been reaped; returns their number, and the
    // CPU time that they used since they were listed for the first time.
    private (int Killed, double CpuAfter) KillTree(IReadOnlyCollection<ListedProcess> others)
    {
        var killed = new HashSet<int>();
        Dictionary<int, double>? before = null;
        for (var pass = 0; pass < ProcessTree.MostPasses; pass++)
        {
            var found = ProcessTree.KillOnce(() =>
            {
                var family = ProcessTree.Family(job.Id, others);
                before ??= family.Where(member => !member.Ended).ToDictionary(member => member.Id,
                    member => Native.CpuOf(member.Id) + ProcessTree.CpuOfChildren(member.Id));
                return family;
            });
            var living = found.Where(member => !member.Ended).Select(member => member.Id).ToList();
            var ended = found.Where(member => member.Ended && member.Parent == Environment.ProcessId)
                .Select(member => member.Id);
            // A process that ended since the last listing may have started another one.
            var reaped = children.Reap(ended);
            killed.UnionWith(living.Concat(reaped.Where(orphan => orphan.Killed).Select(orphan => orphan.Process)));
            if (living.Count == 0 && reaped.Count == 0)
                break;
            ProcessTree.Pause(pass);
        }
        return (killed.Count, before!.Sum(one => Math.Max(0, children.SecondsOf(one.Key) - one.Value)));
    }

    private static void ReapAll()
    {
        while (Native.Wait(-1, Native.NoHang, out _, out _) > 0)
        {
            // Children that have ended are reaped one after the other until none is left.
        }
    }

    private static string Describe(JobResult result) => result.Outcome == JobOutcome.TimedOut
        ? result.Error!.TrimEnd('.').ToLowerInvariant()
        : result.Signal is { } signal ? $"signal {signal}" : $"exit code {result.ExitCode}";

    private string Reason => $"Stopped: {stop.Cause}.";

    private JobResult Cancelled() => Failed(JobOutcome.Cancelled, Reason);

    private JobResult Failed(StartFailure failure) =>
        failure.Lack is null ? Failed(JobOutcome.StartFailed, failure.Sentence)
            : ShortageResult(failure.Error, failure.Sentence);

    private JobResult ShortageResult(int error, string sentence) =>
        Failed(JobOutcome.MachineLacked, sentence) with { Lack = ErrorNumber.LackOf(error) };

    private JobResult Failed(JobOutcome outcome, string? error) =>
        new() { Id = job.Id, Outcome = outcome, Error = error };
}
