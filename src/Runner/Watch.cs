using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>While a command runs: ends its tree at the time limit, when the job is to stop, and when a service dies.</summary>
internal sealed class Watch : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    private readonly JobSpec job;
    private readonly Stop stop;
    private readonly Services services;
    private readonly IReadOnlyCollection<ListedProcess> others;
    private readonly double? timeout;
    private readonly ManualResetEvent begun = new(false), ended = new(false);
    private readonly Thread thread;
    private volatile bool idle;
    private int process;
    private JobOutcome? outcome;

    /// <summary>Makes the thread, so that making it is no part of what is measured. <paramref name="others"/> is not to be touched.</summary>
    public Watch(JobSpec job, Stop stop, Services services, IReadOnlyCollection<ListedProcess> others, double? timeout)
    {
        (this.job, this.stop, this.services, this.others, this.timeout) = (job, stop, services, others, timeout);
        thread = new Thread(Run) { IsBackground = true };
        thread.Start();
    }

    /// <summary>How the watch ended the command; null when it ended by itself. Valid after <see cref="End"/>.</summary>
    public JobOutcome? Ended => outcome;

    /// <summary>Why, where there is more to say.</summary>
    public string? Error { get; private set; }

    /// <summary>The command runs.</summary>
    public void Begin(int running)
    {
        process = running;
        begun.Set();
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
        idle = true;
        begun.Set();
        End();
        begun.Dispose();
        ended.Dispose();
    }

    private void Run()
    {
        begun.WaitOne();
        if (idle)
            return;
        var deadline = timeout is { } seconds ? Native.Now() + seconds : double.PositiveInfinity;
        while (true)
        {
            var left = deadline - Native.Now();
            if (left <= 0)
            {
                (outcome, Error) = (JobOutcome.TimedOut, FormattableString.Invariant($"Killed at the time limit of {timeout:0.###} s."));
                AskThenKill();
                return;
            }
            switch (WaitHandle.WaitAny([ended, stop.Handle, services.AnyEnded], Milliseconds(left)))
            {
                case 0:
                    return;
                case 1:
                    outcome = JobOutcome.Cancelled;
                    KillTree();
                    return;
                case 2:
                    (outcome, Error) = (JobOutcome.ServiceFailed, services.Dead());
                    KillTree();
                    return;
            }
        }
    }

    private void AskThenKill()
    {
        var tree = Tree();
        ProcessTree.Signal(tree, Native.SigTerm);
        // What was stopped would not see it.
        ProcessTree.Signal(tree, Native.SigContinue);
        var patience = Native.Now() + job.KillGraceSeconds;
        while (Native.Now() < patience && !stop.Requested && Tree().Count > 0)
            Thread.Sleep(Look);
        KillTree();
    }

    private void KillTree()
    {
        ProcessTree.KillAll(Tree);
        // Where processes cannot be listed, the command's own group is all that can be reached.
        if (!ProcessTree.CanList)
            Native.Kill(-process, Native.SigKill);
    }

    private List<ListedProcess> Tree() => ProcessTree.Members(job.Id, others);

    // Rounded down, a limit would be looked at too early; the longest wait is three weeks, after which the loop waits again.
    private static int Milliseconds(double seconds) => (int)Math.Ceiling(Math.Min(seconds, 2_000_000) * 1000);
}
