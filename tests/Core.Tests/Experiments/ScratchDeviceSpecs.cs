using System.Diagnostics;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Places;
using Verus.Artifact.Places.Host;

namespace Verus.Artifact.Tests.Experiments;

public sealed class ScratchDeviceSpecs : EngineFixture
{
    [Theory]
    [InlineData("/dev/pmem0 /mnt/pmem ext4 rw 0 0", "/dev/pmem0 is mounted at /mnt/pmem")]
    [InlineData("/dev/pmem0p1 /home ext4 rw 0 0", "/dev/pmem0p1 is mounted at /home")]
    [InlineData("/dev/pmem0\tpartition\t1024\t0\t-2", "/dev/pmem0 serves as swap")]
    [InlineData("/dev/pmem01 /mnt/other ext4 rw 0 0", null)]
    [InlineData("none /dev/pmem0 tmpfs rw 0 0", null)]
    public void A_device_that_the_kernel_lists_is_in_use(string line, string? use) =>
        ScratchDevice.UseOf(["/dev/pmem0", "/dev/pmem0p1"], ["proc /proc proc rw 0 0", line]).ShouldBe(use);

    [Fact]
    public async Task A_device_with_a_file_system_is_refused_unless_it_may_be_lost()
    {
        var device = Path.Combine(Folder, "device");
        using (var file = File.Create(device))
            file.SetLength(8 << 20);
        (await LackingAsync()).ShouldBeEmpty();
        using (var make = Process.Start("/sbin/mkfs.ext4", ["-q", "-F", device]))
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        var problem = await Should.ThrowAsync<DiagnosticException>(() => LackingAsync());
        problem.Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(ExperimentRules.DeviceInUse);
        problem.Message.ShouldContain("ext4");
        problem.Message.ShouldContain("OverwriteDevice");
        (await LackingAsync(("OverwriteDevice", "true"))).ShouldBeEmpty();
        File.Delete(device);
        (await LackingAsync()).ShouldHaveSingleItem().What.ShouldBe($"device {device}");

        Task<IReadOnlyList<Verus.Artifact.Tools.Shortfall>> LackingAsync(params (string, string)[] metadata) => new HostExecutor(Runner)
            .LackingAsync(Experiment("Write", [("Command", "true"), ("Device", device), .. metadata]), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_is_mounted_is_refused_even_where_it_may_be_lost()
    {
        var mounted = File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')[0]).FirstOrDefault(name => name.StartsWith("/dev/", StringComparison.Ordinal) && File.Exists(name));
        if (mounted is null)
            Assert.Skip("no block device is mounted here");
        (await Should.ThrowAsync<DiagnosticException>(() => new HostExecutor(Runner)
            .LackingAsync(Experiment("Write", ("Command", "true"), ("Device", mounted), ("OverwriteDevice", "true")), TestContext.Current.CancellationToken)))
            .Message.ShouldContain("is mounted at");
    }
}
