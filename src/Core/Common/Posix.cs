using System.Runtime.InteropServices;

namespace Verus.Artifact.Common;

/// <summary>What stands at a path, as the kernel tells it.</summary>
/// <param name="Mode">Type and permissions, as in st_mode.</param>
/// <param name="Device">Number of the device.</param>
/// <param name="Inode">Number of the inode.</param>
/// <param name="User">Owner.</param>
/// <param name="IsMount">Whether another file system, or another part of one, is mounted here.</param>
internal readonly record struct FileNode(ushort Mode, ulong Device, ulong Inode, uint User, bool IsMount)
{
    private const int TypeBits = 0xF000;

    public bool IsRegular => (Mode & TypeBits) == 0x8000;
    public bool IsDirectory => (Mode & TypeBits) == 0x4000;

    /// <summary>Its kind, for a message.</summary>
    public string Kind => (Mode & TypeBits) switch
    {
        0x1000 => "a FIFO",
        0x2000 => "a character device",
        0x4000 => "a folder",
        0x6000 => "a block device",
        0x8000 => "a regular file",
        0xA000 => "a symbolic link",
        0xC000 => "a socket",
        _ => "of an unknown kind",
    };

    /// <summary>Whether both are the same file, whatever its name is.</summary>
    public bool IsSameAs(FileNode other) => Inode == other.Inode && Device == other.Device;
}

/// <summary>
/// Calls of the C library that .NET has no form of: opening without waiting and without following links, identity of files, and work relative to a
/// folder's descriptor. Linux only; callers ask <see cref="IsHere"/>.
/// </summary>
internal static unsafe partial class Posix
{
    public const int ReadOnly = 0, Create = 0x40, New = 0x80, NonBlocking = 0x800, CloseOnExec = 0x80000, PathOnly = 0x200000;
    public const int NoFile = 2, NoAccess = 13, Exists = 17, WouldBlock = 11, Interrupted = 4, TooManyLinks = 40;
    public const int LockShared = 1, LockAlone = 2, LockNoWait = 4;
    public const int RemoveFolder = 0x200;
    private const int CurrentFolder = -100, NoFollowFlag = 0x100, EmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const ulong MountRoot = 0x2000;

    /// <summary>Whether these calls can be made.</summary>
    public static bool IsHere => OperatingSystem.IsLinux();

    // These two differ between processors.
    public static int NoFollow => IsArm ? 0x8000 : 0x20000;
    public static int Folder => IsArm ? 0x4000 : 0x10000;
    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    /// <summary>What stands at a path; null when there is nothing, or nothing that can be seen.</summary>
    public static FileNode? NodeAt(string path, bool follow)
    {
        var buffer = stackalloc byte[256]; // struct statx is 256 bytes on every architecture
        return Statx(CurrentFolder, path, follow ? 0 : NoFollowFlag, BasicStats, buffer) == 0 ? Read(buffer) : null;
    }

    /// <summary>What a descriptor stands for.</summary>
    public static FileNode? NodeOf(int descriptor)
    {
        var buffer = stackalloc byte[256];
        return Statx(descriptor, "", EmptyPath, BasicStats, buffer) == 0 ? Read(buffer) : null;
    }

    /// <summary>What a name in an open folder stands for; links are not followed.</summary>
    public static FileNode? NodeIn(int folder, ReadOnlySpan<byte> name)
    {
        var buffer = stackalloc byte[256];
        fixed (byte* text = name)
            return StatxBytes(folder, text, NoFollowFlag, BasicStats, buffer) == 0 ? Read(buffer) : null;
    }

    private static FileNode Read(byte* buffer) => new(*(ushort*)(buffer + 28), ((ulong)*(uint*)(buffer + 136) << 32) | *(uint*)(buffer + 140),
        *(ulong*)(buffer + 32), *(uint*)(buffer + 20), (*(ulong*)(buffer + 8) & MountRoot) != 0);

    /// <summary>Names in an open folder, at most so many; they may be no text. The descriptor stays open.</summary>
    public static List<byte[]> Names(int folder, int most)
    {
        var names = new List<byte[]>();
        var own = OpenIn(folder, "."u8, ReadOnly | Folder | CloseOnExec);
        if (own < 0)
            return names;
        var list = OpenFolder(own);
        if (list == 0)
        {
            Close(own);
            return names;
        }
        while (names.Count < most && NextEntry(list) is not null and var entry)
        {
            // struct dirent of 64-bit Linux: inode, offset, length (2 bytes), type (1 byte), name.
            var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + 19);
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                names.Add([.. name, 0]);
        }
        CloseFolder(list);
        return names;
    }

    /// <summary>Opens a name in an open folder; -1 and an error number when that fails. Names end with a zero byte.</summary>
    public static int OpenIn(int folder, ReadOnlySpan<byte> name, int flags)
    {
        fixed (byte* text = name)
            return OpenAt(folder, text, flags, 0);
    }

    /// <summary>Removes a name from an open folder.</summary>
    public static int RemoveIn(int folder, ReadOnlySpan<byte> name, bool isFolder)
    {
        fixed (byte* text = name)
            return UnlinkAt(folder, text, isFolder ? RemoveFolder : 0);
    }

    /// <summary>Moves a name from one open folder into another.</summary>
    public static int MoveIn(int from, ReadOnlySpan<byte> name, int to, ReadOnlySpan<byte> newName)
    {
        fixed (byte* text = name, other = newName)
            return RenameAt(from, text, to, other);
    }

    /// <summary>Free bytes and free inodes of the file system of a path, for this user; null where they are not told or not limited.</summary>
    public static (long? Bytes, long? Files) Room(string path)
    {
        var buffer = stackalloc ulong[32];
        if (!IsHere || StatVfs(path, buffer) != 0)
            return (null, null);
        // struct statvfs: block size, fragment size, blocks, free, available, files, free files, available files.
        var (free, files) = User() == 0 ? (buffer[3], buffer[6]) : (buffer[4], buffer[7]);
        return (buffer[2] == 0 ? null : (long)(free * buffer[1]), buffer[5] == 0 ? null : (long)files);
    }

    /// <summary>How many files this process may have open; null where that is not known.</summary>
    public static long? MostHandles()
    {
        const int handles = 7;
        var limits = stackalloc ulong[2]; // soft, hard
        return GetLimit(handles, limits) == 0 && limits[0] <= long.MaxValue ? (long)limits[0] : null;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial void Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(int descriptor, uint mode);

    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeModeAt(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint User();

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static partial int OpenAt(int folder, byte* name, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    private static partial int UnlinkAt(int folder, byte* name, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true)]
    private static partial int RenameAt(int from, byte* name, int to, byte* newName);

    [LibraryImport("libc", EntryPoint = "fdopendir", SetLastError = true)]
    private static partial nint OpenFolder(int descriptor);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    private static partial byte* NextEntry(nint folder);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial void CloseFolder(nint folder);

    [LibraryImport("libc", EntryPoint = "statvfs", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatVfs(string path, ulong* buffer);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "statx")]
    private static partial int StatxBytes(int folder, byte* path, int flags, uint mask, byte* buffer);
}
