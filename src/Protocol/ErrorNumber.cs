namespace Verus.Artifact.Protocol;

/// <summary>
/// The error numbers of Linux: their names, their meanings, and which of them indicate that the machine lacks a
/// resource.
/// </summary>
public static class ErrorNumber
{
    /// <summary>Too many processes (EAGAIN).</summary>
    public const int Again = 11;
    /// <summary>Out of memory (ENOMEM).</summary>
    public const int NoMemory = 12;
    /// <summary>Too many files are open on the machine (ENFILE).</summary>
    public const int FileTable = 23;
    /// <summary>Too many files are open in the process (EMFILE).</summary>
    public const int TooManyFiles = 24;
    /// <summary>No room or no inode is left on the file system (ENOSPC).</summary>
    public const int NoSpace = 28;
    /// <summary>The file system is read-only (EROFS).</summary>
    public const int ReadOnly = 30;

    private static readonly Dictionary<int, (string Name, string Meaning)> Lacks = new()
    {
        [5] = ("EIO", "the disk failed to read or write"),
        [Again] = ("EAGAIN", "there are too many processes"),
        [NoMemory] = ("ENOMEM", "memory ran out"),
        [FileTable] = ("ENFILE", "too many files are open on this machine"),
        [TooManyFiles] = ("EMFILE", "too many files are open"),
        [26] = ("ETXTBSY", "the file is being written (text file busy)"),
        [NoSpace] = ("ENOSPC", "the disk is full"),
        [ReadOnly] = ("EROFS", "the file system is read-only"),
        [116] = ("ESTALE", "the network file system has lost the file"),
        [122] = ("EDQUOT", "the disk quota is used up"),
    };

    /// <summary>
    /// The name of an error that indicates that the machine lacks a resource; null for every other error.
    /// </summary>
    public static string? LackOf(int number) => Lacks.TryGetValue(number, out var lack) ? lack.Name : null;

    /// <summary>Whether a text is the name of an error that <see cref="LackOf(int)"/> can return.</summary>
    public static bool IsLack(string name) => Lacks.Values.Any(lack => lack.Name == name);

    /// <summary>
    /// The error number of an exception caused by a failed system call; null when the exception has none. An allocation
    /// that failed because memory ran out has no error number of its own.
    /// </summary>
    public static int? Of(Exception problem) => problem switch
    {
        OutOfMemoryException => NoMemory,
        System.ComponentModel.Win32Exception native => native.NativeErrorCode,
        // If the .NET class library has no exception class for an error number, it stores the number in HResult.
        IOException { HResult: > 0 and < 4096 } => problem.HResult,
        _ => problem.InnerException is { } inner ? Of(inner) : null,
    };

    /// <summary>Explains what an error number means.</summary>
    public static string Explain(int number) => Lacks.TryGetValue(number, out var lack) ? lack.Meaning : number switch
    {
        2 => "no such file or directory",
        6 => "nobody reads from it",
        7 => "its arguments and environment are too long",
        8 => "not a program that this system can execute (exec format error)",
        13 => "permission denied",
        20 => "a part of the path is not a folder",
        21 => "it is a folder",
        36 => "the path is too long",
        40 => "it is a symbolic link, or there are too many",
        _ => $"error {number}",
    };
}
