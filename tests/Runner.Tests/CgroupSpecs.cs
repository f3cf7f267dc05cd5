using Verus.Artifact.Runner;

namespace Verus.Artifact.Tests;

/// <summary>Tests where control groups are found, on trees of files as kernels and containers show them.</summary>
public sealed class CgroupSpecs : RunnerFixture
{
    private Cgroups Tree => new(Folder);

    [Fact]
    public void Version_1_is_found_where_it_is_mounted()
    {
        Kernel("9:cpu:/\n4:memory,hugetlb:/user/me\n",
            "30 20 0:1 / /dev/cgroup/mem rw - cgroup cgroup rw,memory,hugetlb\n");
        Group("dev/cgroup/mem");
        Group("dev/cgroup/mem/user/me");
        Tree.Places().ShouldBe([(In("dev/cgroup/mem/user/me"), In("dev/cgroup/mem/user/me"), false)]);
    }

    [Fact]
    public void In_a_container_the_mount_itself_is_the_group()
    {
        Kernel("4:memory:/docker/abc\n", "30 20 0:1 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
        Group("sys/fs/cgroup/memory");
        Tree.Places().ShouldHaveSingleItem().Parent.ShouldBe(In("sys/fs/cgroup/memory"));
    }

    [Fact]
    public void Version_2_is_used_where_the_memory_controller_is_handed_down()
    {
        Second("0::/user.slice/app\n");
        Group("sys/fs/cgroup/user.slice", ("cgroup.subtree_control", "cpu memory pids"));
        Group("sys/fs/cgroup/user.slice/app", ("cgroup.subtree_control", ""));
        Tree.Places().ShouldBe([(In("sys/fs/cgroup/user.slice"), In("sys/fs/cgroup/user.slice/app"), true)]);
    }

    [Fact]
    public void A_group_with_a_limit_of_its_own_is_not_left()
    {
        Second("0::/user.slice/app\n");
        Group("sys/fs/cgroup/user.slice", ("cgroup.subtree_control", "memory"));
        Group("sys/fs/cgroup/user.slice/app", ("memory.max", "1000000"));
        Tree.Places().ShouldBeEmpty();
    }

    [Fact]
    public void Both_versions_side_by_side_are_two_places_and_none_is_none()
    {
        Kernel("4:memory:/\n0::/\n",
            "30 20 0:1 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n31 20 0:2 / /sys/fs/cgroup/unified rw - "
                + "cgroup2 cgroup2 rw\n");
        Group("sys/fs/cgroup/memory");
        Group("sys/fs/cgroup/unified", ("cgroup.subtree_control", "memory"));
        Tree.Places().Select(place => place.Second).ShouldBe([false, true]);
        Kernel("", "");
        Tree.Places().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("5000", 5000L)]
    [InlineData(null, null)]
    public void Version_2_measures_a_peak_where_the_kernel_has_one_and_limits_where_it_has_none(string? peak,
        long? expected)
    {
        Second("0::/\n");
        Group("sys/fs/cgroup", ("cgroup.subtree_control", "memory"));
        var own = $"sys/fs/cgroup/verus-artifact-{Id}";
        Group(own, ("memory.events", "low 0\noom 0\noom_kill 0\n"), ("memory.max", "max"));
        if (peak is not null)
            File.WriteAllText(In($"{own}/memory.peak"), peak);
        using var group = MemoryGroup.TryMake(Tree, Id, 1 << 20);
        group.ShouldNotBeNull();
        group.Peak.ShouldBe(expected);
        group.HasKilled.ShouldBeFalse();
        File.ReadAllText(In($"{own}/memory.max")).ShouldBe("1048576");
        File.WriteAllText(In($"{own}/memory.events"), "oom_kill 2\n");
        group.HasKilled.ShouldBeTrue();
    }

    [Fact]
    public void Without_a_peak_the_largest_reading_counts()
    {
        Second("0::/\n");
        Group("sys/fs/cgroup", ("cgroup.subtree_control", "memory"));
        var own = $"sys/fs/cgroup/verus-artifact-{Id}";
        Group(own, ("memory.events", "oom_kill 0\n"), ("memory.current", "4096\n"));
        using var group = MemoryGroup.TryMake(Tree, Id, null);
        group.ShouldNotBeNull();
        group.NeedsSamples.ShouldBeTrue();
        foreach (var now in new[] { "4096\n", "9000\n", "unreadable", "5000\n" })
        {
            File.WriteAllText(In($"{own}/memory.current"), now);
            group.Sample();
        }
        group.Sampled.ShouldBe(9000);
        File.WriteAllText(In($"{own}/memory.peak"), "9500\n");
        group.NeedsSamples.ShouldBeFalse("the kernel has a peak");
    }

    [Fact]
    public void The_closest_limit_of_processes_counts()
    {
        Second("0::/a/b\n");
        Group("sys/fs/cgroup", ("pids.current", "500"));
        Group("sys/fs/cgroup/a", ("pids.current", "90"), ("pids.max", "100"));
        Group("sys/fs/cgroup/a/b", ("pids.current", "20"), ("pids.max", "max"));
        Tree.Processes().ShouldBe((90, 100));
    }

    private void Second(string own) =>
        Kernel(own, "31 20 0:2 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n");

    private void Kernel(string groups, string mounts)
    {
        Directory.CreateDirectory(In("proc/self"));
        File.WriteAllText(In("proc/self/cgroup"), groups);
        File.WriteAllText(In("proc/self/mountinfo"), mounts);
    }

    private void Group(string path, params (string Name, string Text)[] files)
    {
        Directory.CreateDirectory(In(path));
        File.WriteAllText(In($"{path}/cgroup.procs"), "");
        foreach (var (name, text) in files)
            File.WriteAllText(In($"{path}/{name}"), text);
    }
}
