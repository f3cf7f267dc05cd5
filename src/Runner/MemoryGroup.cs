using System.Globalization;

namespace Verus.Artifact.Runner;

/// <summary>
/// A control group for the memory of the tree, where this process may make one (version 2 with a delegated memory controller, or version 1).
/// The runner moves itself in, so that every process it starts is born there; its own two megabytes are part of the peak.
/// </summary>
internal sealed class MemoryGroup : IDisposable
{
    private readonly string folder;
    private readonly string before;
    private readonly bool second;
    private long killsBefore;

    private MemoryGroup(string folder, string before, bool second) => (this.folder, this.before, this.second) = (folder, before, second);

    /// <summary>Makes a group and moves this process there; null where that is not allowed.</summary>
    public static MemoryGroup? TryEnter(string jobId, long? limit)
    {
        foreach (var (root, second) in new[] { (Own("memory", "/sys/fs/cgroup/memory"), false), (Own("", "/sys/fs/cgroup"), true) })
        {
            if (root is null || (second && !Has(Path.Combine(root, "cgroup.controllers"), "memory")))
                continue;
            var group = new MemoryGroup(Path.Combine(root, "verus-artifact-" + jobId), root, second);
            try
            {
                Directory.CreateDirectory(group.folder);
                if (limit is { } bytes)
                    group.Limit(bytes);
                File.WriteAllText(Path.Combine(group.folder, "cgroup.procs"), Text(Environment.ProcessId));
                _ = group.Peak;
                group.killsBefore = group.Kills;
                return group;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or FormatException)
            {
                group.Dispose();
            }
        }
        return null;
    }

    /// <summary>Forgets the peak so far, where the kernel can; what happened before a measured run does not count.</summary>
    public void Reset()
    {
        Try(second ? "memory.peak" : "memory.max_usage_in_bytes", second ? "reset" : "0");
        killsBefore = Kills;
    }

    /// <summary>Highest memory of the group; bytes.</summary>
    public long Peak => long.Parse(Read(second ? "memory.peak" : "memory.max_usage_in_bytes"), CultureInfo.InvariantCulture);

    /// <summary>Whether the kernel killed a process of the group at its limit since the last <see cref="Reset"/>.</summary>
    public bool HasKilled => Kills > killsBefore;

    /// <summary>Moves this process back and removes the group.</summary>
    public void Dispose()
    {
        try
        {
            File.WriteAllText(Path.Combine(before, "cgroup.procs"), Text(Environment.ProcessId));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It was never moved, or cannot leave; then the group cannot be removed either.
        }
        for (var attempt = 0; attempt < 50; attempt++)
        {
            try
            {
                Directory.Delete(folder);
                return;
            }
            catch (DirectoryNotFoundException)
            {
                return;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // Processes that were killed leave the group a moment later.
                Thread.Sleep(2);
            }
        }
    }

    /// <summary>Removes the group of a job whose runner was killed.</summary>
    public static void Remove(string jobId)
    {
        foreach (var root in new[] { Own("memory", "/sys/fs/cgroup/memory"), Own("", "/sys/fs/cgroup") }.OfType<string>())
            if (Directory.Exists(Path.Combine(root, "verus-artifact-" + jobId)))
                new MemoryGroup(Path.Combine(root, "verus-artifact-" + jobId), root, false).Dispose();
    }

    private long Kills => Read(second ? "memory.events" : "memory.oom_control").Split('\n').Select(line => line.Split(' '))
        .Where(words => words is ["oom_kill", _]).Select(words => long.Parse(words[1], CultureInfo.InvariantCulture)).FirstOrDefault();

    private void Limit(long bytes)
    {
        File.WriteAllText(Path.Combine(folder, second ? "memory.max" : "memory.limit_in_bytes"), Text(bytes));
        // Without this a program at its limit would swap instead of being killed.
        if (second)
            Try("memory.swap.max", "0");
        else
            Try("memory.memsw.limit_in_bytes", Text(bytes));
    }

    // The group of this process: line "N:memory:/path" in version 1, "0::/path" in version 2.
    private static string? Own(string controller, string mount)
    {
        if (!Directory.Exists(mount))
            return null;
        foreach (var line in File.ReadAllLines("/proc/self/cgroup"))
        {
            var parts = line.Split(':', 3);
            if (parts.Length == 3 && parts[1].Split(',').Contains(controller))
            {
                var own = mount + (parts[2] == "/" ? "" : parts[2]);
                // In a container the path is that of the host and is not to be seen; the mount itself is the group then.
                return Directory.Exists(own) ? own : mount;
            }
        }
        return null;
    }

    private static bool Has(string file, string word) => File.Exists(file) && File.ReadAllText(file).Split([' ', '\n']).Contains(word);

    private string Read(string file) => File.ReadAllText(Path.Combine(folder, file)).Trim();

    private void Try(string file, string value)
    {
        try
        {
            File.WriteAllText(Path.Combine(folder, file), value);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Not in this kernel.
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
