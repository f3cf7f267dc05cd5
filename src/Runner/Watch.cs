using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>
/// Watches a running command, and ends its tree at the time limit, when the job is to stop, and when a service dies.
/// </summary>
internal sealed class Watch : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);
    // One short read at each interval: a thousandth of a processor at most.
    private const double SampleInterval = 0.02;
    private readonly JobSpec job;
    private readonly Stop stop;
    private readonly WaitHandle serviceEnded;
    private readonly IReadOnlyCollection<ListedProcess> others;
    private readonly double? timeout;
    private readonly Action? sample;
    private readonly ManualResetEvent watching = new(false), ended = new(false);
    private readonly Thread thread;
    private volatile int process;
    private volatile bool ending, killed;
    private JobOutcome? outcome;

    /// <summary>
    /// Starts to watch, just before the command is started: creating or waking the thread later would disturb the
    /// measurement. The processes in <paramref name="others"/> must not be touched. While the command runs, <paramref
    /// name="sample"/> is called at short intervals, unless it is null.
    /// </summary>
    public Watch(JobSpec job, Stop stop, WaitHandle serviceEnded, IReadOnlyCollection<ListedProcess> others,
        double? timeout, Action? sample)
    {
        (this.job, this.stop, this.serviceEnded, this.others, this.timeout, this.sample) = (job, stop, serviceEnded,
            others, timeout, sample);
        thread = Native.StartThread(Run);
        watching.WaitOne();
    }

    /// <summary>
    /// How the watch ended the command; null when the command ended by itself. The property Ended is valid after <see
    /// cref="End"/>.
    /// </summary>
    public JobOutcome? Ended => outcome;

    /// <summary>Whether this object has begun to end the command.</summary>
    public bool Ending => ending;

    /// <summary>
    /// How many seconds after the time limit the runner noticed that the limit was reached; 0 unless the command was
    /// ended at the time limit. The property Late is valid after <see cref="End"/>.
    /// </summary>
    public double Late { get; private set; }

    /// <summary>Reports that the command runs; if a reason to end it has occurred already, the command is ended at
    /// once.</summary>
    public void Begin(int running)
    {
        process = running;
        if (killed)
            KillTree();
    }

    /// <summary>Reports that the command has ended; returns when the thread of the watch has finished its
    /// work.</summary>
    public void End()
    {
        ended.Set();
        thread.Join();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        watching.Dispose();
        ended.Dispose();
    }

    private void Run()
    {
        var deadline = timeout is { } seconds ? Native.Now() + seconds : double.PositiveInfinity;
        WaitHandle[] events = [ended, stop.Handle, serviceEnded];
        watching.Set();
        var which = WaitHandle.WaitTimeout;
        for (var left = deadline - Native.Now(); left > 0
            && which == WaitHandle.WaitTimeout; left = deadline - Native.Now())
        {
            which = WaitHandle.WaitAny(events, Milliseconds(sample is null ? left : Math.Min(left, SampleInterval)));
            sample?.Invoke();
        }
        // The runner may have been stopped before it learned the id of the command's process, without which it cannot
        // know whether the process has ended.
        var patience = Native.Now() + job.KillGraceSeconds;
        while (which == WaitHandle.WaitTimeout && process == 0 && Native.Now() < patience)
            which = ended.WaitOne(1) ? 0 : which;
        // If the runner was stopped, the time limit may have passed although the command ended long before.
        if (which == 0 || (which == WaitHandle.WaitTimeout && process > 0 && Native.HasEnded(process)))
            return;
        ending = true;
        if (which == WaitHandle.WaitTimeout)
            Late = Native.Now() - deadline;
        outcome = which switch
        {
            1 => JobOutcome.Cancelled,
            2 => JobOutcome.ServiceFailed,
            _ => JobOutcome.TimedOut,
        };
        if (which == WaitHandle.WaitTimeout)
            Ask();
        killed = true;
        KillTree();
    }

    private void Ask()
    {
        var tree = Tree();
        ProcessTree.Signal(tree, Native.SigTerm);
        // A stopped process is continued, since it would not notice the signal otherwise.
        ProcessTree.Signal(tree, Native.SigContinue);
        var patience = Native.Now() + job.KillGraceSeconds;
        while (Native.Now() < patience && !stop.Requested && Tree().Exists(member => !member.Ended))
            Thread.Sleep(PollInterval);
    }

    private void KillTree()
    {
        ProcessTree.KillAll(Tree);
        // Where processes cannot be listed, only the command's own process group can be reached.
        if (!ProcessTree.CanList && process > 0)
            Native.Kill(-process, Native.SigKill);
    }

    private List<ListedProcess> Tree() => ProcessTree.Family(job.Id, others);

    // Waiting times are rounded up, since rounding down would check a limit too early. A single wait lasts three weeks
    // at most, after which the loop waits again.
    private static int Milliseconds(double seconds) => (int)Math.Ceiling(Math.Min(seconds, 2_000_000) * 1000);
}
