using System.Globalization;

namespace Verus.Artifact.Runner;

/// <summary>
/// The control groups of this process, according to the kernel's files below <paramref name="root"/>: <c>/</c>, or a
/// tree created for a test.
/// </summary>
internal sealed class Cgroups(string root)
{
    private static readonly string[] Limits =
        ["memory.max", "memory.high", "memory.swap.max", "pids.max", "cpu.max", "cpuset.cpus", "cpuset.mems"];

    /// <summary>The control groups of this machine.</summary>
    public static Cgroups Here { get; } = new("/");

    /// <summary>
    /// The places where a memory group could be created, best first: for each, the parent group, the group that this
    /// process is in now, and whether the groups are of version 2.
    /// </summary>
    public IEnumerable<(string Parent, string Home, bool Second)> Places()
    {
        if (First("memory") is { } first)
            yield return (first, first, false);
        if (Second() is not var (own, mount))
            yield break;
        // In version 2, a group that contains processes cannot delegate controllers (except the root), so a sibling of
        // the runner's own group is used.
        var free = true;
        for (var parent = own; free
            && parent.StartsWith(mount, StringComparison.Ordinal); parent = Path.GetDirectoryName(parent)!)
        {
            if (Words(Path.Combine(parent, "cgroup.subtree_control")).Contains("memory"))
                yield return (parent, own, true);
            // A memory limit that was set on the runner's group must apply to the measured command as well, and must
            // not be bypassed.
            free = Array.TrueForAll(Limits, file => Words(Path.Combine(parent, file)) is [] or ["max", ..]);
        }
    }

    /// <summary>
    /// How often memory ran out for a process in the control group of this process, which may be read-only; null when
    /// there is no such group, or the group does not report the number.
    /// </summary>
    public int? KillsInOwn()
    {
        var file = First("memory") is { } first ? Path.Combine(first, "memory.oom_control")
            : Second() is var (own, _) ? Path.Combine(own, "memory.events") : null;
        var words = file is null ? [] : Words(file);
        var at = Array.IndexOf(words, "oom_kill");
        return at >= 0 && at + 1 < words.Length ? int.Parse(words[at + 1], CultureInfo.InvariantCulture) : null;
    }

    /// <summary>
    /// The process count and limit of the enclosing group that is closest to its limit; null when no limit is set.
    /// </summary>
    public (long Used, long Limit)? Processes()
    {
        List<(long Used, long Limit)> found = [];
        foreach (var (own, mount) in new[] { Own("pids", Mount("pids")), Second() }.OfType<(string, string)>())
            for (var group = own; group.StartsWith(mount,
                StringComparison.Ordinal); group = Path.GetDirectoryName(group)!)
                if (Number(Path.Combine(group, "pids.current")) is { } used
                    && Number(Path.Combine(group, "pids.max")) is { } limit)
                    found.Add((used, limit));
        return found.Count == 0 ? null : found.MinBy(group => group.Limit - group.Used);
    }

    /// <summary>The words of a file; empty when the file cannot be read.</summary>
    public static string[] Words(string file) =>
        (TryRead(file) ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The content of a file without surrounding white space; null when the file cannot be read.</summary>
    public static string? TryRead(string file)
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

    private static long? Number(string file) =>
        Words(file) is [var word] && long.TryParse(word, CultureInfo.InvariantCulture, out var number) ? number : null;

    private string? First(string controller) => Own(controller, Mount(controller))?.Own;

    private (string Own, string Mount)? Second() => Own("", Mount(""));

    // The control group of this process, from the line "N:memory:/path" in version 1, or "0::/path" in version 2.
    private (string Own, string Mount)? Own(string controller, (string Point, string Root)? mount)
    {
        if (mount is not var (point, top))
            return null;
        foreach (var line in (TryRead(Path.Combine(root, "proc/self/cgroup")) ?? "").Split('\n'))
            if (line.Split(':', 3) is [_, var controllers, var path] && controllers.Split(',').Contains(controller))
            {
                var below = top != "/" && path.StartsWith(top, StringComparison.Ordinal) ? path[top.Length..] : path;
                // In a container, the path may be that of the host, which is not visible; in that case the mount point
                // itself is the group.
                return Array.Find([(point + below).TrimEnd('/'), point],
                    group => File.Exists(Path.Combine(group, "cgroup.procs"))) is { } own
                    ? (own, point)
                    : null;
            }
        return null;
    }

    // The mount point of a controller of version 1, or of version 2 (""), and the group that is its root, from a line
    // "36 35 98:0 /root /point options [fields] - type source options".
    private (string Point, string Root)? Mount(string controller)
    {
        foreach (var line in (TryRead(Path.Combine(root, "proc/self/mountinfo")) ?? "").Split('\n'))
            if (line.Split(" - ") is [var left, var right] && left.Split(' ') is [_, _, _, var top, var point, ..]
                && right.Split(' ') is [var type, _, var options, ..]
                && (controller.Length == 0
                    ? type == "cgroup2" : type == "cgroup" && options.Split(',').Contains(controller)))
                return (Path.Combine(root, point.TrimStart('/')), top);
        return null;
    }
}
