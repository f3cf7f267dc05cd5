using System.Globalization;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>
/// Runs one job: preparations, services, warm-ups, the measured command. The main thread spawns and waits; a second one watches the clock, the
/// services and whoever wants the job stopped.
/// </summary>
internal sealed class JobRunner(JobSpec job, Stop stop)
{
    private readonly Services services = new(job);
    private MemoryGroup? memory;

    /// <summary>Runs the job; whatever happens, nothing of it is alive afterwards.</summary>
    public JobResult Run()
    {
        Native.BecomeSubreaper();
        if (job.Cpus.Count > 0 && !Native.Pin(job.Cpus))
            return Failed(JobOutcome.StartFailed, $"The job cannot be pinned to the CPUs {string.Join(", ", job.Cpus)}: not all of them may be used here.");
        memory = MemoryGroup.TryEnter(job.Id, job.MemoryLimitBytes);
        if (memory is null && job.MemoryLimitBytes is not null)
            return Failed(JobOutcome.StartFailed, "The job has a memory limit, but no control group for memory can be made here to enforce it.");
        try
        {
            return RunAll();
        }
        finally
        {
            services.Stop();
            ProcessTree.KillAll(() => ProcessTree.Members(job.Id, []));
            ReapAll();
            memory?.Dispose();
        }
    }

    private JobResult RunAll()
    {
        foreach (var command in job.Prepare)
        {
            var (result, _) = RunOnce(command, null);
            if (result is { Outcome: JobOutcome.Cancelled })
                return result;
            if (result is not { Outcome: JobOutcome.Exited, ExitCode: 0 })
                return Failed(JobOutcome.PrepareFailed, result.Error ?? $"The preparation '{string.Join(' ', command.Arguments)}' failed: {Describe(result)}.");
        }
        if (services.Start(stop) is { } problem)
            return Failed(stop.Requested ? JobOutcome.Cancelled : JobOutcome.ServiceFailed, problem);
        for (var i = 0; i < job.WarmUps; i++)
        {
            var (result, _) = RunOnce(job.Command, job.TimeoutSeconds);
            if (result.Outcome != JobOutcome.Exited)
                return result;
        }
        memory?.Reset();
        var (measured, usage) = RunOnce(job.Command, job.TimeoutSeconds);
        return measured.Measurement is not { } time ? measured : measured with
        {
            Outcome = memory?.HasKilled == true ? JobOutcome.OutOfMemory : measured.Outcome,
            Error = memory?.HasKilled == true ? $"The kernel killed a process at the memory limit of {job.MemoryLimitBytes?.ToString(CultureInfo.InvariantCulture) ?? "the machine's own"} bytes." : measured.Error,
            Measurement = time with
            {
                PeakMemoryBytes = memory?.Peak ?? usage.MaxResidentKilobytes * 1024,
                MemoryMethod = memory is null ? MemoryMethod.Rusage : MemoryMethod.Cgroup,
            },
        };
    }

    private (JobResult Result, Native.Usage Usage) RunOnce(CommandSpec command, double? timeout)
    {
        var others = services.Processes.Count == 0 ? [] : ProcessTree.Members(job.Id, []);
        var disturbance = DisturbanceReading.Begin();
        var started = DateTime.UtcNow;
        using var watch = new Watch(job, stop, services, others, timeout);
        if (stop.Requested)
            return (Failed(JobOutcome.Cancelled, null), default);
        var begin = Native.Now();
        var (process, error) = Launch.Start(command, job.Id);
        if (error is not null)
            return (Failed(JobOutcome.StartFailed, error), default);
        watch.Begin(process);
        Native.Wait(process, 0, out var status, out var usage);
        var wall = Native.Now() - begin;
        watch.End();
        var leftovers = ProcessTree.KillAll(() => ProcessTree.Members(job.Id, others));
        usage = ReapOrphans(usage);
        var signal = status & 0x7f;
        return (new JobResult
        {
            Id = job.Id,
            Outcome = watch.Ended ?? JobOutcome.Exited,
            Error = watch.Error,
            ExitCode = signal == 0 ? (status >> 8) & 0xff : null,
            Signal = signal == 0 ? null : signal,
            StartedUtc = started.ToString("O", CultureInfo.InvariantCulture),
            Leftovers = leftovers,
            Disturbance = disturbance.End(usage),
            Measurement = new Measurement
            {
                WallSeconds = wall,
                UserSeconds = usage.User.Total,
                SystemSeconds = usage.System.Total,
            },
        }, usage);
    }

    // What was orphaned has become ours; its CPU time belongs to the command. Services are waited for by themselves.
    private Native.Usage ReapOrphans(Native.Usage sum)
    {
        foreach (var child in ChildrenOfSelf().Except(services.Processes))
            if (Native.Wait(child, Native.NoHang, out _, out var usage) > 0)
                sum = Add(sum, usage);
        return sum;
    }

    private static void ReapAll()
    {
        while (Native.Wait(-1, Native.NoHang, out _, out _) > 0)
        {
            // One after the other until none is left.
        }
    }

    private static List<int> ChildrenOfSelf()
    {
        var children = new List<int>();
        foreach (var task in Directory.EnumerateDirectories("/proc/self/task"))
            if (File.Exists(task + "/children"))
                children.AddRange(File.ReadAllText(task + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse));
        return children;
    }

    private static Native.Usage Add(Native.Usage a, Native.Usage b)
    {
        a.User.Seconds += b.User.Seconds;
        a.User.Microseconds += b.User.Microseconds;
        a.System.Seconds += b.System.Seconds;
        a.System.Microseconds += b.System.Microseconds;
        a.MaxResidentKilobytes = Math.Max(a.MaxResidentKilobytes, b.MaxResidentKilobytes);
        a.MajorFaults += b.MajorFaults;
        a.InvoluntarySwitches += b.InvoluntarySwitches;
        return a;
    }

    private static string Describe(JobResult result) =>
        result.Signal is { } signal ? $"ended by signal {signal}" : $"exit code {result.ExitCode}";

    private JobResult Failed(JobOutcome outcome, string? error) => new() { Id = job.Id, Outcome = outcome, Error = error };
}
