using System.Text.Json;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests;

public sealed class MachineStateSpecs : RunnerFixture
{
    private const string Cpus = "sys/devices/system/cpu";

    [Fact]
    public void A_machine_is_read_from_its_kernels_files()
    {
        Tree(smt: true, turbo: true, governor: "powersave", load: "0.10");
        var state = MachineState.Read(Folder);
        state.Processor.ShouldBe("Xeon 1");
        state.LogicalCpus.ShouldBe(4);
        state.Cores.ShouldBe(2);
        state.Sockets.ShouldBe(1);
        state.Smt.ShouldBe(true);
        state.Turbo.ShouldBe(true);
        state.Governors.ShouldBe(["powersave"]);
        state.NumaNodes.ShouldBe(["0-3"]);
        state.MemoryBytes.ShouldBe(1024L * 1000);
        state.TransparentHugePages.ShouldBe("madvise");
        state.Swappiness.ShouldBe(60);
        state.Virtual.ShouldBeFalse();
        state.Distribution.ShouldBe("Debian 12");
        state.Container.ShouldBeNull();
        (state.Load, state.LoadFiveMinutes, state.LoadFifteenMinutes,
            state.UptimeSeconds).ShouldBe((0.1, 0.2, 0.3, 1234.5));
    }

    [Fact]
    public void What_makes_timing_doubtful_is_said()
    {
        Tree(smt: true, turbo: true, governor: "powersave", load: "3.00");
        string.Join('\n', MachineState.Read(Folder).TimingConcerns()).ShouldSatisfyAllConditions(
            text => text.ShouldContain("SMT"), text => text.ShouldContain("turbo"),
            text => text.ShouldContain("powersave"), text => text.ShouldContain("load 3.0"));
    }

    [Theory]
    [InlineData("0", "00000000", "off")]
    [InlineData("1", "00000000", "partial")]
    [InlineData("2", "00000000", "full")]
    [InlineData("2", "00040000", "off")]
    [InlineData("2", null, "full")]
    [InlineData(null, null, null)]
    public void Randomised_addresses_are_part_of_the_state_and_their_absence_is_a_doubt(string? kernel,
        string? personality, string? expected)
    {
        Tree(smt: false, turbo: false, governor: "performance", load: "0.00");
        if (kernel is not null)
            Write("proc/sys/kernel/randomize_va_space", kernel + "\n");
        if (personality is not null)
            Write("proc/self/personality", personality + "\n");
        var state = MachineState.Read(Folder);
        state.AddressRandomization.ShouldBe(expected);
        state.TimingConcerns().Count(doubt => doubt.Contains("randomisation", StringComparison.Ordinal))
            .ShouldBe(expected is "off" or "partial" ? 1 : 0);
        state.StablePart().ShouldEndWith("\n" + expected);
    }

    [Fact]
    public void A_boot_is_known_and_does_not_make_another_machine()
    {
        Write("proc/sys/kernel/random/boot_id", "one\n");
        var before = MachineState.Read(Folder);
        Write("proc/sys/kernel/random/boot_id", "two\n");
        var after = MachineState.Read(Folder);
        (before.Boot, after.Boot).ShouldBe(("one", "two"));
        after.StablePart().ShouldBe(before.StablePart());
    }

    [Fact]
    public void A_tuned_machine_raises_no_doubt()
    {
        Tree(smt: false, turbo: false, governor: "performance", load: "0.00");
        MachineState.Read(Folder).TimingConcerns().ShouldBeEmpty();
    }

    [Fact]
    public void Load_is_no_part_of_what_must_stay_the_same_and_turbo_is()
    {
        Tree(smt: false, turbo: false, governor: "performance", load: "0.00");
        var before = MachineState.Read(Folder).StablePart();
        File.WriteAllText(In("proc/loadavg"), "9.00 1 1 1/1 1\n");
        MachineState.Read(Folder).StablePart().ShouldBe(before);
        File.WriteAllText(In($"{Cpus}/intel_pstate/no_turbo"), "0\n");
        MachineState.Read(Folder).StablePart().ShouldNotBe(before);
    }

    [Fact]
    public void Turbo_is_found_where_each_driver_keeps_it()
    {
        MachineState.Read(Folder).Turbo.ShouldBeNull();
        Write($"{Cpus}/online", "0-1\n");
        Write($"{Cpus}/cpu0/cpufreq/boost", "0\n");
        Write($"{Cpus}/cpu1/cpufreq/boost", "1\n");
        MachineState.Read(Folder).Turbo.ShouldBe(true);
        Write($"{Cpus}/cpufreq/boost", "0\n");
        MachineState.Read(Folder).Turbo.ShouldBe(false);
    }

    [Fact]
    public void Two_sockets_with_two_nodes_and_cpus_taken_out_are_counted()
    {
        // SMT was switched off: the second logical CPU of each core is not online.
        Write($"{Cpus}/online", "0-1,4-5\n");
        Write($"{Cpus}/smt/active", "0\n");
        foreach (var (cpu, socket) in new[] { (0, 0), (1, 0), (4, 1), (5, 1) })
        {
            Write($"{Cpus}/cpu{cpu}/topology/physical_package_id", $"{socket}\n");
            Write($"{Cpus}/cpu{cpu}/topology/core_id", $"{cpu % 2}\n");
        }
        foreach (var (node, list) in new[] { (0, "0-1"), (1, "4-5"), (10, "") })
            Write($"sys/devices/system/node/node{node}/cpulist", list + "\n");
        MachineState.Read(Folder).ShouldSatisfyAllConditions(
            state => state.LogicalCpus.ShouldBe(4), state => state.Cores.ShouldBe(4),
            state => state.Sockets.ShouldBe(2),
            state => state.Smt.ShouldBe(false), state => state.NumaNodes.ShouldBe(["0-1", "4-5", ""]));
    }

    [Fact]
    public void A_virtual_machine_with_a_busy_host_is_doubtful()
    {
        Tree(smt: false, turbo: false, governor: "performance", load: "0.00");
        Write("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu hypervisor sse\n");
        Write("sys/class/dmi/id/product_name", "KVM Guest\n");
        Write("proc/stat", "cpu  100 0 100 700 0 0 0 100 0 0\n");
        Write("proc/meminfo", "MemTotal: 1000 kB\nSwapTotal: 100 kB\nSwapFree: 40 kB\n");
        var state = MachineState.Read(Folder);
        state.StealShare.ShouldBe(0.1, 1e-9);
        state.SwapUsedBytes.ShouldBe(60 * 1024);
        string.Join('\n', state.TimingConcerns()).ShouldSatisfyAllConditions(
            text => text.ShouldContain("KVM Guest"), text => text.ShouldContain("10 %"),
            text => text.ShouldContain("swap"));
    }

    [Theory]
    [InlineData(".dockerenv", "", "docker")]
    [InlineData("run/.containerenv", "", "podman")]
    [InlineData("proc/1/environ", "A=b\0container=lxc\0C=d\0", "lxc")]
    [InlineData("proc/1/cgroup", "0::/kubepods.slice/pod1\n", "kubernetes")]
    [InlineData("proc/1/cgroup", "0::/init.scope\n", null)]
    public void A_container_is_told_by_its_marks(string file, string content, string? container)
    {
        Write(file, content);
        MachineState.Read(Folder).Container.ShouldBe(container);
    }

    [Fact]
    public void An_empty_tree_is_an_unknown_machine()
    {
        var state = MachineState.Read(Folder);
        state.Processor.ShouldBeNull();
        state.Turbo.ShouldBeNull();
        state.TimingConcerns().ShouldBeEmpty();
    }

    [Fact]
    public void The_runner_prints_this_machine()
    {
        using var process = Launch("machine");
        var state = JsonSerializer.Deserialize(process.StandardOutput.ReadToEnd(), ProtocolJson.Default.MachineState)!;
        state.LogicalCpus.ShouldBeGreaterThan(0);
        state.Kernel.ShouldBe(File.ReadAllText("/proc/sys/kernel/osrelease").Trim());
    }

    private void Tree(bool smt, bool turbo, string governor, string load)
    {
        var count = smt ? 4 : 2;
        Write("proc/cpuinfo", "processor\t: 0\nmodel name\t: Xeon 1\nflags\t\t: fpu sse\n");
        Write("proc/meminfo", "MemTotal:       1000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n");
        Write("proc/stat", "cpu  100 0 100 800 0 0 0 0 0 0\n");
        Write("proc/loadavg", load + " 0.2 0.3 1/100 1\n");
        Write("proc/uptime", "1234.50 2000.00\n");
        Write("proc/sys/kernel/osrelease", "6.1.0\n");
        Write("proc/sys/vm/swappiness", "60\n");
        Write("etc/os-release", "NAME=x\nPRETTY_NAME=\"Debian 12\"\n");
        Write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
        Write("sys/devices/system/node/node0/cpulist", $"0-{count - 1}\n");
        Write($"{Cpus}/online", $"0-{count - 1}\n");
        Write($"{Cpus}/smt/active", smt ? "1\n" : "0\n");
        Write($"{Cpus}/intel_pstate/no_turbo", turbo ? "0\n" : "1\n");
        for (var cpu = 0; cpu < count; cpu++)
        {
            Write($"{Cpus}/cpu{cpu}/topology/physical_package_id", "0\n");
            Write($"{Cpus}/cpu{cpu}/topology/core_id", $"{cpu % 2}\n");
            Write($"{Cpus}/cpu{cpu}/cpufreq/scaling_governor", governor + "\n");
        }
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
        File.WriteAllText(In(path), text);
    }
}
