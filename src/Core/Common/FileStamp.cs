using System.Runtime.InteropServices;

namespace Verus.Artifact.Common;

/// <summary>
/// The stat tuple of a file: while it stays the same, so does the content, and nothing need be hashed. The change time is in it because
/// no program can set it back, as it can the modification time.
/// </summary>
/// <param name="Size">Bytes; -1 when there is no such file.</param>
/// <param name="Modified">Modification time, nanoseconds.</param>
/// <param name="Changed">Change time of the inode, nanoseconds; 0 where the system has none.</param>
/// <param name="Inode">Inode number; 0 where the system has none.</param>
public readonly partial record struct FileStamp(long Size, long Modified, long Changed, long Inode)
{
    /// <summary>The stamp of a path that does not exist.</summary>
    public static FileStamp Missing => new(-1, 0, 0, 0);

    /// <summary>The stamp of a path, links followed; <see cref="Missing"/> when nothing is there.</summary>
    public static FileStamp Of(string path)
    {
        if (OperatingSystem.IsLinux())
            return OfLinux(path);
        var file = new FileInfo(path);
        if (file.Exists)
            return new FileStamp(file.Length, file.LastWriteTimeUtc.Ticks, 0, 0);
        return Directory.Exists(path) ? new FileStamp(0, Directory.GetLastWriteTimeUtc(path).Ticks, 0, 0) : Missing;
    }

    private static unsafe FileStamp OfLinux(string path)
    {
        const int atCurrentDirectory = -100;
        const uint basicStats = 0x7ff;
        var buffer = stackalloc byte[256]; // struct statx is 256 bytes on every architecture
        if (Statx(atCurrentDirectory, path, 0, basicStats, buffer) != 0)
            return Missing;
        return new FileStamp(*(long*)(buffer + 40), Time(buffer + 112), Time(buffer + 96), *(long*)(buffer + 32));
    }

    // struct statx_timestamp: seconds, 64 bits, then nanoseconds, 32 bits.
    private static unsafe long Time(byte* at) => *(long*)at * 1_000_000_000 + *(uint*)(at + 8);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, byte* buffer);
}
