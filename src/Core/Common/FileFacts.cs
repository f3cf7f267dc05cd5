namespace Verus.Artifact.Common;

/// <summary>
/// The number by which the kernel identifies a device, whatever the name and folder of the device's node.
/// </summary>
/// <param name="Major">The number of the driver.</param>
/// <param name="Minor">The number of the device within the driver.</param>
public readonly record struct DeviceNumber(uint Major, uint Minor)
{
    /// <summary>Parses a device number of the form <c>254:0</c>; returns null when the text has another form.</summary>
    public static DeviceNumber? Parse(string text) =>
        text.Trim().Split(':') is [var major, var minor] && uint.TryParse(major, out var first)
            && uint.TryParse(minor, out var second)
            ? new DeviceNumber(first, second) : null;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Major}:{Minor}");
}

/// <summary>The facts that Linux reports about a file besides its content.</summary>
/// <param name="Kind">The kind of the file.</param>
/// <param name="Permissions">The permission bits, including set-user-id, set-group-id and sticky.</param>
/// <param name="Owner">The id of the user who owns the file.</param>
/// <param name="Device">The device number, if the file is a device node.</param>
/// <param name="FileSystem">The number of the file system that contains the file.</param>
/// <param name="Inode">The inode number within the file system.</param>
public readonly record struct FileFacts(FileKind Kind, UnixFileMode Permissions, uint Owner, DeviceNumber Device,
    DeviceNumber FileSystem, ulong Inode)
{
    /// <summary>The number of names (hard links) of the file.</summary>
    public uint Names { get; init; }

    /// <summary>The size of the content in bytes.</summary>
    public long Size { get; init; }

    /// <summary>The modification time in nanoseconds since 1970. Programs can set the modification time of a
    /// file.</summary>
    public long Modified { get; init; }

    /// <summary>The change time in nanoseconds since 1970. No program can set the change time.</summary>
    public long Changed { get; init; }

    /// <summary>The number of bytes that the file occupies on the disk.</summary>
    public long Occupied { get; init; }

    /// <summary>Whether the file or folder is a mount point, where another file system or a part of one is
    /// visible.</summary>
    public bool IsMount { get; init; }

    /// <summary>Returns the facts of a path; null when no file is at the path, or the system is not Linux.</summary>
    /// <param name="path">The path.</param>
    /// <param name="followLink">Whether to follow a link in the last component of the path.</param>
    public static FileFacts? Of(string path, bool followLink = true) =>
        Posix.IsHere ? Posix.FactsAt(path, followLink) : null;

    /// <summary>
    /// Whether a path leads to something that exists but is not a regular file. A pipe could block its reader forever,
    /// and a device has no end.
    /// </summary>
    internal static bool IsOdd(string path, bool followLink = true) =>
        Of(path, followLink) is { Kind: not FileKind.Regular };

    /// <summary>The id of the user whose rights this process has.</summary>
    public static uint Caller => Posix.User();

    /// <summary>Whether two sets of facts belong to the same file, whatever the file's names are.</summary>
    public bool IsSameAs(FileFacts other) => Inode == other.Inode && FileSystem == other.FileSystem;
}

/// <summary>The kinds of files, with the numbers that the kernel uses for them.</summary>
public enum FileKind
{
    /// <summary>A named pipe.</summary>
    Fifo = 1,
    /// <summary>A character device.</summary>
    CharacterDevice = 2,
    /// <summary>A folder.</summary>
    Folder = 4,
    /// <summary>A block device, such as a disk.</summary>
    BlockDevice = 6,
    /// <summary>A regular file.</summary>
    Regular = 8,
    /// <summary>A symbolic link.</summary>
    Link = 10,
    /// <summary>A socket.</summary>
    Socket = 12,
}

/// <summary>Names the kinds of files in messages.</summary>
internal static class FileKindWords
{
    /// <summary>The name of a kind of file in messages.</summary>
    public static string Words(this FileKind kind) => kind switch
    {
        FileKind.Fifo => "a named pipe",
        FileKind.CharacterDevice => "a character device",
        FileKind.Folder => "a folder",
        FileKind.BlockDevice => "a block device",
        FileKind.Regular => "a regular file",
        FileKind.Link => "a link",
        FileKind.Socket => "a socket",
        _ => "of an unknown kind",
    };
}
