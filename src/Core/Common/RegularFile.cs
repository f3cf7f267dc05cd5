using Microsoft.Win32.SafeHandles;

namespace Verus.Artifact.Common;

/// <summary>
/// Opens files that others put where they stand, to read them: regular ones only. A pipe would hold up its reader for ever, a device has no end and may do
/// something when it is opened, and a link leads to what its maker wants to have read.
/// </summary>
public static class RegularFile
{
    private const int EmptyPath = 0x1000;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The path.</param>
    /// <param name="followLink">Whether a link in its last component is followed.</param>
    /// <exception cref="IOException">It is not there, or is no regular file; the message says what it is.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream Open(string path, bool followLink = false)
    {
        if (!OperatingSystem.IsLinux())
            return OpenManaged(path, followLink);
        // Looked at before, since opening a device may do something, and again after, since it may have been exchanged.
        if (FileFacts.Of(path, followLink) is { Kind: not FileKind.Regular and var kind })
            throw new IOException($"'{PlainText.Line(path)}' is {Describe(kind)}, no regular file");
        var flags = PosixFiles.ReadOnly | PosixFiles.NonBlocking | PosixFiles.CloseOnExec | PosixFiles.NoControllingTerminal
            | (followLink ? 0 : PosixFiles.NoFollow);
        var number = PosixFiles.Open(path, flags, 0);
        if (number < 0)
            throw PosixFiles.Problem(path);
        return Checked(new SafeFileHandle(number, ownsHandle: true), path);
    }

    /// <summary>A stream over an open file that is a regular one.</summary>
    /// <exception cref="IOException">It is not.</exception>
    internal static unsafe FileStream Checked(SafeFileHandle handle, string path)
    {
        var buffer = stackalloc byte[256];
        var kind = PosixFiles.Statx(handle, [0], EmptyPath, 0x7ff, buffer) == 0 ? (FileKind)(*(ushort*)(buffer + 28) >> 12) : FileKind.Regular;
        if (kind == FileKind.Regular)
            return new FileStream(handle, FileAccess.Read, bufferSize: 1 << 16, isAsync: false);
        handle.Dispose();
        throw new IOException($"'{PlainText.Line(path)}' is {Describe(kind)}, no regular file");
    }

    /// <summary>Copies an open file's content; holes stay holes, since a file may have larger ones than the disk has room.</summary>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    internal static void Copy(FileStream source, FileStream target, CancellationToken cancellation)
    {
        const int NextData = 3, NextHole = 4;
        var length = source.Length;
        var buffer = new byte[1 << 17];
        for (long at = 0; at < length;)
        {
            var data = PosixFiles.Seek(source.SafeFileHandle, at, NextData);
            if (data < 0)
                break; // Nothing but a hole to the end.
            var end = PosixFiles.Seek(source.SafeFileHandle, data, NextHole);
            for (at = data; at < end;)
            {
                cancellation.ThrowIfCancellationRequested();
                var count = RandomAccess.Read(source.SafeFileHandle, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)), at);
                if (count == 0)
                    throw new IOException($"'{PlainText.Line(source.Name)}' became shorter while it was read");
                RandomAccess.Write(target.SafeFileHandle, buffer.AsSpan(0, count), at);
                at += count;
            }
        }
        RandomAccess.SetLength(target.SafeFileHandle, length);
    }

    /// <summary>Bytes that a file takes on the disk.</summary>
    internal static unsafe long Occupied(FileStream file)
    {
        var buffer = stackalloc byte[256];
        return OperatingSystem.IsLinux() && PosixFiles.Statx(file.SafeFileHandle, [0], EmptyPath, 0x7ff, buffer) == 0 ? *(long*)(buffer + 48) * 512 : file.Length;
    }

    /// <summary>A kind of file in words.</summary>
    public static string Describe(FileKind kind) => kind switch
    {
        FileKind.Fifo => "a named pipe",
        FileKind.CharacterDevice or FileKind.BlockDevice => "a device",
        FileKind.Folder => "a folder",
        FileKind.Link => "a link",
        FileKind.Socket => "a socket",
        _ => "a file",
    };

    private static FileStream OpenManaged(string path, bool followLink) =>
        !followLink && new FileInfo(path).LinkTarget is not null ? throw new IOException($"'{PlainText.Line(path)}' is a link, no regular file")
        : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
