using System.Text.Json.Serialization;

namespace Verus.Artifact.Protocol;

/// <summary>The ways in which a job can end, as the runner sees it. The runner does not judge whether the output was
/// right.</summary>
public enum JobOutcome
{
    /// <summary>
    /// The command ended by itself; see <see cref="JobResult.ExitCode"/> and <see cref="JobResult.Signal"/>.
    /// </summary>
    Exited,
    /// <summary>The process tree was killed at the time limit.</summary>
    TimedOut,
    /// <summary>The process tree was killed at the memory limit, either that of the job or by the kernel.</summary>
    OutOfMemory,
    /// <summary>The runner was asked to stop, or the process that started the runner is gone.</summary>
    Cancelled,
    /// <summary>The command could not be started; see <see cref="JobResult.Error"/>.</summary>
    StartFailed,
    /// <summary>A command of <see cref="JobSpec.Prepare"/> failed.</summary>
    PrepareFailed,
    /// <summary>A service was not ready in time, or ended before the measured command did.</summary>
    ServiceFailed,
    /// <summary>
    /// The machine lacked a resource for reasons that have nothing to do with the command, such as room on the disk
    /// (see <see cref="JobResult.Lack"/>). A shortage says nothing about the command, so it must not be recorded as a
    /// failure of the command.
    /// </summary>
    MachineLacked,
}

/// <summary>The method by which peak memory was determined.</summary>
public enum MemoryMethod
{
    /// <summary>Not measured.</summary>
    None,
    /// <summary>The peak of a control group that contained the whole process tree.</summary>
    Cgroup,
    /// <summary>
    /// The largest resident set of any single process of the tree (getrusage): a lower bound for the whole tree.
    /// </summary>
    Rusage,
    /// <summary>
    /// Largest memory of a control group that contained the whole process tree, among readings at short intervals; or
    /// the largest resident set of any single process, if that is larger. A lower bound for the whole tree, used where
    /// the kernel reports no peak.
    /// </summary>
    Sampled,
}

/// <summary>The resource usage of one run of the measured command.</summary>
public sealed record Measurement
{
    /// <summary>
    /// Wall time on the monotonic clock, in seconds, from just before the process is created until its end is noticed.
    /// </summary>
    public double WallSeconds { get; init; }

    /// <summary>User CPU time of the whole process tree, in seconds.</summary>
    public double UserSeconds { get; init; }

    /// <summary>System CPU time of the whole process tree, in seconds.</summary>
    public double SystemSeconds { get; init; }

    /// <summary>
    /// The part of the CPU time, in seconds, that processes used after the end of the command's first process, when the
    /// wall time ended, until they were killed. The time that they used before the runner listed them, a few
    /// milliseconds later, is not in it.
    /// </summary>
    public double CpuSecondsAfter { get; init; }

    /// <summary>Peak memory of the command in bytes; see <see cref="MemoryMethod"/>.</summary>
    public long PeakMemoryBytes { get; init; }

    /// <summary>How <see cref="PeakMemoryBytes"/> was determined.</summary>
    public MemoryMethod MemoryMethod { get; init; }
}

/// <summary>Disturbances of the machine while the command ran, as differences between before and after.</summary>
public sealed record Disturbance
{
    /// <summary>One-minute load average of the machine before the run.</summary>
    public double LoadBefore { get; init; }

    /// <summary>CPU time stolen by the hypervisor during the run on all CPUs, in seconds.</summary>
    public double StealSeconds { get; init; }

    /// <summary>Involuntary context switches of the measured process tree.</summary>
    public long InvoluntarySwitches { get; init; }

    /// <summary>Major page faults of the measured process tree.</summary>
    public long MajorFaults { get; init; }
}

/// <summary>The parts that can be suspended while a command runs.</summary>
public enum Suspendable
{
    /// <summary>The machine was asleep.</summary>
    Machine,
    /// <summary>
    /// The runner was stopped, by SIGSTOP for example, so that it noticed the end of the command or its time limit too
    /// late.
    /// </summary>
    Runner,
    /// <summary>The command's first process was stopped.</summary>
    Command,
    /// <summary>A service was stopped.</summary>
    Service,
}

/// <summary>The answer of the runner to a job, which is its only one.</summary>
public sealed record JobResult
{
    /// <summary>Version of this format.</summary>
    public int Format { get; set; } = JobSpec.CurrentFormat;

    /// <summary>Id of the job.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// The <see cref="JobSpec.Nonce"/> of the job, which only the runner can know; null after the nonce has been
    /// checked.
    /// </summary>
    public string? Nonce { get; init; }

    /// <summary>
    /// Whether the runner ends after this result although it was started for several jobs: it was told to stop, or
    /// the job changed what the processes of the next job would inherit.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsLast { get; init; }

    /// <summary>How the job ended.</summary>
    public required JobOutcome Outcome { get; init; }

    /// <summary>The exit code of the measured command, if it exited.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The number of the signal that ended the measured command, if one did.</summary>
    public int? Signal { get; init; }

    /// <summary>
    /// One sentence that says what went wrong, for outcomes that need an explanation; the sentence names the command or
    /// the service.
    /// </summary>
    public string? Error { get; init; }

    /// <summary>The words of <see cref="Error"/> for a service that was not ready in time.</summary>
    public const string NotReadyWords = "was not ready within";

    /// <summary>
    /// Whether a service was not ready in time, so that the same wait can be expected of another attempt.
    /// </summary>
    [JsonIgnore]
    public bool IsNotReady => Outcome == JobOutcome.ServiceFailed && Measurement is null
        && Error?.Contains(NotReadyWords, StringComparison.Ordinal) == true;

    /// <summary>
    /// The name of the error number, such as <c>ENOSPC</c>, for <see cref="JobOutcome.MachineLacked"/>.
    /// </summary>
    public string? Lack { get; init; }

    /// <summary>
    /// What was suspended while the command ran; null when nothing was suspended. The times of a run during which a
    /// part was suspended are meaningless, whatever its outcome.
    /// </summary>
    public Suspendable? Suspended { get; init; }

    /// <summary>The resource usage of the run; null when the run did not start.</summary>
    public Measurement? Measurement { get; init; }

    /// <summary>What disturbed the run.</summary>
    public Disturbance? Disturbance { get; init; }

    /// <summary>Start of the measured run in UTC, ISO 8601.</summary>
    public string? StartedUtc { get; init; }

    /// <summary>
    /// The id of the boot of the system that ran the job. In the journal, null stands for the boot of the sample's run.
    /// A virtual machine that was started anew, and each node of a cluster, has a boot of its own.
    /// </summary>
    public string? Boot { get; init; }

    /// <summary>Processes of the tree that were still alive when the command ended and had to be killed.</summary>
    public int Leftovers { get; init; }
}
