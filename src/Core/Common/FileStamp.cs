namespace Verus.Artifact.Common;

/// <summary>
/// The stat tuple of a file: while the tuple stays the same, so does the content, and the file need not be hashed
/// again. The tuple includes the change time because, unlike the modification time, no program can set it.
/// </summary>
/// <param name="Size">Size in bytes; -1 when there is no such file.</param>
/// <param name="Modified">Modification time in nanoseconds.</param>
/// <param name="Changed">Change time of the inode in nanoseconds; 0 on systems without change times.</param>
/// <param name="Inode">Inode number; 0 on systems without inode numbers.</param>
public readonly record struct FileStamp(long Size, long Modified, long Changed, long Inode)
{
    /// <summary>The stamp of a path that does not exist.</summary>
    public static FileStamp Missing => new(-1, 0, 0, 0);

    /// <summary>The stamp of a path, following links; <see cref="Missing"/> when no file is at the path.</summary>
    public static FileStamp Of(string path)
    {
        if (Posix.IsHere)
            return FileFacts.Of(path) is { } facts
                ? new FileStamp(facts.Size, facts.Modified, facts.Changed, (long)facts.Inode) : Missing;
        var file = new FileInfo(path);
        if (file.Exists)
            return new FileStamp(file.Length, file.LastWriteTimeUtc.Ticks, 0, 0);
        return Directory.Exists(path) ? new FileStamp(0, Directory.GetLastWriteTimeUtc(path).Ticks, 0, 0) : Missing;
    }
}
