namespace Verus.Artifact.Runner;

/// <summary>
/// A file that standard output or standard error goes to. It is opened once for the command; whatever stood in its
/// place before, and whatever the command put there, is neither followed, waited for nor written to.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private const int Flags = Native.OpenWriteOnly | Native.OpenNoLink | Native.OpenWithoutWaiting;
    private readonly string path;
    private readonly FileStatus? opened;

    private OutputFile(string path, int descriptor) =>
        (this.path, Descriptor, opened) = (path, descriptor, FileStatus.Of(descriptor));

    /// <summary>Its descriptor.</summary>
    public int Descriptor { get; }

    /// <summary>Makes the file empty; an error number where that is not possible.</summary>
    public static (OutputFile? File, int Error) Open(string path)
    {
        // A link, a FIFO, a socket, or a file that has another name, too: not ours to write to.
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
    /// Puts the file back in its place when the command removed or replaced it, with all that was written to it. What
    /// stands there instead is removed, a folder moved aside.
    /// </summary>
    /// <exception cref="IOException">It cannot be put back.</exception>
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
