using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;

namespace Verus.Artifact.Common;

/// <summary>The owner of a lock.</summary>
/// <param name="Process">The process id; null when the system does not report it.</param>
/// <param name="Words">A description of the owner for a message, as the owner itself wrote it into the lock file; null
/// if it wrote none.</param>
public sealed record LockOwner(int? Process, string Words);

/// <summary>
/// A lock that the kernel holds for the process (flock), so that a killed process leaves nothing to clean up by hand.
/// The lock belongs to the regular file at the path: if anything else is at the path, the lock is refused without
/// waiting, and if the file was removed or replaced during the wait, the lock is taken again on the new file.
/// </summary>
public sealed partial class FileLock : IDisposable
{
    private const int MostReplaced = 100;
    private const int MostWords = 120;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly ConcurrentDictionary<FileLock, string> Held = new();
    private readonly SafeFileHandle handle;
    private readonly FileFacts? file;
    private readonly string? ownerFile;
    private readonly bool alone;

    private FileLock(string path, SafeFileHandle handle, string? ownerFile, bool alone)
    {
        (Path, this.handle, this.ownerFile, this.alone) = (System.IO.Path.GetFullPath(path), handle, ownerFile, alone);
        file = Posix.IsHere ? Posix.FactsOf(handle) : null;
        Held[this] = Path;
    }

    /// <summary>The path of the lock file.</summary>
    public string Path { get; }

    /// <summary>
    /// Whether the locked file is still at its path. If the locked file was removed or replaced, another process may
    /// hold the lock of the new file.
    /// </summary>
    public bool Stands => file is not { } own || FileFacts.Of(Path, followLink: false)?.IsSameAs(own) == true;

    /// <summary>
    /// The lock of a file if this process holds it exclusively; otherwise null. A second request for the same lock
    /// would make the process wait for itself.
    /// </summary>
    public static FileLock? HeldHere(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        return Held.FirstOrDefault(held => held.Value == full && held.Key.alone).Key;
    }

    /// <summary>Takes the lock exclusively, waiting for any current holder.</summary>
    /// <param name="path">The path of the lock file, which is created if it is missing.</param>
    /// <param name="owner">The description of the owner that other processes see; null for none.</param>
    /// <param name="waiting">Function that is called once, with the owner's description, when another process holds the
    /// lock.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="Diagnostics.DiagnosticException">The file cannot be created or locked; the diagnostic code
    /// names the cause.</exception>
    public static async Task<FileLock> ExclusiveAsync(string path, string? owner, Action<string> waiting,
        CancellationToken cancellation)
    {
        var ownerFile = owner is null ? null : path + ".owner";
        var handle = await OpenAsync(path, alone: true, waiting, cancellation).ConfigureAwait(false);
        // The owner's description is only information for other processes: if it cannot be written (full or read-only
        // disk), the lock is valid nevertheless.
        if (ownerFile is not null && !TryWrite(ownerFile, owner!))
            ownerFile = null;
        return new FileLock(path, handle, ownerFile, alone: true);
    }

    /// <summary>Takes the lock as a shared lock, which several processes can hold; waits while another process holds
    /// the lock exclusively.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The file cannot be created or locked; the diagnostic code
    /// names the cause.</exception>
    public static async Task<FileLock> SharedAsync(string path, Action<string> waiting,
        CancellationToken cancellation) =>
        new(path, await OpenAsync(path, alone: false, waiting, cancellation).ConfigureAwait(false), null, alone: false);

    /// <summary>Takes the lock exclusively; returns null when another process holds it.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The file cannot be created or locked; the diagnostic code
    /// names the cause.</exception>
    public static FileLock? TryExclusive(string path) => TryOpen(path, alone: true) is { } handle
        ? new FileLock(path, handle, null, alone: true) : null;

    /// <summary>The current owner of the lock of a file, as reported by the kernel or written into the lock file by the
    /// owner.</summary>
    public static LockOwner OwnerOf(string path)
    {
        var words = Words(path + ".owner");
        var said = words is not null && Number().Match(words) is { Success: true } match
            ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : (int?)null;
        var holder = Holder(path);
        // A description in the lock file that a killed owner left does not describe the current owner.
        return words is not null && (holder is null || holder == said) ? new LockOwner(said, words)
            : holder is { } process ? new LockOwner(process, Describe(process)) : new LockOwner(null, "another build");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!Held.TryRemove(this, out _))
            return;
        // If another process created a new lock file at the same path, the description in that file belongs to that
        // process.
        if (ownerFile is not null && Stands)
            AtomicFile.TryDelete(ownerFile);
        handle.Dispose();
    }

    private static async Task<SafeFileHandle> OpenAsync(string path, bool alone, Action<string> waiting,
        CancellationToken cancellation)
    {
        for (var first = true; ; first = false)
        {
            cancellation.ThrowIfCancellationRequested();
            if (TryOpen(path, alone) is { } handle)
                return handle;
            if (first)
                waiting(OwnerOf(path).Words);
            await Task.Delay(Poll, cancellation).ConfigureAwait(false);
        }
    }

    private static SafeFileHandle? TryOpen(string path, bool alone)
    {
        try
        {
            return Posix.IsHere ? TryLock(path, alone) : TryShare(path, alone ? FileShare.None : FileShare.Read);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw SystemProblem.Explain(path, problem);
        }
    }

    private static SafeFileHandle? TryLock(string path, bool alone)
    {
        for (var i = 0; i < MostReplaced; i++)
        {
            // An existing lock file is opened without the create flag, because in a sticky folder such as /tmp the
            // kernel forbids that flag for files of other users.
            var handle = Posix.Open(path, Posix.ReadOnly | Posix.NonBlocking | Posix.NoFollow | Posix.CloseOnExec);
            var problem = Marshal.GetLastPInvokeError();
            if (handle.IsInvalid && problem == Posix.NoFile)
            {
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
                handle = Posix.Open(path, Posix.ReadOnly | Posix.Create | Posix.New | Posix.CloseOnExec, 0b110_100_100);
                problem = Marshal.GetLastPInvokeError();
                if (handle.IsInvalid && problem == Posix.Exists)
                    continue; // Another process has just created it.
            }
            if (handle.IsInvalid && problem == Posix.Interrupted)
                continue;
            if (handle.IsInvalid)
                throw problem == Posix.TooManyLinks ? SystemProblem.NotAFile(path)
                    : SystemProblem.Explain(path, problem, Marshal.GetPInvokeErrorMessage(problem));
            var facts = Posix.FactsOf(handle);
            if (facts is not { Kind: FileKind.Regular })
            {
                handle.Dispose();
                throw SystemProblem.NotAFile(path);
            }
            problem = Lock(handle, alone);
            if (problem == 0 && FileFacts.Of(path, followLink: false)?.IsSameAs(facts.Value) == true)
                return handle;
            handle.Dispose();
            if (problem != 0)
                return problem == Posix.WouldBlock
                    ? null : throw SystemProblem.Explain(path, problem, Marshal.GetPInvokeErrorMessage(problem));
        }
        // If other processes keep replacing the lock file, the lock is treated as held.
        return null;
    }

    // Locks an open file without waiting and returns the error of the system; 0 when the lock is held.
    private static int Lock(SafeFileHandle handle, bool alone)
    {
        while (Posix.Lock(handle, (alone ? Posix.LockAlone : Posix.LockShared) | Posix.LockNoWait) != 0)
        {
            var problem = Marshal.GetLastPInvokeError();
            if (problem != Posix.Interrupted)
                return problem;
        }
        return 0;
    }

    // Where flock is not available, the share mode of the open file serves as the lock.
    private static SafeFileHandle? TryShare(string path, FileShare share)
    {
        const int sharingViolation = 32;
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Read, share);
        }
        catch (IOException problem) when ((problem.HResult & 0xFFFF) == sharingViolation)
        {
            return null;
        }
    }

    private static bool TryWrite(string file, string text)
    {
        try
        {
            AtomicFile.Write(file, text);
            return true;
        }
        catch (Diagnostics.DiagnosticException)
        {
            return false;
        }
    }

    private static string? Words(string file)
    {
        try
        {
            return !Posix.IsHere || FileFacts.Of(file, followLink: false) is { Kind: FileKind.Regular }
                ? Line(File.ReadAllText(file)) is { Length: > 0 } text ? text : null : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A line of /proc/locks looks like "1: FLOCK  ADVISORY  WRITE 1234 fd:01:5678 0 EOF".
    private static int? Holder(string path)
    {
        if (FileFacts.Of(path, followLink: false) is not { } facts)
            return null;
        try
        {
            foreach (var line in File.ReadLines("/proc/locks"))
            {
                var cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (cells.Length == 8 && cells[1] == "FLOCK"
                    && cells[5].EndsWith(":" + facts.Inode.ToString(CultureInfo.InvariantCulture),
                        StringComparison.Ordinal)
                    && int.TryParse(cells[4], CultureInfo.InvariantCulture, out var process) && process > 0)
                    return process;
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Not every system provides the file /proc/locks.
        }
        return null;
    }

    private static string Describe(int process)
    {
        var user = FileFacts.Of($"/proc/{process}", followLink: false) is { } facts && facts.Owner != FileFacts.Caller
            ? $" of user {facts.Owner}" : "";
        try
        {
            var command = Line(File.ReadAllText($"/proc/{process}/cmdline").Replace('\0', ' '));
            return $"process {process}{user}{(command.Length == 0 ? "" : $" ({command})")}";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return $"process {process}{user}";
        }
    }

    // The description of the owner comes from another process and is shown on a terminal, so it is made safe and short.
    private static string Line(string text)
    {
        var line = PlainText.Line(text.Trim());
        return line.Length > MostWords ? line[..MostWords] + "..." : line;
    }

    [GeneratedRegex("^process ([0-9]{1,9})\\b")]
    private static partial Regex Number();
}
