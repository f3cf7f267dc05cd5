namespace Verus.Artifact.Common;

/// <summary>
/// A lock that the kernel holds for the process (flock), so that one that was killed leaves nothing to clear away by hand.
/// </summary>
public sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private readonly FileStream stream;
    private readonly string? ownerFile;

    private FileLock(FileStream stream, string? ownerFile) => (this.stream, this.ownerFile) = (stream, ownerFile);

    /// <summary>Takes the lock for this process alone, waiting for whoever has it.</summary>
    /// <param name="path">The lock's file; made when missing.</param>
    /// <param name="owner">What others are told of the one who has it; null: nothing.</param>
    /// <param name="waiting">Called once, with the owner's own words, when there is someone to wait for.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Diagnostics.DiagnosticException">The folder cannot be written.</exception>
    public static async Task<FileLock> ExclusiveAsync(string path, string? owner, Action<string> waiting, CancellationToken cancellation)
    {
        var ownerFile = owner is null ? null : path + ".owner";
        var stream = await OpenAsync(path, FileShare.None, () => waiting(Read(ownerFile)), cancellation).ConfigureAwait(false);
        if (ownerFile is not null)
            File.WriteAllText(ownerFile, owner);
        return new FileLock(stream, ownerFile);
    }

    /// <summary>Takes the lock together with others who take it shared; waits for one who has it alone.</summary>
    public static async Task<FileLock> SharedAsync(string path, Action<string> waiting, CancellationToken cancellation) =>
        new(await OpenAsync(path, FileShare.Read, () => waiting(Read(null)), cancellation).ConfigureAwait(false), null);

    /// <summary>Takes the lock for this process alone; null when another one has it.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The folder cannot be written.</exception>
    public static FileLock? TryExclusive(string path) => TryOpen(path, FileShare.None) is { } stream ? new FileLock(stream, null) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ownerFile is not null)
            File.Delete(ownerFile);
        stream.Dispose();
    }

    private static string Read(string? ownerFile)
    {
        try
        {
            return ownerFile is null ? "another build" : File.ReadAllText(ownerFile).Trim();
        }
        catch (IOException)
        {
            return "another build";
        }
    }

    private static async Task<FileStream> OpenAsync(string path, FileShare share, Action waiting, CancellationToken cancellation)
    {
        for (var first = true; ; first = false)
        {
            cancellation.ThrowIfCancellationRequested();
            if (TryOpen(path, share) is { } stream)
                return stream;
            if (first)
                waiting();
            await Task.Delay(Poll, cancellation).ConfigureAwait(false);
        }
    }

    private static FileStream? TryOpen(string path, FileShare share)
    {
        try
        {
            // An existing file is opened without the wish to create it: in a sticky folder such as /tmp the kernel forbids that for files of others.
            if (!File.Exists(path))
                Create(path);
            return new FileStream(path, FileMode.Open, FileAccess.Read, share, bufferSize: 1);
        }
        catch (IOException problem) when (problem is not (DirectoryNotFoundException or FileNotFoundException) && File.Exists(path))
        {
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Explain(path, problem);
        }
    }

    private static void Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            using var created = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Somebody else made it in this moment.
        }
    }
}
