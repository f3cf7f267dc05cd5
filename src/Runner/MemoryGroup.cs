using System.Globalization;

namespace Verus.Artifact.Runner;

/// <summary>
/// A control group for the memory of one run, if this process may create one: the group is of version 2 with a
/// delegated memory controller, or of version 1. The runner joins the group before it starts the measured command, so
/// that the command starts in it, and stays until the command has ended.
/// </summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string Prefix = "verus-artifact-";
    private const string Current = "memory.current";
    private const string OwnOomScore = "/proc/self/oom_score_adj";
    private static readonly TimeSpan LeftOver = TimeSpan.FromMinutes(1);
    // After so many attempts to remove a group, every thread of the runner is moved out of it.
    private const int FewAttempts = 3;
    // The place where this process has made a group before.
    private static (string Parent, string Home, bool Second)? proven;
    private readonly string folder;
    private readonly string home;
    private readonly bool second;
    private readonly bool limited;
    private string? oomScore;
    private long sampled;

    private MemoryGroup(string folder, string home, bool second, bool limited) =>
        (this.folder, this.home, this.second, this.limited) = (folder, home, second, limited);

    /// <summary>Creates a control group for memory; returns null when creating one is not permitted, or the group would
    /// report nothing.</summary>
    public static MemoryGroup? TryMake(Cgroups groups, string jobId, long? limit)
    {
        if (groups == Cgroups.Here && proven is { } place && TryMakeIn(place, jobId, limit) is { } again)
            return again;
        foreach (var (parent, home, second) in groups.Places())
        {
            RemoveLeftOver(parent);
            var group = new MemoryGroup(Path.Combine(parent, Prefix + jobId), home, second, limit is not null);
            try
            {
                Directory.CreateDirectory(group.folder);
                if (limit is { } bytes)
                    group.Limit(bytes);
                // The runner joins and leaves the group once, to check that both are permitted.
                group.Move(group.folder);
                group.Move(home);
                _ = group.Peak;
                _ = group.HasKilled;
                if (groups == Cgroups.Here)
                    proven = (parent, home, second);
                return group;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or FormatException)
            {
                group.Dispose();
            }
        }
        return null;
    }

    private static MemoryGroup? TryMakeIn((string Parent, string Home, bool Second) place, string jobId, long? limit)
    {
        var group = new MemoryGroup(Path.Combine(place.Parent, Prefix + jobId), place.Home, place.Second,
            limit is not null);
        try
        {
            Directory.CreateDirectory(group.folder);
            if (limit is { } bytes)
                group.Limit(bytes);
            return group;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            group.Dispose();
            proven = null;
            return null;
        }
    }

    /// <summary>
    /// Peak memory of the group so far, in bytes, including file cache. The peak is null in version 2 before Linux
    /// 5.19, in which groups limit memory and report when it ran out, but have no peak.
    /// </summary>
    public long? Peak => second && !File.Exists(Path.Combine(folder, "memory.peak")) ? null
        : long.Parse(Read(second ? "memory.peak" : "memory.max_usage_in_bytes"), CultureInfo.InvariantCulture);

    /// <summary>
    /// Whether the kernel reports the memory that the group has now but no peak, so that the memory must be read
    /// repeatedly while the command runs.
    /// </summary>
    public bool NeedsSamples => second && Peak is null && File.Exists(Path.Combine(folder, Current));

    /// <summary>The largest memory that <see cref="Sample"/> has seen, in bytes, including file cache.</summary>
    public long Sampled => Interlocked.Read(ref sampled);

    /// <summary>Reads the memory that the group has now.</summary>
    public void Sample()
    {
        if (long.TryParse(Cgroups.TryRead(Path.Combine(folder, Current)), CultureInfo.InvariantCulture, out var now)
            && now > Sampled)
            Interlocked.Exchange(ref sampled, now);
    }

    /// <summary>Whether the kernel killed a process of the group because memory ran out.</summary>
    public bool HasKilled =>
        Read(second ? "memory.events" : "memory.oom_control").Split('\n').Select(line => line.Split(' '))
        .Any(words => words is ["oom_kill", not "0"]);

    /// <summary>
    /// How often memory ran out for a process of the container in which this runner is the first process; null when it
    /// is not the first process of a container.
    /// </summary>
    public static int? KillsInOwnContainer() => Environment.ProcessId == 1 ? Cgroups.Here.KillsInOwn() : null;

    /// <summary>Moves the runner's process into the group; processes that it starts from now on start in the
    /// group.</summary>
    public void Enter()
    {
        Move(folder);
        // At the memory limit, the kernel kills the largest process. Among many small processes, the largest would be
        // the runner, unless the others inherit a worse score.
        if (limited && Cgroups.TryRead(OwnOomScore) is { } score && TrySetOomScore("800"))
            oomScore = score;
    }

    /// <summary>Resets the score of the runner after the command has inherited the worse score.</summary>
    public void Started()
    {
        if (oomScore is not null)
            TrySetOomScore(oomScore);
        oomScore = null;
    }

    /// <summary>Moves the runner back into its former group, and removes the group of the run.</summary>
    public void Dispose()
    {
        Started();
        TryMove(home);
        for (var attempt = 0; attempt < 50 && Directory.Exists(folder) && !TryRemove(folder); attempt++)
        {
            Thread.Sleep(2); // Killed processes leave the group a moment later.
            if (attempt == FewAttempts)
                TryWrite(Path.Combine(home, "cgroup.procs"), Text(Environment.ProcessId));
        }
    }

    /// <summary>
    /// The processes in the group of a job whose runner was killed; such processes do not necessarily carry the job's
    /// mark.
    /// </summary>
    public static IEnumerable<int> ProcessesOf(string jobId) =>
        Groups(jobId).SelectMany(group => Cgroups.Words(Path.Combine(group, "cgroup.procs"))).Select(int.Parse);

    /// <summary>Removes the group of a job whose runner was killed.</summary>
    public static void Remove(string jobId)
    {
        foreach (var group in Groups(jobId))
            for (var attempt = 0; attempt < 50 && Directory.Exists(group) && !TryRemove(group); attempt++)
                Thread.Sleep(2);
    }

    private static IEnumerable<string> Groups(string jobId) =>
        Cgroups.Here.Places().Select(place => Path.Combine(place.Parent, Prefix + jobId)).Where(Directory.Exists);

    // The process makes itself visible while it writes the file, which belongs to root while the process is hidden.
    private static bool TrySetOomScore(string score)
    {
        Native.Hide(false);
        var set = TryWrite(OwnOomScore, score);
        Native.Hide(true);
        return set;
    }

    // Removes groups of runners that were killed. A recently created group is kept, since it may belong to a runner
    // that has not moved into it yet; a group that contains processes cannot be removed.
    private static void RemoveLeftOver(string parent)
    {
        foreach (var group in Directory.EnumerateDirectories(parent, Prefix + "*"))
            if (DateTime.UtcNow - Directory.GetCreationTimeUtc(group) > LeftOver)
                TryRemove(group);
    }

    // In version 1, the main thread moves only itself. The memory of a process is charged to the group of its main
    // thread, and processes that it starts begin in its group. To move a whole process, the kernel stops all processes
    // of the machine from forking and ending, which takes milliseconds.
    private void Move(string group)
    {
        if (second)
            Write(Path.Combine(group, "cgroup.procs"), Text(Environment.ProcessId));
        else
            Write(Path.Combine(group, "tasks"), "0");
    }

    private void TryMove(string group)
    {
        try
        {
            Move(group);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // The runner has never been in the group, or the group's folder is no group.
        }
    }

    private void Limit(long bytes)
    {
        Write(Path.Combine(folder, second ? "memory.max" : "memory.limit_in_bytes"), Text(bytes));
        // Without a limit on swap, a program at its memory limit would swap instead of being killed. A kernel without
        // swap accounting does not have the file for the limit on swap.
        TryWrite(Path.Combine(folder, second ? "memory.swap.max" : "memory.memsw.limit_in_bytes"),
            second ? "0" : Text(bytes));
    }

    private string Read(string file) => File.ReadAllText(Path.Combine(folder, file)).Trim();

    // Files of the kernel are written by one call, and are not truncated before.
    private static void Write(string file, string value)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(handle, System.Text.Encoding.ASCII.GetBytes(value), 0);
    }

    private static bool TryWrite(string file, string value)
    {
        try
        {
            Write(file, value);
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool TryRemove(string group)
    {
        try
        {
            Directory.Delete(group);
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
