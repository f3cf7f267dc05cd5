using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Places;
using Verus.Artifact.Places.Host;

namespace Verus.Artifact.Tests.Experiments;

public sealed class ScratchDeviceSpecs : EngineFixture
{
    // Tests names of devices that an honest user may write, such as a link of udev, and names that only an attacker
    // would write.
    public static TheoryData<string> Names =>
        ["as it is", "two slashes", "a dot", "up and down", "a link", "another node", "its disk", "its partition"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_mounted_device_is_refused_by_whatever_name(string name)
    {
        using var disk = LoopDisk.Make(Folder, partition: name is "its disk" or "its partition");
        var mounted = name == "its disk" ? disk.Partition! : disk.Node;
        disk.Mount(mounted);
        var node = Path.GetFileName(disk.Node);
        var written = name switch
        {
            "two slashes" => $"/dev//{node}",
            "a dot" => $"/dev/./{node}",
            "up and down" => $"/dev/../dev/{node}",
            "a link" => Path.Combine(Folder, "link"),
            "another node" => Path.Combine(Folder, "node"),
            "its partition" => disk.Partition!,
            _ => disk.Node,
        };
        if (name == "a link")
            File.CreateSymbolicLink(written, disk.Node);
        if (name == "another node")
            LoopDisk.Run("mknod", written, "b", "7", node["loop".Length..]);
        (await RefusedAsync(written)).ShouldContain("is mounted at");
        disk.Unmount();
        // A device that is not in use must be accepted, so that the check cannot simply refuse everything.
        (await new HostExecutor(Runner).FindMissingAsync(Overwriting(written), TestContext.Current.CancellationToken))
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task What_backs_a_loop_device_is_refused_and_so_is_what_another_program_has_to_itself()
    {
        using var disk = LoopDisk.Make(Folder, partition: false);
        (await RefusedAsync(disk.File)).ShouldContain($"'{disk.Node}' reads and writes");
        using (File.OpenHandle(disk.Node))
            (await new HostExecutor(Runner).FindMissingAsync(Overwriting(disk.Node),
                TestContext.Current.CancellationToken))
                .ShouldBeEmpty();
        LoopDisk.Run("mkswap", "-q", disk.Node);
        LoopDisk.Run("swapon", disk.Node);
        try
        {
            (await RefusedAsync(disk.Node)).ShouldContain("is used as swap");
        }
        finally
        {
            LoopDisk.Run("swapoff", disk.Node);
        }
    }

    [Fact]
    public async Task A_device_that_was_mounted_between_two_samples_is_left_alone()
    {
        using var disk = LoopDisk.Make(Folder, partition: false);
        var experiment = Overwriting(disk.Node);
        await RunAsync(1, experiment);
        Read().Samples.Count.ShouldBe(1);
        disk.Mount(disk.Node);
        var attempt = new Attempt(Path.Combine(Folder, "attempt"));
        await Should.ThrowAsync<DiagnosticException>(() =>
            new HostExecutor(Runner).RunAsync(experiment, null!, attempt, [], TestContext.Current.CancellationToken));
    }

    // Volumes, arrays and file systems of several devices cannot be made on every machine, but the files in which the
    // kernel describes them can.
    [Theory]
    [InlineData("a volume", 8, 3, "'/dev/sda3' is a part of '/dev/dm-0'")]
    [InlineData("a volume", 8, 0, "'/dev/sda3' is a part of '/dev/dm-0'")]
    [InlineData("a volume", 8, 1, null)]
    [InlineData("a volume on a mapped volume", 252, 0, "'/dev/dm-0' is a part of '/dev/dm-1'")]
    [InlineData("btrfs", 8, 1, "'/dev/sda1' is a part of a mounted Btrfs file system")]
    public void What_is_made_of_a_device_uses_it(string made, uint major, uint minor, string? use)
    {
        var devices = new (string Path, string Number)[] { ("sda", "8:0"), ("sda/sda1", "8:1"), ("sda/sda3", "8:3"),
            ("dm-0", "252:0"), ("dm-1", "252:1") };
        foreach (var (path, number) in devices)
        {
            var folder = Path.Combine(Folder, "sys/devices", path);
            Directory.CreateDirectory(Path.Combine(folder, "holders"));
            File.WriteAllText(Path.Combine(folder, "dev"), number + "\n");
            if (path.Contains('/'))
                File.WriteAllText(Path.Combine(folder, "partition"), "1\n");
            Link($"sys/dev/block/{number}", folder);
        }
        if (made.StartsWith("a volume", StringComparison.Ordinal))
            Link("sys/devices/sda/sda3/holders/dm-0", Path.Combine(Folder, "sys/devices/dm-0"));
        if (made == "a volume on a mapped volume")
            Link("sys/devices/dm-0/holders/dm-1", Path.Combine(Folder, "sys/devices/dm-1"));
        if (made == "btrfs")
            Link("sys/fs/btrfs/some/devices/sda1", Path.Combine(Folder, "sys/devices/sda/sda1"));
        new BlockDeviceUse(Folder).Of(new DeviceNumber(major, minor)).ShouldBe(use);

        void Link(string path, string target)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Folder, path))!);
            Directory.CreateSymbolicLink(Path.Combine(Folder, path), target);
        }
    }

    [Theory]
    [InlineData("/dev/null", "a character device")]
    [InlineData("/", "a folder")]
    [InlineData("/no/such/device", "no such file")]
    public async Task What_is_no_device_is_lacking(string path, string words) =>
        (await new HostExecutor(Runner).FindMissingAsync(Overwriting(path), TestContext.Current.CancellationToken))
            .ShouldHaveSingleItem().Found.ShouldContain(words);

    [Fact]
    public async Task A_device_with_a_file_system_is_refused_unless_it_may_be_lost()
    {
        var device = Path.Combine(Folder, "device");
        using (var file = File.Create(device))
            file.SetLength(8 << 20);
        (await FindMissingAsync()).ShouldBeEmpty();
        Programs.Run("/sbin/mkfs.ext4", "-q", "-F", device).Succeeds();
        var problem = await Should.ThrowAsync<DiagnosticException>(() => FindMissingAsync());
        problem.Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(ExperimentRules.DeviceInUse);
        problem.Message.ShouldContain("ext4");
        problem.Message.ShouldContain("OverwriteDevice");
        (await FindMissingAsync(("OverwriteDevice", "true"))).ShouldBeEmpty();
        File.Delete(device);
        (await FindMissingAsync()).ShouldHaveSingleItem().What.ShouldBe($"device {device}");

        Task<IReadOnlyList<Verus.Artifact.Tools.Shortfall>> FindMissingAsync(params (string, string)[] metadata) =>
            new HostExecutor(Runner)
            .FindMissingAsync(Experiment("Write", [("Command", "true"), ("Device", device), .. metadata]),
                TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_is_mounted_is_refused_even_where_it_may_be_lost()
    {
        var mounted = File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')[0])
            .FirstOrDefault(name => name.StartsWith("/dev/", StringComparison.Ordinal) && File.Exists(name));
        if (mounted is null)
            Assert.Skip("no block device is mounted here");
        (await Should.ThrowAsync<DiagnosticException>(() => new HostExecutor(Runner)
            .FindMissingAsync(Experiment("Write", ("Command", "true"), ("Device", mounted),
                ("OverwriteDevice", "true")),
                TestContext.Current.CancellationToken)))
            .Message.ShouldContain("is mounted at");
    }

    private static ExperimentDeclaration Overwriting(string device) =>
        Experiment("Write", ("Command", "true"), ("Device", device), ("OverwriteDevice", "true"));

    private static async Task<string> RefusedAsync(string device)
    {
        var problem = await Should.ThrowAsync<DiagnosticException>(() =>
            new HostExecutor(Runner).FindMissingAsync(Overwriting(device), TestContext.Current.CancellationToken));
        problem.Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(ExperimentRules.DeviceInUse);
        return problem.Message;
    }
}
