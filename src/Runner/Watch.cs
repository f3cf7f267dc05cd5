using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>
/// While a command runs: ends its tree at the time limit, when the job is to stop, and when a service dies.
/// </summary>
internal sealed class Watch : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);
    private readonly JobSpec job;
    private readonly Stop stop;
    private readonly WaitHandle serviceEnded;
    private readonly IReadOnlyCollection<ListedProcess> others;
    private readonly double? timeout;
    private readonly ManualResetEvent watching = new(false), ended = new(false);
    private readonly Thread thread;
    private volatile int process;
    private volatile bool ending, killed;
    private JobOutcome? outcome;

    /// <summary>
    /// Begins to watch, just before the command is started: making or waking the thread later would disturb what is
    /// measured.
    /// <paramref name="others"/> is not to be touched.
    /// </summary>
    public Watch(JobSpec job, Stop stop, WaitHandle serviceEnded, IReadOnlyCollection<ListedProcess> others,
        double? timeout)
    {
        (this.job, this.stop, this.serviceEnded, this.others, this.timeout) = (job, stop, serviceEnded, others,
            timeout);
        thread = Native.StartThread(Run);
        watching.WaitOne();
    }

    /// <summary>How the watch ended the command; null when it ended by itself. Valid after <see cref="End"/>.</summary>
    public JobOutcome? Ended => outcome;

    /// <summary>Whether the watch has begun to end the command.</summary>
    public bool Ending => ending;

    /// <summary>
    /// Seconds after the time limit that it was noticed; 0 unless the command was ended then. Valid after
    /// <see cref="End"/>.
    /// </summary>
    public double Late { get; private set; }

    /// <summary>The command runs; if the watch ended it before it was there, it ends now.</summary>
    public void Begin(int running)
    {
        process = running;
        if (killed)
            KillTree();
    }

    /// <summary>The command has ended; returns when the watch has done its work.</summary>
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
            which = WaitHandle.WaitAny(events, Milliseconds(left));
        if (which == 0)
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
        // What was stopped would not see it.
        ProcessTree.Signal(tree, Native.SigContinue);
        var patience = Native.Now() + job.KillGraceSeconds;
        while (Native.Now() < patience && !stop.Requested && Tree().Exists(member => !member.Ended))
            Thread.Sleep(PollInterval);
    }

    private void KillTree()
    {
        ProcessTree.KillAll(Tree);
        // Where processes cannot be listed, the command's own group is all that can be reached.
        if (!ProcessTree.CanList && process > 0)
            Native.Kill(-process, Native.SigKill);
    }

    private List<ListedProcess> Tree() => ProcessTree.Family(job.Id, others);

    // Rounded down, a limit would be looked at too early; the longest wait is three weeks, after which the loop waits
    // again.
    private static int Milliseconds(double seconds) => (int)Math.Ceiling(Math.Min(seconds, 2_000_000) * 1000);
}
