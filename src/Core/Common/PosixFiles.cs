using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Verus.Artifact.Common;

/// <summary>
/// Calls of the kernel that .NET has no form for: those by which a name is looked up below an open folder, so that nothing that a program puts in its way
/// leads elsewhere, and by which a pipe is told before it holds up whoever opens it. Linux only; the numbers are the same on its 64-bit architectures
/// but for <see cref="NoFollow"/> and <see cref="OnlyFolder"/>.
/// </summary>
internal static partial class PosixFiles
{
    public const int ReadOnly = 0, NonBlocking = 0x800, CloseOnExec = 0x80000, NoControllingTerminal = 0x100;
    public const int RemoveFolder = 0x200;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    public static int NoFollow => IsArm ? 0x8000 : 0x20000;

    public static int OnlyFolder => IsArm ? 0x4000 : 0x10000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    public static partial int OpenAt(SafeFileHandle folder, byte[] name, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    public static partial int UnlinkAt(SafeFileHandle folder, byte[] name, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true)]
    public static partial int RenameAt(SafeFileHandle from, byte[] name, SafeFileHandle to, byte[] newName);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    public static partial int MakeFolderAt(SafeFileHandle folder, byte[] name, int mode);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true)]
    public static partial int MakeLinkAt(byte[] target, SafeFileHandle folder, byte[] name);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    public static partial nint ReadLinkAt(SafeFileHandle folder, byte[] name, byte[] target, nint length);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(SafeFileHandle file, int mode);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(SafeFileHandle file, long offset, int whence);

    /// <summary>A second descriptor of an open file, which no child inherits.</summary>
    public static int Duplicate(SafeFileHandle file) => Control(file, 1030, 0);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command, int argument);

    [LibraryImport("libc", EntryPoint = "fdopendir", SetLastError = true)]
    public static partial nint OpenList(int folder);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    public static partial nint ReadList(nint list);

    [LibraryImport("libc", EntryPoint = "rewinddir")]
    public static partial void Rewind(nint list);

    [LibraryImport("libc", EntryPoint = "closedir")]
    public static partial int CloseList(nint list);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    public static unsafe partial int Statx(SafeFileHandle folder, byte[] name, int flags, uint mask, byte* buffer);

    /// <summary>An exception with what the kernel said of the last call.</summary>
    public static Exception Problem(string path)
    {
        var (number, text) = (Marshal.GetLastPInvokeError(), Marshal.GetLastPInvokeErrorMessage());
        if (number == 2)
            return new FileNotFoundException($"{text}: '{PlainText.Line(path)}'", path);
        // The number of a full disk stays visible in the result code, as .NET does it.
        return number is 1 or 13 ? new UnauthorizedAccessException($"{text}: '{PlainText.Line(path)}'")
            : new IOException($"{text}: '{PlainText.Line(path)}'", number);
    }
}
