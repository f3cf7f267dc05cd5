namespace Verus.Artifact.Protocol;

/// <summary>
/// How a job ended, as the runner sees it. Whether the output was right is not the runner's to judge.
/// </summary>
public enum JobOutcome
{
    /// <summary>
    /// The command ended by itself; see <see cref="JobResult.ExitCode"/> and <see cref="JobResult.Signal"/>.
    /// </summary>
    Exited,
    /// <summary>The tree was killed at the time limit.</summary>
    TimedOut,
    /// <summary>The tree was killed at the memory limit, by the limit of the job or by the kernel.</summary>
    OutOfMemory,
    /// <summary>The runner was told to stop, or whoever started it is gone.</summary>
    Cancelled,
    /// <summary>The command could not be started; see <see cref="JobResult.Error"/>.</summary>
    StartFailed,
    /// <summary>A command of <see cref="JobSpec.Prepare"/> failed.</summary>
    PrepareFailed,
    /// <summary>A service was not ready in time, or ended before the measured command did.</summary>
    ServiceFailed,
    /// <summary>
    /// The machine lacked something that has nothing to do with the command, such as room on the disk; see
    /// <see cref="JobResult.Lack"/>. Says nothing about the command, so that it must not be kept as a failure of it.
    /// </summary>
    MachineLacked,
}

/// <summary>How peak memory was found.</summary>
public enum MemoryMethod
{
    /// <summary>Not measured.</summary>
    None,
    /// <summary>Peak of a control group that held the whole tree.</summary>
    Cgroup,
    /// <summary>
    /// Largest resident set of any single process of the tree (getrusage): a lower bound for the tree.
    /// </summary>
    Rusage,
}

/// <summary>What one run of the measured command cost.</summary>
public sealed record Measurement
{
    /// <summary>
    /// Wall time on the monotonic clock, from just before the process is made until its end was seen; seconds.
    /// </summary>
    public double WallSeconds { get; init; }

    /// <summary>User CPU time of the whole process tree; seconds.</summary>
    public double UserSeconds { get; init; }

    /// <summary>System CPU time of the whole process tree; seconds.</summary>
    public double SystemSeconds { get; init; }

    /// <summary>Peak memory in bytes; see <see cref="MemoryMethod"/>.</summary>
    public long PeakMemoryBytes { get; init; }

    /// <summary>How <see cref="PeakMemoryBytes"/> was found.</summary>
    public MemoryMethod MemoryMethod { get; init; }
}

/// <summary>What disturbed the machine while the command ran: differences between before and after.</summary>
public sealed record Disturbance
{
    /// <summary>One-minute load average before the run.</summary>
    public double LoadBefore { get; init; }

    /// <summary>CPU time stolen by the hypervisor during the run, all CPUs; seconds.</summary>
    public double StealSeconds { get; init; }

    /// <summary>Involuntary context switches of the measured process tree.</summary>
    public long InvoluntarySwitches { get; init; }

    /// <summary>Major page faults of the measured process tree.</summary>
    public long MajorFaults { get; init; }
}

/// <summary>What can be suspended while a command runs.</summary>
public enum Suspendable
{
    /// <summary>The machine: it slept.</summary>
    Machine,
    /// <summary>
    /// The runner was stopped, by SIGSTOP for example, so that it saw the command's end or its time limit too late.
    /// </summary>
    Runner,
    /// <summary>The command's first process was stopped.</summary>
    Command,
    /// <summary>A service was stopped.</summary>
    Service,
}

/// <summary>What the runner answers to a job, once.</summary>
public sealed record JobResult
{
    /// <summary>Version of this format.</summary>
    public int Format { get; set; } = JobSpec.CurrentFormat;

    /// <summary>Id of the job.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// <see cref="JobSpec.Nonce"/> of the job, which nobody but the runner can know; null after it was checked.
    /// </summary>
    public string? Nonce { get; init; }

    /// <summary>How it ended.</summary>
    public required JobOutcome Outcome { get; init; }

    /// <summary>Exit code of the measured command, when it exited.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Number of the signal that ended the measured command, when one did.</summary>
    public int? Signal { get; init; }

    /// <summary>
    /// One sentence on what went wrong, for outcomes that need one; names the command or the service.
    /// </summary>
    public string? Error { get; init; }

    /// <summary>Name of the error number, such as <c>ENOSPC</c>, for <see cref="JobOutcome.MachineLacked"/>.</summary>
    public string? Lack { get; init; }

    /// <summary>
    /// What was suspended while the command ran; null: nothing was. The times of such a run mean nothing, whatever its
    /// outcome.
    /// </summary>
    public Suspendable? Suspended { get; init; }

    /// <summary>What the run cost; null when it did not start.</summary>
    public Measurement? Measurement { get; init; }

    /// <summary>What disturbed it.</summary>
    public Disturbance? Disturbance { get; init; }

    /// <summary>Start of the measured run, UTC, ISO 8601.</summary>
    public string? StartedUtc { get; init; }

    /// <summary>Processes of the tree that were still alive when the command ended and had to be killed.</summary>
    public int Leftovers { get; init; }
}
