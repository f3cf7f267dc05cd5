using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>
/// Reaps every process that ends below the runner, on the main thread only. Orphans become children of the runner while
/// the command runs, and a service may end at any time. Processes that are reaped late or never would fill the process
/// table of the machine.
/// </summary>
internal sealed class Children : IDisposable
{
    /// <summary>The description of the end of a service that exited successfully by itself.</summary>
    public const string Success = "exit code 0";

    private readonly Dictionary<int, string?> services = [];
    private readonly ManualResetEvent serviceEnded = new(false);
    private readonly Dictionary<int, double> seconds = [];
    private Native.Usage orphans;

    /// <summary>The handle that is set when a service of the job has ended.</summary>
    public WaitHandle ServiceEnded => serviceEnded;

    /// <summary>
    /// The CPU time of an orphan that was reaped during this run, with that of the children that it waited for, in
    /// seconds; 0 for any other process.
    /// </summary>
    public double SecondsOf(int orphan) => seconds.GetValueOrDefault(orphan);

    /// <summary>Registers a process as a service, whose time does not count as the command's.</summary>
    public void AddService(int process) => services[process] = null;

    /// <summary>Describes how a service ended; null while the service runs.</summary>
    public string? EndOf(int service) => services[service];

    /// <summary>
    /// Waits until a process has ended without reaping it, because its process id cannot be reused until it is reaped.
    /// </summary>
    /// <param name="process">The process id.</param>
    /// <param name="ending">Whether the runner is ending the job, in which case the runner itself stops
    /// processes.</param>
    /// <returns>The part of the job that another process stopped; null when nothing was stopped.</returns>
    public Suspendable? WaitFor(int process, Func<bool> ending)
    {
        orphans = default;
        seconds.Clear();
        Suspendable? stopped = null;
        while (true)
        {
            var (child, ended) = Native.WaitForAny(0);
            if (child <= 0)
                throw new InvalidOperationException($"the kernel did not report the end of process {process}");
            // The children of the command are ignored: a command may stop its own children, as a shell with jobs does.
            if (!ended && (child == process || services.ContainsKey(child)) && !ending())
                stopped = child == process ? Suspendable.Command : Suspendable.Service;
            else if (ended && child == process)
                return stopped;
            else if (ended)
                Reap(child);
        }
    }

    /// <summary>
    /// Reaps those of the given children that have ended; returns the orphans among them, and whether SIGKILL ended
    /// each of them.
    /// </summary>
    public List<(int Process, bool Killed)> Reap(IEnumerable<int> processes)
    {
        var reaped = new List<(int, bool)>();
        foreach (var process in processes)
            if (Reap(process) is { } status)
                reaped.Add((process, (status & 0x7f) == Native.SigKill));
        return reaped;
    }

    /// <summary>Checks which services have ended; called while the runner does not wait for a command.</summary>
    public void CheckServices()
    {
        foreach (var service in services.Where(pair => pair.Value is null).Select(pair => pair.Key).ToList())
            Reap(service);
    }

    /// <summary>
    /// Reaps the command's process, and returns its status and the resource usage of the process and of the processes
    /// that it waited for.
    /// </summary>
    public static (int Status, Native.Usage Usage) Take(int process)
    {
        if (Native.Wait(process, 0, out var status, out var usage) != process)
            throw new InvalidOperationException($"the kernel did not tell how process {process} ended");
        return (status, usage);
    }

    /// <summary>A resource usage together with that of the orphans that were reaped in this run.</summary>
    public Native.Usage WithOrphans(Native.Usage usage)
    {
        Add(ref usage, orphans);
        return usage;
    }

    /// <inheritdoc/>
    public void Dispose() => serviceEnded.Dispose();

    // Returns the status of an orphan; null for a service, or for a process that a service left behind.
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
        seconds[process] = usage.User.Total + usage.System.Total;
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
