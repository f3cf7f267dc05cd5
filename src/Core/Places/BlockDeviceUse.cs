using System.Runtime.InteropServices;
using Verus.Artifact.Common;

namespace Verus.Artifact.Places;

/// <summary>
/// Determines who uses a block device. A device can have any number of names, so it is identified by its number. The
/// device is compared with the mounted file systems and the swaps, for the device itself, its partitions, the disk that
/// it is part of, and everything that is built on any of them (volumes, arrays, loop devices).
/// </summary>
/// <param name="root">The root folder that contains <c>proc</c> and <c>sys</c>: <c>/</c>, or a tree made for a
/// test.</param>
internal sealed partial class BlockDeviceUse(string root = "/")
{
    private readonly Dictionary<DeviceNumber, string> names = [];

    /// <summary>
    /// The end of a sentence that says who uses a device, or a file that represents one; null when the kernel knows of
    /// no user.
    /// </summary>
    public string? Of(FileFacts facts) => facts.Kind == FileKind.BlockDevice ? Of(facts.Device)
        : Loops().Where(loop => loop.File == (facts.FileSystem, facts.Inode))
            .Select(loop => $"it is what '{NameOf(loop.Number)}' reads and writes").FirstOrDefault();

    /// <summary>The end of a sentence that says who uses the device with the given number.</summary>
    public string? Of(DeviceNumber device)
    {
        names.Clear();
        Add(device);
        var own = NameOf(device);
        return names.Keys.Select(HolderOf).FirstOrDefault(use => use is not null) ?? MountOf() ?? SwapOf() ?? BtrfsOf()
            ?? (names.Values.FirstOrDefault(IsLoop) is { } loop && loop != own
                ? $"it is what '{loop}' reads and writes" : null);
    }

    /// <summary>
    /// Asks the kernel to open a device exclusively, which the kernel refuses while anything else uses the device, in
    /// whatever container. Opening a device exclusively is the final check, and also detects users that no table lists.
    /// The result is null when no other program uses the device.
    /// </summary>
    public static string? WhyNotAlone(string path)
    {
        using var opened = Posix.Open(path, Posix.ReadOnly | Posix.New | Posix.NonBlocking | Posix.CloseOnExec);
        if (!opened.IsInvalid)
            return null;
        var error = Marshal.GetLastPInvokeError();
        return error == Posix.Busy
            ? "the kernel says that it is in use"
            : $"it is unknown whether it is in use ({Marshal.GetPInvokeErrorMessage(error)})";
    }

    // The device, and all devices whose content is lost when its content is overwritten.
    private void Add(DeviceNumber device)
    {
        if (!names.TryAdd(device, NameOf(device)) || FolderOf(device) is not { } folder)
            return;
        foreach (var part in Directory.EnumerateDirectories(folder).Where(IsPartition))
            AddFolder(part);
        if (IsPartition(folder) && Path.GetDirectoryName(folder) is { } disk && NumberIn(disk) is { } whole
            && names.TryAdd(whole, NameOf(whole)))
            foreach (var holder in Holders(disk))
                AddFolder(holder);
        foreach (var holder in Holders(folder))
            AddFolder(holder);
        foreach (var loop in Loops()
            .Where(loop => loop.Backing == device
                || loop.Backing is null && loop.File is not null && loop.File == BackingFile(folder)))
            Add(loop.Number);
        // Data that are written to a loop device are stored in a file on the device below it.
        if (BackingDevice(folder) is { } below)
            Add(below);
    }

    private void AddFolder(string folder)
    {
        if (NumberIn(folder) is { } number)
            Add(number);
    }

    private string? HolderOf(DeviceNumber device) =>
        FolderOf(device) is { } folder && Holders(folder).FirstOrDefault() is { } holder
        ? $"'{names[device]}' is a part of '{NodeOf(holder)}'" : null;

    // The fields of a line in mountinfo are: id, parent, device, root, mount point, options, optional ones, a dash,
    // type, source, more options. For some file systems, the device number in mountinfo is one of their own; the source
    // then identifies the device.
    private string? MountOf()
    {
        foreach (var line in Lines("proc/self/mountinfo"))
        {
            var fields = line.Split(' ');
            var dash = Array.IndexOf(fields, "-");
            if (dash < 5 || fields.Length < dash + 3)
                continue;
            DeviceNumber?[] candidates = [DeviceNumber.Parse(fields[2]),
                NumberOf(MountText.Unescape(fields[dash + 2]))];
            if (candidates.FirstOrDefault(number => number is { } known && names.ContainsKey(known)) is { } found)
                return $"'{names[found]}' is mounted at '{MountText.Unescape(fields[4])}'";
        }
        return null;
    }

    private string? SwapOf() =>
        Lines("proc/swaps").Skip(1).Select(line => NumberOf(MountText.Unescape(line.Split(' ', '\t')[0])))
        .FirstOrDefault(number => number is { } known && names.ContainsKey(known)) is { } swap
        ? $"'{names[swap]}' is used as swap" : null;

    // A file system that spans several devices is mounted by the name of one of them.
    private string? BtrfsOf() => Folders("sys/fs/btrfs").SelectMany(system => Entries(Path.Combine(system, "devices")))
        .Select(device => NumberIn(Final(device)))
        .FirstOrDefault(number => number is { } known && names.ContainsKey(known)) is { } used
        ? $"'{names[used]}' is a part of a mounted Btrfs file system" : null;

    private static bool IsLoop(string name) => Path.GetFileName(name).StartsWith("loop", StringComparison.Ordinal);

    private IEnumerable<(DeviceNumber Number, DeviceNumber? Backing, (DeviceNumber, ulong)? File)> Loops() =>
        Entries(In("sys/block")).Where(entry => Path.GetFileName(entry).StartsWith("loop", StringComparison.Ordinal))
            .Select(Final)
            .Where(folder => NumberIn(folder) is not null)
            .Select(folder => (NumberIn(folder)!.Value, BackingDevice(folder), BackingFile(folder)));

    private static DeviceNumber? BackingDevice(string folder) => Backing(folder) is { } path ? NumberOf(path) : null;

    private static (DeviceNumber, ulong)? BackingFile(string folder) =>
        Backing(folder) is { } path && FileFacts.Of(path) is { Kind: FileKind.Regular } file
            ? (file.FileSystem, file.Inode) : null;

    private static string? Backing(string folder) => Text(Path.Combine(folder, "loop/backing_file"));

    private string NameOf(DeviceNumber device) => FolderOf(device) is { } folder ? NodeOf(folder) : device.ToString();

    // The kernel writes a slash in a name as an exclamation mark.
    private static string NodeOf(string folder) => "/dev/" + Path.GetFileName(folder).Replace('!', '/');

    private string? FolderOf(DeviceNumber device) => In($"sys/dev/block/{device}") is var link && Directory.Exists(link)
        ? Final(link) : null;

    private static DeviceNumber? NumberIn(string folder) => Text(Path.Combine(folder, "dev")) is { } text
        ? DeviceNumber.Parse(text) : null;

    private static DeviceNumber? NumberOf(string path) =>
        path.StartsWith('/') && FileFacts.Of(path) is { Kind: FileKind.BlockDevice } facts ? facts.Device : null;

    private static bool IsPartition(string folder) => File.Exists(Path.Combine(folder, "partition"));

    private static IEnumerable<string> Holders(string folder) => Entries(Path.Combine(folder, "holders")).Select(Final);

    private static string Final(string link) => Directory.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName
        ?? link;

    private static IEnumerable<string> Entries(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFileSystemEntries(folder) : [];

    private IEnumerable<string> Folders(string folder) => Directory.Exists(In(folder))
        ? Directory.EnumerateDirectories(In(folder)) : [];

    private IEnumerable<string> Lines(string file) => File.Exists(In(file)) ? File.ReadLines(In(file)) : [];

    private string In(string path) => Path.Combine(root, path);

    private static string? Text(string file)
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
}
