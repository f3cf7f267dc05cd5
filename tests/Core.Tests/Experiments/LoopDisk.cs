using System.Diagnostics;

namespace Verus.Artifact.Tests.Experiments;

/// <summary>A disk that is a file, accessed through a loop device; the test is skipped if no such device can be
/// made.</summary>
internal sealed class LoopDisk : IDisposable
{
    private readonly string mountPoint;
    private bool mounted;

    private LoopDisk(string file, string node)
    {
        (File, Node) = (file, node);
        mountPoint = file + ".mounted";
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The device.</summary>
    public string Node { get; }

    /// <summary>The partition of the disk; null if it has none.</summary>
    public string? Partition { get; private set; }

    /// <summary>Makes one.</summary>
    public static LoopDisk Make(string folder, bool partition)
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("only root may make loop devices");
        var file = Path.Combine(folder, "disk");
        using (var stream = System.IO.File.Create(file))
            stream.SetLength(16 << 20);
        var made = Try("losetup", "--find", "--show", file);
        if (made.ExitCode != 0)
            Assert.Skip($"no loop device can be made here: {made.Words.Trim()}");
        var node = made.Output.Trim();
        var disk = new LoopDisk(file, node);
        if (!partition)
            return disk;
        Run("addpart", node, "1", "2048", "30000");
        disk.Partition = node + "p1";
        for (var i = 0; i < 50 && !System.IO.File.Exists(disk.Partition); i++)
            Thread.Sleep(20);
        return disk;
    }

    /// <summary>Makes a file system on a block device and mounts it.</summary>
    public void Mount(string node)
    {
        Directory.CreateDirectory(mountPoint);
        Run("mkfs.ext4", "-q", "-F", node);
        Run("mount", node, mountPoint);
        mounted = true;
    }

    /// <summary>Undoes <see cref="Mount"/>.</summary>
    public void Unmount()
    {
        if (mounted)
            Run("umount", mountPoint);
        mounted = false;
    }

    /// <summary>Runs a program, which must succeed.</summary>
    public static void Run(string program, params string[] arguments) => Try(program, arguments).Succeeds();

    public void Dispose()
    {
        Unmount();
        if (Partition is not null)
            Run("delpart", Node, "1");
        Run("losetup", "--detach", Node);
    }

    private static ProgramResult Try(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        start.Environment["PATH"] += ":/usr/sbin:/sbin";
        return Programs.Run(start);
    }
}
