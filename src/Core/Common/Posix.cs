using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Verus.Artifact.Common;

/// <summary>
/// The calls to the C library for which .NET has no equivalent: opening files without blocking and without following
/// links, the identity of files, and operations relative to an open folder, so that links which a program places in the
/// folder cannot redirect them. The calls to the C library work only on Linux; callers check <see cref="IsHere"/>. The
/// constants of these calls to the C library are the same on all 64-bit Linux architectures except <see
/// cref="NoFollow"/> and <see cref="Folder"/>. The calls to the C library take names in folders as zero-terminated
/// bytes.
/// </summary>
internal static unsafe partial class Posix
{
    public const int ReadOnly = 0, WriteOnly = 1, Create = 0x40, New = 0x80, NoControllingTerminal = 0x100,
        NonBlocking = 0x800, CloseOnExec = 0x80000, PathOnly = 0x200000;
    public const int NotPermitted = 1, NoFile = 2, Interrupted = 4, WouldBlock = 11, NoAccess = 13, Busy = 16,
        Exists = 17, TooManyLinks = 40;
    public const int LockShared = 1, LockAlone = 2, LockNoWait = 4;
    public const int NextData = 3, NextHole = 4;
    private const int RemoveFolder = 0x200, DuplicateCloseOnExec = 1030;
    private const int CurrentFolder = -100, NoFollowFlag = 0x100, EmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const ulong MountRoot = 0x2000;

    /// <summary>Whether the calls to the C library are available on this system.</summary>
    public static bool IsHere => OperatingSystem.IsLinux();

    // O_NOFOLLOW and O_DIRECTORY differ between processor architectures.
    public static int NoFollow => IsArm ? 0x8000 : 0x20000;
    public static int Folder => IsArm ? 0x4000 : 0x10000;
    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    /// <summary>A name in the form that the C library expects.</summary>
    public static byte[] Name(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    /// <summary>The facts of the file at a path; null when no file is there, or it is not accessible.</summary>
    public static FileFacts? FactsAt(string path, bool followLink) =>
        Facts(CurrentFolder, Name(path), followLink ? 0 : NoFollowFlag);

    /// <summary>The facts of an open file or folder.</summary>
    public static FileFacts? FactsOf(SafeFileHandle file) => FactsIn(file, [0], EmptyPath);

    /// <summary>The facts of the entry with the given name in an open folder; links are not followed.</summary>
    public static FileFacts? FactsIn(SafeFileHandle folder, byte[] name) => FactsIn(folder, name, NoFollowFlag);

    private static FileFacts? FactsIn(SafeFileHandle folder, byte[] name, int flags)
    {
        var isHeld = false;
        try
        {
            folder.DangerousAddRef(ref isHeld);
            return Facts((int)folder.DangerousGetHandle(), name, flags);
        }
        finally
        {
            if (isHeld)
                folder.DangerousRelease();
        }
    }

    private static FileFacts? Facts(int folder, byte[] name, int flags)
    {
        // struct statx is 256 bytes and has the same layout on every architecture.
        var buffer = stackalloc byte[256];
        if (StatX(folder, name, flags, BasicStats, buffer) != 0)
            return null;
        var mode = *(ushort*)(buffer + 28);
        return new FileFacts((FileKind)(mode >> 12), (UnixFileMode)(mode & 0xfff), *(uint*)(buffer + 20),
            new DeviceNumber(*(uint*)(buffer + 128), *(uint*)(buffer + 132)),
            new DeviceNumber(*(uint*)(buffer + 136), *(uint*)(buffer + 140)), *(ulong*)(buffer + 32))
        {
            Names = *(uint*)(buffer + 16),
            Size = *(long*)(buffer + 40),
            Modified = Time(buffer + 112),
            Changed = Time(buffer + 96),
            Occupied = *(long*)(buffer + 48) * 512,
            IsMount = (*(ulong*)(buffer + 8) & MountRoot) != 0,
        };
    }

    // struct statx_timestamp: seconds, 64 bits, then nanoseconds, 32 bits.
    private static long Time(byte* at) => *(long*)at * 1_000_000_000 + *(uint*)(at + 8);

    /// <summary>
    /// Lists at most the given number of entries of an open folder, with their kinds as listed, which some file systems
    /// report as 0; null when the folder cannot be listed.
    /// </summary>
    public static List<(byte[] Name, FileKind Kind)>? Entries(SafeFileHandle folder, int most = int.MaxValue)
    {
        var own = Control(folder, DuplicateCloseOnExec, 0);
        var list = OpenList(own);
        if (list == 0)
        {
            var problem = Marshal.GetLastPInvokeError();
            new SafeFileHandle(own, ownsHandle: true).Dispose();
            Marshal.SetLastPInvokeError(problem);
            return null;
        }
        var entries = new List<(byte[] Name, FileKind Kind)>();
        Rewind(list);
        while (entries.Count < most && NextEntry(list) is not null and var entry)
        {
            // struct dirent of 64-bit Linux: inode, offset, length (2 bytes), kind (1 byte), name.
            var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + 19);
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                entries.Add(([.. name, 0], (FileKind)entry[18]));
        }
        CloseList(list);
        return entries;
    }

    /// <summary>Removes a name from an open folder.</summary>
    public static int RemoveIn(SafeFileHandle folder, byte[] name, bool isFolder) =>
        UnlinkAt(folder, name, isFolder ? RemoveFolder : 0);

    /// <summary>
    /// Free bytes and free inodes for this user on the file system of a path; null where unknown or unlimited.
    /// </summary>
    public static (long? Bytes, long? Files) Room(string path)
    {
        var buffer = stackalloc ulong[32];
        if (!IsHere || StatVfs(path, buffer) != 0)
            return (null, null);
        // struct statvfs: block size, fragment size, blocks, free, available, files, free files, available files.
        var (free, files) = User() == 0 ? (buffer[3], buffer[6]) : (buffer[4], buffer[7]);
        return (buffer[2] == 0 ? null : (long)(free * buffer[1]), buffer[5] == 0 ? null : (long)files);
    }

    /// <summary>The maximum number of files that this process may have open; null when unknown.</summary>
    public static long? MostHandles()
    {
        const int handles = 7;
        var limits = stackalloc ulong[2]; // soft, hard
        return GetLimit(handles, limits) == 0 && limits[0] <= long.MaxValue ? (long)limits[0] : null;
    }

    /// <summary>Creates an exception with the kernel's error of the last call.</summary>
    public static Exception Problem(string path)
    {
        var (number, text) = (Marshal.GetLastPInvokeError(), Marshal.GetLastPInvokeErrorMessage());
        if (number == NoFile)
            return new FileNotFoundException($"{text}: '{PlainText.Line(path)}'", path);
        // The exception for a full disk has the error number in HResult, like the exceptions of .NET.
        return number is NotPermitted or NoAccess ? new UnauthorizedAccessException($"{text}: '{PlainText.Line(path)}'")
            : new IOException($"{text}: '{PlainText.Line(path)}'", number);
    }

    // Opens the file at a path; returns an invalid handle, and sets the error number, when the file cannot be
    // opened.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle Open(string path, int flags, int mode = 0);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    public static partial SafeFileHandle OpenIn(SafeFileHandle folder, byte[] name, int flags, int mode = 0);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true)]
    public static partial int MoveIn(SafeFileHandle from, byte[] name, SafeFileHandle to, byte[] newName);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    public static partial int MakeFolderIn(SafeFileHandle folder, byte[] name, int mode);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true)]
    public static partial int MakeLinkIn(byte[] target, SafeFileHandle folder, byte[] name);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    public static partial nint ReadLinkIn(SafeFileHandle folder, byte[] name, byte[] target, nint length);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(SafeFileHandle file, long offset, int whence);

    /// <summary>
    /// Makes an open file share the blocks of another one, so that either can be changed without the other; false where
    /// the file system does not do this.
    /// </summary>
    public static bool Share(SafeFileHandle target, SafeFileHandle source)
    {
        const nuint clone = 0x40049409; // FICLONE
        var isHeld = false;
        try
        {
            source.DangerousAddRef(ref isHeld);
            return InputOutput(target, clone, source.DangerousGetHandle()) == 0;
        }
        finally
        {
            if (isHeld)
                source.DangerousRelease();
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int InputOutput(SafeFileHandle file, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(SafeFileHandle file, UnixFileMode mode);

    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeModeAt(string path, UnixFileMode mode);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint User();

    [LibraryImport("libc", EntryPoint = "getegid")]
    public static partial uint Group();

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    private static partial int UnlinkAt(SafeFileHandle folder, byte[] name, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command, int argument);

    [LibraryImport("libc", EntryPoint = "fdopendir", SetLastError = true)]
    private static partial nint OpenList(int folder);

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static partial byte* NextEntry(nint list);

    [LibraryImport("libc", EntryPoint = "rewinddir")]
    private static partial void Rewind(nint list);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial void CloseList(nint list);

    [LibraryImport("libc", EntryPoint = "statx")]
    private static partial int StatX(int folder, byte[] name, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "statvfs", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatVfs(string path, ulong* buffer);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, ulong* limits);
}
