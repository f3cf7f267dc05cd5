using System.ComponentModel;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Common;

/// <summary>
/// Turns a failure reported by the system into a coded diagnostic that names the cause. All code that writes or locks
/// files or starts processes uses this class, so that a full disk is reported as a full disk everywhere.
/// </summary>
public static class SystemProblem
{
    private const int NoEntry = 2, Io = 5, Again = 11, NoMemory = 12, Denied = 13, NotPermitted = 1, FileExists = 17,
        IsFolder = 21, NotFolder = 20, NoDevice = 6,
        SystemHandles = 23, Handles = 24, FileTooLarge = 27, NoSpace = 28, ReadOnlySystem = 30, NameTooLong = 36,
        Quota = 122, Stale = 116;

    private static readonly Dictionary<int, string> Names = new()
    {
        [NotPermitted] = "EPERM",
        [NoEntry] = "ENOENT",
        [Io] = "EIO",
        [NoDevice] = "ENXIO",
        [Again] = "EAGAIN",
        [NoMemory] = "ENOMEM",
        [Denied] = "EACCES",
        [NotFolder] = "ENOTDIR",
        [IsFolder] = "EISDIR",
        [SystemHandles] = "ENFILE",
        [Handles] = "EMFILE",
        [FileTooLarge] = "EFBIG",
        [NoSpace] = "ENOSPC",
        [ReadOnlySystem] = "EROFS",
        [NameTooLong] = "ENAMETOOLONG",
        [Stale] = "ESTALE",
        [Quota] = "EDQUOT",
    };

    /// <summary>
    /// Whether an exception is a failure reported by the system rather than a mistake in the program.
    /// </summary>
    public static bool IsOne(Exception problem) =>
        problem is IOException or UnauthorizedAccessException or Win32Exception;

    /// <summary>Whether an operation failed because the disk was full.</summary>
    public static bool IsDiskFull(Exception problem) => NumberOf(problem) is NoSpace or Quota;

    /// <summary>The diagnostic for a path that could not be created, written, moved or locked.</summary>
    public static DiagnosticException Explain(string path, Exception problem) =>
        Explain(path, NumberOf(problem), problem.Message);

    /// <summary>The diagnostic that explains an error number of the C library.</summary>
    internal static DiagnosticException Explain(string path, int number, string words) => number switch
    {
        NoSpace or Quota or FileTooLarge => NoRoom(path, number),
        ReadOnlySystem => FileRules.ReadOnlyFileSystem.Error(SourceLocation.None, path),
        Handles or SystemHandles => FileRules.NoHandles.Error(SourceLocation.None, path, Names[number],
            number == Handles ? "this process may open no more files; 'ulimit -n' shows and raises its limit"
                : "the whole system has too many open files; end programs"),
        Io or Stale => FileRules.DeviceFails.Error(SourceLocation.None, path, Names[number]),
        NameTooLong => FileRules.PathTooLong.Error(SourceLocation.None, path),
        Again or NoMemory => Start(path, number),
        IsFolder or NotFolder or NoDevice => NotAFile(path),
        NoEntry or FileExists when FileAbove(path) is { } file => NotAFolder(file),
        Denied or NotPermitted when File.Exists(path) => FileRules.FileNotWritable.Error(SourceLocation.None, path,
            Names[number]),
        _ => FileRules.FolderNotWritable.Error(SourceLocation.None, Path.GetDirectoryName(path),
            $"{words.TrimEnd('.')}"
                + $"{(Names.TryGetValue(number, out var name) && number != NoEntry ? $" ({name})" : "")}"),
    };

    /// <summary>
    /// The diagnostic for a system failure that the code in which it occurred has not explained; the system's own
    /// message names the path.
    /// </summary>
    public static IReadOnlyList<Diagnostic> Of(Exception problem)
    {
        if (OutOfHandles(problem) is { } lack)
            return lack.Diagnostics;
        var quoted = problem.Message.Split('\'');
        return NumberOf(problem) is var known && known != NoEntry && Names.ContainsKey(known) && quoted.Length == 3
            ? Explain(quoted[1], known, problem.Message).Diagnostics
            : [FileRules.FileProblem.At(SourceLocation.None, problem.Message)];
    }

    /// <summary>
    /// The diagnostic for any failure that was caused by running out of file handles; null for any other cause.
    /// </summary>
    public static DiagnosticException? OutOfHandles(Exception problem)
    {
        // An assembly that cannot be loaded for lack of file handles does not report this cause, nor does a class that
        // opens a file when it is first used.
        var isLoading = problem is TypeInitializationException
            || (problem is FileLoadException or FileNotFoundException { FileName: not null }
                && problem.Message.Contains(", Version=", StringComparison.Ordinal));
        return HandleProblem(isLoading) is var number and not 0
            ? Explain(Environment.ProcessPath ?? "dotnet", number, problem.Message) : null;
    }

    /// <summary>The diagnostic for a path at which a regular file is expected but something else exists.</summary>
    public static DiagnosticException NotAFile(string path)
    {
        var facts = FileFacts.Of(path, followLink: false);
        if (facts is null && FileAbove(path) is { } file)
            return NotAFolder(file);
        return FileRules.NotAFile.Error(SourceLocation.None, path, facts?.Kind.Words() ?? "something else",
            "a regular file");
    }

    /// <summary>
    /// The diagnostic for a program that could not be started because of the machine; null for any other cause.
    /// </summary>
    public static DiagnosticException? NotStarted(string program, Exception problem)
    {
        var number = NumberOf(problem);
        return number is Again or NoMemory ? Start(program, number)
            : number is Handles or SystemHandles ? Explain(program, number, problem.Message) : OutOfHandles(problem);
    }

    /// <summary>
    /// The diagnostic for a file system that has no room left for the files of a folder, whichever code noticed it
    /// first; null while the file system has room.
    /// </summary>
    public static DiagnosticException? WithoutRoom(string folder)
    {
        var (bytes, files) = Posix.Room(NearestExisting(folder));
        return files == 0 || bytes < LeastRoom ? NoRoom(folder, NoSpace) : null;
    }

    /// <summary>The diagnostic for a disk that has no room for a file.</summary>
    public static DiagnosticException DiskFull(string path) => NoRoom(path, NoSpace);

    // The free space in bytes below which a disk is regarded as full: less would not suffice for the output of the
    // smallest command and its record.
    private const long LeastRoom = 16 << 10;

    private static DiagnosticException NoRoom(string path, int number)
    {
        if (number == Quota)
            return FileRules.QuotaUsedUp.Error(SourceLocation.None, path);
        if (number == FileTooLarge)
            return FileRules.FileTooLarge.Error(SourceLocation.None, path);
        return Posix.Room(NearestExisting(path)).Files == 0 ? FileRules.NoInodes.Error(SourceLocation.None, path)
            : FileRules.DiskFull.Error(SourceLocation.None, path);
    }

    private static DiagnosticException Start(string program, int number) =>
        FileRules.NoProcess.Error(SourceLocation.None, program, Names[number]);

    // The error number that prevents opening files now; 0 when files can be opened.
    private static int HandleProblem(bool isLoading)
    {
        // Files that were open when an assembly failed to load may be closed again by now, so being close to the limit
        // is treated as having reached it.
        const int fewLeft = 32;
        if (!Posix.IsHere)
            return 0;
        if (isLoading && Posix.MostHandles() is { } most && OpenHandles() is { } open && open + fewLeft > most)
            return Handles;
        using var opened = Posix.Open("/dev/null", Posix.ReadOnly | Posix.CloseOnExec);
        if (!opened.IsInvalid)
            return 0;
        return System.Runtime.InteropServices.Marshal.GetLastPInvokeError() is (Handles or SystemHandles) and var number
            ? number : 0;
    }

    private static long? OpenHandles()
    {
        try
        {
            return Directory.EnumerateFileSystemEntries("/proc/self/fd").LongCount();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return long.MaxValue / 2; // Even this cannot be opened.
        }
    }

    private static DiagnosticException NotAFolder(string file) => FileRules.NotAFile.Error(SourceLocation.None, file,
        FileFacts.Of(file, followLink: false)?.Kind.Words() ?? "a file", "a folder");

    private static string? FileAbove(string path)
    {
        for (var above = path; Path.GetDirectoryName(above) is { Length: > 0 } parent; above = parent)
            if (File.Exists(parent))
                return parent;
        return null;
    }

    /// <summary>The path itself if something is there, or the nearest folder above it that exists.</summary>
    public static string NearestExisting(string path)
    {
        while (!Path.Exists(path) && Path.GetDirectoryName(path) is { Length: > 0 } parent)
            path = parent;
        return path;
    }

    // .NET stores the system's error number in the HResult of an exception or of its inner exception, and has exception
    // types of its own for some errors.
    private static int NumberOf(Exception problem) => problem switch
    {
        Win32Exception { InnerException: Win32Exception inner } => inner.NativeErrorCode,
        Win32Exception win => win.NativeErrorCode,
        PathTooLongException => NameTooLong,
        FileNotFoundException or DirectoryNotFoundException => NoEntry,
        UnauthorizedAccessException { InnerException: IOException inner } => inner.HResult & 0xFFFF,
        UnauthorizedAccessException => Denied,
        IOException => problem.HResult & 0xFFFF,
        _ => 0,
    };
}
