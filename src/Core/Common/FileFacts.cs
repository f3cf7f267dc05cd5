namespace Verus.Artifact.Common;

/// <summary>
/// Number of a device: the kernel knows it by this, whatever its node is called and wherever it stands.
/// </summary>
/// <param name="Major">Number of the driver.</param>
/// <param name="Minor">Number within the driver.</param>
public readonly record struct DeviceNumber(uint Major, uint Minor)
{
    /// <summary>Reads the form <c>254:0</c>; null where a text is none.</summary>
    public static DeviceNumber? Parse(string text) =>
        text.Trim().Split(':') is [var major, var minor] && uint.TryParse(major, out var first)
            && uint.TryParse(minor, out var second)
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
public readonly record struct FileFacts(FileKind Kind, UnixFileMode Permissions, uint Owner, DeviceNumber Device,
    DeviceNumber FileSystem, ulong Inode)
{
    /// <summary>How many names it has.</summary>
    public uint Names { get; init; }

    /// <summary>Bytes that it holds.</summary>
    public long Size { get; init; }

    /// <summary>When its content was last changed, as it says: nanoseconds since 1970.</summary>
    public long Modified { get; init; }

    /// <summary>When it was last changed, which no program can set: nanoseconds since 1970.</summary>
    public long Changed { get; init; }

    /// <summary>Bytes that it takes on the disk.</summary>
    public long Occupied { get; init; }

    /// <summary>Whether another file system, or another part of one, is mounted here.</summary>
    public bool IsMount { get; init; }

    /// <summary>The facts of a path; null when nothing is there, or the system is not Linux.</summary>
    /// <param name="path">The path.</param>
    /// <param name="followLink">Whether a link in its last component is followed.</param>
    public static FileFacts? Of(string path, bool followLink = true) =>
        Posix.IsHere ? Posix.FactsAt(path, followLink) : null;

    /// <summary>
    /// Whether something stands at a path that is no regular file: a pipe would hold up its reader for ever, and a
    /// device has no end.
    /// </summary>
    internal static bool IsOdd(string path, bool followLink = true) =>
        Of(path, followLink) is { Kind: not FileKind.Regular };

    /// <summary>Number of the user whose rights this process has.</summary>
    public static uint Caller => Posix.User();

    /// <summary>Whether both are the same file, whatever its name is.</summary>
    public bool IsSameAs(FileFacts other) => Inode == other.Inode && FileSystem == other.FileSystem;
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

/// <summary>Words for kinds of files.</summary>
internal static class FileKindWords
{
    /// <summary>A kind of file for a message.</summary>
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
