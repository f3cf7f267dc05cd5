using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>
/// Reaps whatever ends below the runner, by the main thread only: orphans become children of the runner while the
/// command runs, and a service may end at any time. What is reaped late or never fills the machine's table of
/// processes.
/// </summary>
internal sealed class Children : IDisposable
{
    /// <summary>How a service ended that left of its own will.</summary>
    public const string Success = "exit code 0";

    private readonly Dictionary<int, string?> services = [];
    private readonly ManualResetEvent serviceEnded = new(false);
    private Native.Usage orphans;

    /// <summary>Set when a service has ended.</summary>
    public WaitHandle ServiceEnded => serviceEnded;

    /// <summary>Watches a process that is a service: its time is not the command's.</summary>
    public void AddService(int process) => services[process] = null;

    /// <summary>How a service ended; null while it runs.</summary>
    public string? EndOf(int service) => services[service];

    /// <summary>
    /// Waits until a process has ended, and leaves it to be reaped: as long as it is not, its number cannot be used
    /// again.
    /// </summary>
    /// <param name="process">The process.</param>
    /// <param name="ending">Whether the runner ends the job, for which it stops processes itself.</param>
    /// <returns>What was stopped by somebody else; null: nothing was.</returns>
    public Suspendable? WaitFor(int process, Func<bool> ending)
    {
        orphans = default;
        Suspendable? stopped = null;
        while (true)
        {
            var (child, ended) = Native.WaitForAny(0);
            if (child <= 0)
                throw new InvalidOperationException($"the kernel did not report the end of process {process}");
            // What the command does to its own children, a shell with jobs for one, is its own affair.
            if (!ended && (child == process || services.ContainsKey(child)) && !ending())
                stopped = child == process ? Suspendable.Command : Suspendable.Service;
            else if (ended && child == process)
                return stopped;
            else if (ended)
                Reap(child);
        }
    }

    /// <summary>
    /// Reaps those of these children that have ended; returns the orphans among them, and of each whether SIGKILL ended
    /// it.
    /// </summary>
    public List<(int Process, bool Killed)> Reap(IEnumerable<int> processes)
    {
        var reaped = new List<(int, bool)>();
        foreach (var process in processes)
            if (Reap(process) is { } status)
                reaped.Add((process, (status & 0x7f) == Native.SigKill));
        return reaped;
    }

    /// <summary>Looks which services have ended, while nobody waits for a command.</summary>
    public void LookAtServices()
    {
        foreach (var service in services.Where(pair => pair.Value is null).Select(pair => pair.Key).ToList())
            Reap(service);
    }

    /// <summary>Reaps the process and returns its status and what it and its orphans used.</summary>
    public (int Status, Native.Usage Usage) Take(int process)
    {
        if (Native.Wait(process, 0, out var status, out var usage) != process)
            throw new InvalidOperationException($"the kernel did not tell how process {process} ended");
        Add(ref usage, orphans);
        return (status, usage);
    }

    /// <inheritdoc/>
    public void Dispose() => serviceEnded.Dispose();

    // The status of an orphan; null for a service or what one of them left.
    private int? Reap(int process)
    {
        var ofService = services.Count > 0 && ProcessTree.SessionOf(process) is { } session
            && services.ContainsKey(session);
        if (Native.Wait(process, Native.NoHang, out var status, out var usage) != process)
            return null;
        if (services.ContainsKey(process))
        {
            services[process] = (status & 0x7f) == 0 ? $"exit code {(status >> 8) & 0xff}" : $"signal {status & 0x7f}";
            serviceEnded.Set();
        }
        if (ofService || services.ContainsKey(process))
            return null;
        Add(ref orphans, usage);
        return status;
    }

    private static void Add(ref Native.Usage sum, Native.Usage more)
    {
        sum.User.Seconds += more.User.Seconds;
        sum.User.Microseconds += more.User.Microseconds;
        sum.System.Seconds += more.System.Seconds;
        sum.System.Microseconds += more.System.Microseconds;
        sum.MaxResidentKilobytes = Math.Max(sum.MaxResidentKilobytes, more.MaxResidentKilobytes);
        sum.MajorFaults += more.MajorFaults;
        sum.InvoluntarySwitches += more.InvoluntarySwitches;
    }
}
