namespace Verus.Artifact.Runner;

/// <summary>
/// Everything of the runner's process that the processes which it starts inherit, and that a command may change from
/// outside: <c>prlimit</c>, <c>renice</c>, <c>taskset</c>, <c>chrt</c>, <c>ionice</c>, <c>choom</c> and control groups
/// all take the id of another process. A runner whose state was changed runs no further job.
/// </summary>
internal sealed class OwnState
{
    private static readonly string[] Files =
        ["/proc/self/oom_score_adj", "/proc/self/timerslack_ns", "/proc/self/cgroup"];
    private readonly (ulong, ulong)[] limits = Native.Limits();
    private readonly (int, int, int) scheduling = Native.Scheduling();
    private readonly List<int> cpus = [.. Protocol.CpuList.Allowed()];
    private readonly string?[] texts = [.. Files.Select(Cgroups.TryRead)];

    /// <summary>Whether the state is the same now as when this object was created.</summary>
    public bool IsUnchanged()
    {
        var now = new OwnState();
        return limits.AsSpan().SequenceEqual(now.limits) && scheduling == now.scheduling
            && cpus.SequenceEqual(now.cpus) && texts.AsSpan().SequenceEqual(now.texts);
    }
}
