using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests;

/// <summary>
/// Tests the runner in a guest whose kernel has control groups of version 2 alone: once with the peak that the kernel
/// reports, and once without, as before Linux 5.19. The guest has Debian's kernel and is emulated.
/// </summary>
public sealed class SecondVersionSpecs : RunnerFixture
{
    private const long Megabyte = 1 << 20;

    // The runner is in a group of its own below one that hands the memory controller down, as in a delegated scope.
    private const string Init = """
        #!/bin/busybox sh
        /bin/busybox --install -s
        mount -t proc none /proc; mount -t sysfs none /sys; mount -t devtmpfs none /dev; mount -t tmpfs none /tmp
        mount -t cgroup2 none /sys/fs/cgroup
        mkdir /sys/fs/cgroup/scope /sys/fs/cgroup/scope/own
        echo '+memory +pids' > /sys/fs/cgroup/cgroup.subtree_control
        echo '+memory +pids' > /sys/fs/cgroup/scope/cgroup.subtree_control
        echo $$ > /sys/fs/cgroup/scope/own/cgroup.procs
        for job in /jobs/*.json; do
          name=$(basename $job .json)
          case $name in without-*) /without memory.peak /runner run $job /tmp/$name;; *) /runner run $job /tmp/$name;; esac
          echo "RESULT $name $(cat /tmp/$name)"
        done
        echo "LEFT $(ls -d /sys/fs/cgroup/scope/verus-artifact-* 2>/dev/null | wc -l) $(ps | grep -c '[e]ater')"
        poweroff -f

        """;

    [Fact]
    public void With_version_2_alone_memory_is_measured_and_limited_and_nothing_stays()
    {
        var console = Boot(
        [
            ("peak", Eater("2", "48", "400")),
            ("limit", Eater("1", "200", "10") with { MemoryLimitBytes = 64 * Megabyte }),
            ("leave", Eater("leave")),
            ("without-peak", Eater("2", "48", "400")),
            ("without-limit", Eater("1", "200", "10") with { MemoryLimitBytes = 64 * Megabyte }),
        ]);
        var peak = Result(console, "peak");
        peak.Outcome.ShouldBe(JobOutcome.Exited, peak.Error);
        peak.Measurement!.MemoryMethod.ShouldBe(MemoryMethod.Cgroup);
        // Two processes have 48 MiB each at the same time, which the largest process alone does not show.
        peak.Measurement.PeakMemoryBytes.ShouldBeInRange(96 * Megabyte, 160 * Megabyte);

        var sampled = Result(console, "without-peak");
        sampled.Outcome.ShouldBe(JobOutcome.Exited, sampled.Error);
        sampled.Measurement!.MemoryMethod.ShouldBe(MemoryMethod.Sampled);
        sampled.Measurement.PeakMemoryBytes.ShouldBeInRange(90 * Megabyte, 160 * Megabyte);

        foreach (var name in new[] { "limit", "without-limit" }.AtLeastOne())
        {
            Result(console, name).Outcome.ShouldBe(JobOutcome.OutOfMemory, name);
            Result(console, name).Error!.ShouldContain("the limit is 67108864 bytes");
        }
        Result(console, "leave").Leftovers.ShouldBeGreaterThan(0);
        console.ShouldContain("LEFT 0 0");
    }

    private static JobSpec Eater(params string[] arguments) => new()
    {
        Id = Guid.NewGuid().ToString("N"),
        TimeoutSeconds = 60,
        Command = new CommandSpec
        {
            Arguments = ["/eater", .. arguments],
            WorkingDirectory = "/tmp",
            StandardOutput = "/tmp/out.txt",
            StandardError = "/tmp/err.txt",
        },
    };

    private static JobResult Result(string console, string name) => JsonSerializer.Deserialize(
        Regex.Match(console, $@"RESULT {name} (\{{.*\}})\r?$", RegexOptions.Multiline) is { Success: true } match
            ? match.Groups[1].Value : throw new InvalidOperationException($"no result of {name} in: {console}"),
        ProtocolJson.Default.JobResult)!;

    // Boots the guest of the tests of virtual machines, with an initial file system that follows its own.
    private string Boot(IReadOnlyList<(string Name, JobSpec Job)> jobs)
    {
        var guest = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../test-vm"));
        if (!File.Exists(Path.Combine(guest, "initrd")))
            Assert.Skip("there is no guest: run eng/test-vm.sh on Debian, with busybox-static and dropbear-bin");
        var root = Directory.CreateDirectory(In("root")).FullName;
        Directory.CreateDirectory(Path.Combine(root, "jobs"));
        foreach (var (name, job) in jobs)
            File.WriteAllBytes(Path.Combine(root, "jobs", name + ".json"),
                JsonSerializer.SerializeToUtf8Bytes(job, ProtocolJson.Default.JobSpec));
        File.Copy(Runner, Path.Combine(root, "runner"));
        foreach (var program in new[] { "eater", "without" })
            File.Move(Compile(program, "-static"), Path.Combine(root, program));
        File.WriteAllText(Path.Combine(root, "init"), Init.ReplaceLineEndings("\n"));
        Programs.Shell(root, "chmod 755 init runner && find . | busybox cpio -o -H newc 2>/dev/null | gzip -1 "
            + $"| cat {guest}/initrd - > ../initrd").Succeeds();
        try
        {
            return Programs.Run(new ProcessStartInfo("qemu-system-x86_64", ["-accel", "tcg", "-cpu", "max", "-m", "768",
                "-kernel", Path.Combine(guest, "kernel"), "-initrd", In("initrd"), "-nographic", "-no-reboot", "-nic",
                "none", "-append", "console=ttyS0 loglevel=0 panic=-1 cgroup_no_v1=all"]), TimeSpan.FromMinutes(4))
                .Succeeds().Output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("QEMU is not installed (Debian: apt-get install qemu-system-x86)");
            throw;
        }
    }
}
