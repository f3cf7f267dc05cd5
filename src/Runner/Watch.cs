using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>While a command runs: ends its tree at the time limit, when the job is to stop, and when a service dies.</summary>
internal sealed class Watch : IDisposable
{
    private readonly JobSpec job;
    private readonly Stop stop;
    private readonly Services services;
    private readonly IReadOnlyCollection<int> others;
    private readonly double? timeout;
    private readonly ManualResetEventSlim begun = new(), ended = new();
    private readonly Thread thread;
    private volatile bool idle;
    private JobOutcome? outcome;

    /// <summary>Makes the thread, so that making it is no part of what is measured.</summary>
    public Watch(JobSpec job, Stop stop, Services services, IReadOnlyCollection<int> others, double? timeout)
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
    public void Begin(int process) => begun.Set();

    /// <summary>The command has ended.</summary>
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
        begun.Wait();
        if (idle)
            return;
        var deadline = timeout is { } seconds ? Native.Now() + seconds : double.PositiveInfinity;
        while (true)
        {
            var left = deadline - Native.Now();
            // Services are looked at twenty times a second; without them the thread sleeps until something happens.
            var pause = services.Processes.Count > 0 ? Math.Min(left, 0.05) : left;
            var woken = WaitHandle.WaitAny([ended.WaitHandle, stop.Handle], Milliseconds(pause));
            if (woken == 0)
                return;
            if (stop.Requested)
            {
                outcome = JobOutcome.Cancelled;
                KillTree();
                return;
            }
            if (services.Dead() is { } dead)
            {
                (outcome, Error) = (JobOutcome.ServiceFailed, dead);
                KillTree();
                return;
            }
            if (Native.Now() >= deadline)
            {
                outcome = JobOutcome.TimedOut;
                Error = FormattableString.Invariant($"Killed at the time limit of {timeout:0.###} s.");
                AskThenKill();
                return;
            }
        }
    }

    private void AskThenKill()
    {
        foreach (var process in Tree())
            Native.Kill(process, Native.SigTerm);
        if (!ended.Wait(Milliseconds(job.KillGraceSeconds)) || stop.Requested)
            KillTree();
    }

    private void KillTree() => ProcessTree.KillAll(Tree);

    private List<int> Tree() => ProcessTree.Members(job.Id, others);

    private static int Milliseconds(double seconds) => seconds > 2_000_000 ? Timeout.Infinite : (int)Math.Ceiling(Math.Max(0, seconds) * 1000);
}
