using System.Text.Json;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner.Tuning;

/// <summary>The folder with the record of the machine's changes and with the lock of their owner.</summary>
/// <param name="root">Root of the file system: <c>/</c>, or a folder made for a test.</param>
internal sealed class TuningPlace(string root)
{
    // Whatever the caller's umask is, other users must not be able to write the record, since a record that others can
    // write is not trusted.
    private const UnixFileMode FolderMode = (UnixFileMode)0b111_101_101, RecordMode = (UnixFileMode)0b110_100_100;

    private readonly string folder = Path.Combine(root, TuningRecord.Folder);
    private readonly string lockFile = Path.Combine(root, TuningRecord.Lock);

    /// <summary>Absolute path of the record of changes.</summary>
    public string File { get; } = Path.Combine(root, TuningRecord.File);

    /// <summary>Identity of the running system, which changes with every boot.</summary>
    public string Boot => MachineState.BootOf(root) ?? "";

    /// <summary>Why the record would not be safe, or is not trusted; null when it is trusted.</summary>
    public string? WhyNotTrusted() => TuningTrust.WhyNot(root, Native.User(), path => FileStatus.Of(path) is { } found
        ? new TrustedFile(found.What == FileStatus.Kind.Folder, found.What == FileStatus.Kind.Regular, found.Owner,
            found.Permissions)
        : null);

    /// <summary>Creates the folder of the record if it is missing.</summary>
    public void Make()
    {
        if (Directory.Exists(folder))
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        Directory.CreateDirectory(folder, FolderMode);
        System.IO.File.SetUnixFileMode(folder, FolderMode);
    }

    /// <summary>
    /// Takes the lock of the machine's owner, which the kernel releases when this process ends; null when another
    /// process has the lock.
    /// </summary>
    public IDisposable? TryLock()
    {
        try
        {
            // The file is opened without sharing, for which .NET takes an exclusive lock by flock.
            var handle = System.IO.File.OpenHandle(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite,
                FileShare.None);
            System.IO.File.SetUnixFileMode(handle, RecordMode);
            return handle;
        }
        catch (IOException problem) when (ErrorNumber.Of(problem) == ErrorNumber.Again)
        {
            return null;
        }
    }

    /// <summary>
    /// Writes the whole record of changes. The record need not survive a loss of power, since the settings do not
    /// survive it either.
    /// </summary>
    public void Save(TuningRecord record)
    {
        var whole = File + ".new";
        System.IO.File.WriteAllBytes(whole,
            JsonSerializer.SerializeToUtf8Bytes(record, TuningJson.Default.TuningRecord));
        System.IO.File.SetUnixFileMode(whole, RecordMode);
        System.IO.File.Move(whole, File, overwrite: true);
    }
}
