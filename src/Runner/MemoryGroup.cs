using System.Globalization;

namespace Verus.Artifact.Runner;

/// <summary>
/// A control group for the memory of one run, where this process may make one: version 2 with a delegated memory controller, or version 1.
/// The runner is inside while the measured command is started, so that the command is born there, and until it has ended.
/// </summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string Prefix = "verus-artifact-";
    private const string FirstMount = "/sys/fs/cgroup/memory", SecondMount = "/sys/fs/cgroup";
    private static readonly string[] Limits =
        ["memory.max", "memory.high", "memory.swap.max", "pids.max", "cpu.max", "cpuset.cpus", "cpuset.mems"];
    private const string OwnOomScore = "/proc/self/oom_score_adj";
    private static readonly TimeSpan LeftOver = TimeSpan.FromMinutes(1);
    private readonly string folder;
    private readonly string home;
    private readonly bool second;
    private readonly bool limited;
    private string? oomScore;

    private MemoryGroup(string folder, string home, bool second, bool limited) =>
        (this.folder, this.home, this.second, this.limited) = (folder, home, second, limited);

    /// <summary>Makes a group; null where that is not allowed or would not measure.</summary>
    public static MemoryGroup? TryMake(string jobId, long? limit)
    {
        foreach (var (parent, home, second) in Places())
        {
            RemoveLeftOver(parent);
            var group = new MemoryGroup(Path.Combine(parent, Prefix + jobId), home, second, limit is not null);
            try
            {
                Directory.CreateDirectory(group.folder);
                if (limit is { } bytes)
                    group.Limit(bytes);
                // Going in and out again shows that both are allowed.
                Move(group.folder);
                Move(home);
                _ = group.Peak;
                _ = group.HasKilled;
                return group;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or FormatException)
            {
                group.Dispose();
            }
        }
        return null;
    }

    /// <summary>Highest memory of the group so far, file cache included; bytes.</summary>
    public long Peak => long.Parse(Read(second ? "memory.peak" : "memory.max_usage_in_bytes"), CultureInfo.InvariantCulture);

    /// <summary>Whether the kernel killed a process of the group because memory ran out.</summary>
    public bool HasKilled => Read(second ? "memory.events" : "memory.oom_control").Split('\n').Select(line => line.Split(' '))
        .Any(words => words is ["oom_kill", not "0"]);

    /// <summary>
    /// How often memory ran out for a process of the container that this runner is the first process of, whose group it may only read; null
    /// where it is in none, or the group does not tell.
    /// </summary>
    public static int? KillsInOwnContainer()
    {
        if (Environment.ProcessId != 1)
            return null;
        var file = Own("memory", FirstMount) is { } first ? Path.Combine(first, "memory.oom_control")
            : Own("", SecondMount) is { } second ? Path.Combine(second, "memory.events") : null;
        var words = file is null ? [] : Words(file);
        var at = Array.IndexOf(words, "oom_kill");
        return at >= 0 && at + 1 < words.Length ? int.Parse(words[at + 1], CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Moves this process in; what it starts from now on is born in the group.</summary>
    public void Enter()
    {
        Move(folder);
        // At the limit the kernel kills the largest process. Among many small ones that would be the runner, unless they inherit a worse
        // score.
        if (limited && TryRead(OwnOomScore) is { } score && TryWrite(OwnOomScore, "800"))
            oomScore = score;
    }

    /// <summary>Takes the worse score from this process again, once the command has inherited it.</summary>
    public void Started()
    {
        if (oomScore is not null)
            TryWrite(OwnOomScore, oomScore);
        oomScore = null;
    }

    /// <summary>Moves this process back and removes the group.</summary>
    public void Dispose()
    {
        Started();
        TryWrite(Path.Combine(home, "cgroup.procs"), Text(Environment.ProcessId));
        for (var attempt = 0; attempt < 50 && Directory.Exists(folder) && !TryRemove(folder); attempt++)
            Thread.Sleep(2); // Processes that were killed leave the group a moment later.
    }

    /// <summary>The processes in the group of a job whose runner was killed; they need not carry the job's mark.</summary>
    public static IEnumerable<int> ProcessesOf(string jobId) =>
        Groups(jobId).SelectMany(group => Words(Path.Combine(group, "cgroup.procs"))).Select(int.Parse);

    /// <summary>Removes the group of a job whose runner was killed.</summary>
    public static void Remove(string jobId)
    {
        foreach (var group in Groups(jobId))
            for (var attempt = 0; attempt < 50 && Directory.Exists(group) && !TryRemove(group); attempt++)
                Thread.Sleep(2);
    }

    private static IEnumerable<string> Groups(string jobId) =>
        Places().Select(place => Path.Combine(place.Parent, Prefix + jobId)).Where(Directory.Exists);

    // Where a group could be made, and where this process is now.
    private static IEnumerable<(string Parent, string Home, bool Second)> Places()
    {
        if (Own("memory", FirstMount) is { } first)
            yield return (first, first, false);
        if (Own("", SecondMount) is not { } own)
            yield break;
        // In version 2 a group that holds processes cannot hand controllers down (but for the root): then a group beside our own serves.
        var free = true;
        for (var parent = own; free && parent.StartsWith(SecondMount, StringComparison.Ordinal); parent = Path.GetDirectoryName(parent)!)
        {
            if (Words(Path.Combine(parent, "cgroup.subtree_control")).Contains("memory"))
                yield return (parent, own, true);
            // A limit that somebody set on us holds for what we measure, too: no way around it.
            free = Array.TrueForAll(Limits, file => Words(Path.Combine(parent, file)) is [] or ["max", ..]);
        }
    }

    // The group of this process: line "N:memory:/path" in version 1, "0::/path" in version 2.
    private static string? Own(string controller, string mount)
    {
        foreach (var line in (TryRead("/proc/self/cgroup") ?? "").Split('\n'))
            if (line.Split(':', 3) is [_, var controllers, var path] && controllers.Split(',').Contains(controller))
            {
                var own = mount + path.TrimEnd('/');
                // In a container the path may be that of the host, which is not to be seen; the mount itself is the group then.
                return Array.Find([own, mount], group => File.Exists(Path.Combine(group, "cgroup.procs")));
            }
        return null;
    }

    // Groups of runners that were killed. A young one may belong to a runner that has not moved in yet; one with processes cannot be
    // removed.
    private static void RemoveLeftOver(string parent)
    {
        foreach (var group in Directory.EnumerateDirectories(parent, Prefix + "*"))
            if (DateTime.UtcNow - Directory.GetCreationTimeUtc(group) > LeftOver)
                TryRemove(group);
    }

    private static void Move(string group) => File.WriteAllText(Path.Combine(group, "cgroup.procs"), Text(Environment.ProcessId));

    private void Limit(long bytes)
    {
        File.WriteAllText(Path.Combine(folder, second ? "memory.max" : "memory.limit_in_bytes"), Text(bytes));
        // Without this a program at its limit would swap instead of being killed. A kernel without swap accounting has no such file.
        TryWrite(Path.Combine(folder, second ? "memory.swap.max" : "memory.memsw.limit_in_bytes"), second ? "0" : Text(bytes));
    }

    private string Read(string file) => File.ReadAllText(Path.Combine(folder, file)).Trim();

    private static string[] Words(string file) => (TryRead(file) ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static string? TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool TryWrite(string file, string value)
    {
        try
        {
            File.WriteAllText(file, value);
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
