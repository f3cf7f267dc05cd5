using Microsoft.Win32.SafeHandles;

namespace Verus.Artifact.Common;

/// <summary>
/// Opens files that others put where they stand, to read them: regular ones only. A pipe would hold up its reader for
/// ever, a device has no end and may do something when it is opened, and a link leads to what its maker wants to have
/// read.
/// </summary>
public static class RegularFile
{
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
            throw new IOException($"'{PlainText.Line(path)}' is {kind.Words()}, not a regular file");
        var flags = Posix.ReadOnly | Posix.NonBlocking | Posix.CloseOnExec | Posix.NoControllingTerminal
            | (followLink ? 0 : Posix.NoFollow);
        var handle = Posix.Open(path, flags);
        return handle.IsInvalid ? throw Posix.Problem(path) : Checked(handle, path);
    }

    /// <summary>A stream over an open file that is a regular one.</summary>
    /// <exception cref="IOException">It is not.</exception>
    internal static FileStream Checked(SafeFileHandle handle, string path)
    {
        var kind = Posix.FactsOf(handle)?.Kind ?? FileKind.Regular;
        if (kind == FileKind.Regular)
            return new FileStream(handle, FileAccess.Read, bufferSize: 1 << 16, isAsync: false);
        handle.Dispose();
        throw new IOException($"'{PlainText.Line(path)}' is {kind.Words()}, not a regular file");
    }

    /// <summary>
    /// Copies an open file's content; holes stay holes, since a file may have larger ones than the disk has room.
    /// </summary>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    internal static void Copy(FileStream source, FileStream target, CancellationToken cancellation)
    {
        var length = source.Length;
        var buffer = new byte[1 << 17];
        for (long at = 0; at < length;)
        {
            var data = Posix.Seek(source.SafeFileHandle, at, Posix.NextData);
            if (data < 0)
                break; // Nothing but a hole to the end.
            var end = Posix.Seek(source.SafeFileHandle, data, Posix.NextHole);
            for (at = data; at < end;)
            {
                cancellation.ThrowIfCancellationRequested();
                var count = RandomAccess.Read(source.SafeFileHandle,
                    buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)), at);
                if (count == 0)
                    throw new IOException($"'{PlainText.Line(source.Name)}' was truncated while it was read");
                RandomAccess.Write(target.SafeFileHandle, buffer.AsSpan(0, count), at);
                at += count;
            }
        }
        RandomAccess.SetLength(target.SafeFileHandle, length);
    }

    /// <summary>Bytes that a file takes on the disk.</summary>
    internal static long Occupied(FileStream file) => Posix.IsHere && Posix.FactsOf(file.SafeFileHandle) is { } facts
        ? facts.Occupied : file.Length;

    private static FileStream OpenManaged(string path, bool followLink) =>
        !followLink && new FileInfo(path).LinkTarget is not null
            ? throw new IOException($"'{PlainText.Line(path)}' is a link, not a regular file")
        : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
