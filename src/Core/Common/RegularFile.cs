using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Verus.Artifact.Common;

/// <summary>
/// Opens files that other users control for reading, and accepts only regular files. A pipe could block its reader
/// forever, a device has no end and may react to being opened, and a link leads to whatever its creator wants to be
/// read.
/// </summary>
public static class RegularFile
{
    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">The path.</param>
    /// <param name="followLink">Whether to follow a link in the last component of the path.</param>
    /// <exception cref="IOException">The file does not exist, or is not a regular file; the message of the exception
    /// says what the file is.</exception>
    /// <exception cref="UnauthorizedAccessException">The caller may not read the file.</exception>
    public static FileStream Open(string path, bool followLink = false)
    {
        if (!OperatingSystem.IsLinux())
            return OpenManaged(path, followLink);
        // The kind of a file is checked before it is opened, since opening a device may have effects, and again
        // afterwards, since the file may have been replaced meanwhile.
        if (FileFacts.Of(path, followLink) is { Kind: not FileKind.Regular and var kind })
            throw new IOException($"'{PlainText.Line(path)}' is {kind.Words()}, not a regular file");
        var flags = Posix.ReadOnly | Posix.NonBlocking | Posix.CloseOnExec | Posix.NoControllingTerminal
            | (followLink ? 0 : Posix.NoFollow);
        var handle = Posix.Open(path, flags);
        return handle.IsInvalid ? throw Posix.Problem(path) : Checked(handle, path);
    }

    /// <summary>Opens a text file that is to be read as a whole and must be UTF-8; links are followed.</summary>
    /// <exception cref="IOException">The file does not exist, or is not a regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">The caller may not read the file.</exception>
    /// <exception cref="DecoderFallbackException">A byte that is read is not UTF-8.</exception>
    public static StreamReader OpenText(string path) =>
        new(Open(path, followLink: true), new UTF8Encoding(false, throwOnInvalidBytes: true));

    /// <summary>Creates a stream over an open file, which must be a regular file.</summary>
    /// <exception cref="IOException">The file is not a regular file.</exception>
    internal static FileStream Checked(SafeFileHandle handle, string path)
    {
        var kind = Posix.FactsOf(handle)?.Kind ?? FileKind.Regular;
        if (kind == FileKind.Regular)
            return new FileStream(handle, FileAccess.Read, bufferSize: 1 << 16, isAsync: false);
        handle.Dispose();
        throw new IOException($"'{PlainText.Line(path)}' is {kind.Words()}, not a regular file");
    }

    /// <summary>
    /// Copies the content of an open file to an empty one. On a file system that can do so, the copy shares its blocks
    /// with the original until one of them is written. Holes in a sparse file stay holes in the copy, since they may be
    /// larger than the free space on the disk.
    /// </summary>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    internal static void Copy(FileStream source, FileStream target, CancellationToken cancellation)
    {
        if (Posix.Share(target.SafeFileHandle, source.SafeFileHandle))
            return;
        var length = source.Length;
        var buffer = new byte[1 << 17];
        for (long at = 0; at < length;)
        {
            var data = Posix.Seek(source.SafeFileHandle, at, Posix.NextData);
            if (data < 0)
                break; // The rest of the file is a hole.
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

    /// <summary>The number of bytes that a file occupies on the disk.</summary>
    internal static long Occupied(FileStream file) => Posix.IsHere && Posix.FactsOf(file.SafeFileHandle) is { } facts
        ? facts.Occupied : file.Length;

    private static FileStream OpenManaged(string path, bool followLink) =>
        !followLink && new FileInfo(path).LinkTarget is not null
            ? throw new IOException($"'{PlainText.Line(path)}' is a link, not a regular file")
        : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
