using System.Runtime.InteropServices;

namespace Verus.Artifact.Common;

/// <summary>Number of a device: the kernel knows it by this, whatever its node is called and wherever it stands.</summary>
/// <param name="Major">Number of the driver.</param>
/// <param name="Minor">Number within the driver.</param>
public readonly record struct DeviceNumber(uint Major, uint Minor)
{
    /// <summary>Reads the form <c>254:0</c>; null where a text is none.</summary>
    public static DeviceNumber? Parse(string text) =>
        text.Trim().Split(':') is [var major, var minor] && uint.TryParse(major, out var first) && uint.TryParse(minor, out var second)
            ? new DeviceNumber(first, second) : null;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Major}:{Minor}");
}

/// <summary>What Linux says of a file beside its content.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Permissions">Permission bits, set-user-id, set-group-id and sticky included.</param>
/// <param name="Owner">Number of the user that it belongs to.</param>
/// <param name="Device">Of a node of a device: its number.</param>
/// <param name="FileSystem">Number of the file system that it is on.</param>
/// <param name="Inode">Its number within the file system.</param>
public readonly partial record struct FileFacts(FileKind Kind, UnixFileMode Permissions, uint Owner, DeviceNumber Device, DeviceNumber FileSystem, ulong Inode)
{
    private const int AtCurrentDirectory = -100, NoFollow = 0x100;
    private const uint BasicStats = 0x7ff;

    /// <summary>The facts of a path; null when nothing is there, or the system is not Linux.</summary>
    /// <param name="path">The path.</param>
    /// <param name="followLink">Whether a link in its last component is followed.</param>
    public static unsafe FileFacts? Of(string path, bool followLink = true)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var buffer = stackalloc byte[256]; // struct statx has the same fields at the same places on every architecture.
        if (Statx(AtCurrentDirectory, path, followLink ? 0 : NoFollow, BasicStats, buffer) != 0)
            return null;
        var mode = *(ushort*)(buffer + 28);
        return new FileFacts((FileKind)(mode >> 12), (UnixFileMode)(mode & 0xfff), *(uint*)(buffer + 20),
            new DeviceNumber(*(uint*)(buffer + 128), *(uint*)(buffer + 132)), new DeviceNumber(*(uint*)(buffer + 136), *(uint*)(buffer + 140)),
            *(ulong*)(buffer + 32));
    }

    /// <summary>Number of the user whose rights this process has.</summary>
    public static uint Caller => GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();
}

/// <summary>Kinds of files, by the kernel's numbers.</summary>
public enum FileKind
{
    /// <summary>A pipe with a name.</summary>
    Fifo = 1,
    /// <summary>A device that is read by characters.</summary>
    CharacterDevice = 2,
    /// <summary>A folder.</summary>
    Folder = 4,
    /// <summary>A device that is read by blocks, such as a disk.</summary>
    BlockDevice = 6,
    /// <summary>A regular file.</summary>
    Regular = 8,
    /// <summary>A symbolic link.</summary>
    Link = 10,
    /// <summary>A socket.</summary>
    Socket = 12,
}
