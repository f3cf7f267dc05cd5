namespace Verus.Artifact.Runner;

/// <summary>
/// A file that receives standard output or standard error. The file of an output stream is opened once for the command.
/// Any other file that was at the path of the output before, or that the command puts at this path, is not followed,
/// waited for or written to.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private const int Flags = Native.OpenWriteOnly | Native.OpenNoLink | Native.OpenWithoutWaiting;
    private readonly string path;
    private readonly FileStatus? opened;

    private OutputFile(string path, int descriptor) =>
        (this.path, Descriptor, opened) = (path, descriptor, FileStatus.Of(descriptor));

    /// <summary>The descriptor of the file.</summary>
    public int Descriptor { get; }

    /// <summary>Creates the file or empties an existing one; returns an error number when this is not
    /// possible.</summary>
    public static (OutputFile? File, int Error) Open(string path)
    {
        // The runner does not write to a link, a FIFO, a socket, or a file that has another name as well.
        var foreign = FileStatus.Of(path) is { What: FileStatus.Kind.Other }
            or { What: FileStatus.Kind.Regular, Links: > 1 };
        if (foreign && Native.Remove(path) is var error and > 0)
            return (null, error);
        var descriptor = Native.Open(path, Flags | Native.OpenMade | (foreign ? Native.OpenNew : Native.OpenTruncated));
        if (descriptor < 0)
            return (null, -descriptor);
        Native.LetWait(descriptor);
        return (new OutputFile(path, descriptor), 0);
    }

    /// <summary>
    /// Restores the file, with everything written to it, if the command removed or replaced it. Another file at the
    /// path of the output is removed; a folder is moved aside.
    /// </summary>
    /// <exception cref="IOException">The file cannot be restored.</exception>
    public void Restore()
    {
        var there = FileStatus.Of(path);
        if (opened is not { What: FileStatus.Kind.Regular } own
            || (there?.Inode, there?.Device) == (own.Inode, own.Device))
            return;
        var folder = Path.GetDirectoryName(path)!;
        if (FileStatus.Of(folder) is { What: not FileStatus.Kind.Folder })
            File.Delete(folder);
        Directory.CreateDirectory(folder);
        if (there is { What: FileStatus.Kind.Folder })
            Directory.Move(path, path + ".replaced");
        else
            File.Delete(path);
        using var written = new FileStream($"/proc/self/fd/{Descriptor}", FileMode.Open, FileAccess.Read,
            FileShare.ReadWrite);
        using var again = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        written.CopyTo(again);
    }

    /// <inheritdoc/>
    public void Dispose() => Native.Close(Descriptor);
}
