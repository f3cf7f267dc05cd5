using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Common;

/// <summary>
/// The diagnostics VART0009 to VART0011 and VART004x, for file operations and process starts that the system refuses,
/// in any stage.
/// </summary>
[DiagnosticRules]
public static class FileRules
{
    /// <summary>A folder is not writable.</summary>
    public static readonly DiagnosticRule FolderNotWritable = new("VART0009", Error, "A folder cannot be written",
        "The folder '{0}' cannot be written: {1}. Change the permissions of the folder, or choose another folder with "
        + "-p:ArtifactEvaluationDir=...");

    /// <summary>The disk is full.</summary>
    public static readonly DiagnosticRule DiskFull = new("VART0010", Error, "The disk is full",
        "Writing '{0}' failed because the disk is full (ENOSPC). Free some space and run the same command again: "
        + "nothing that was measured is lost.");

    /// <summary>A file cannot be read or written.</summary>
    public static readonly DiagnosticRule FileProblem = new("VART0011", Error, "A file cannot be used",
        "A file or folder cannot be used: {0} Check its permissions and the disk, and run the same command again: "
        + "nothing that was measured is lost.");

    /// <summary>No file can be created, since the file system has no inodes left.</summary>
    public static readonly DiagnosticRule NoInodes = new("VART0040", Error, "The file system has no inodes left",
        "Writing '{0}' failed because its file system cannot hold more files (ENOSPC, no inodes are left). Remove "
        + "files from the full file system, and run the same command again: nothing that was measured is lost.");

    /// <summary>The user's quota is used up.</summary>
    public static readonly DiagnosticRule QuotaUsedUp = new("VART0041", Error, "A disk quota is used up",
        "Writing '{0}' failed because the disk quota of this user is used up (EDQUOT). Remove files or have the "
        + "quota raised, and run the same command again: nothing that was measured is lost.");

    /// <summary>The file system is read-only.</summary>
    public static readonly DiagnosticRule ReadOnlyFileSystem = new("VART0042", Error, "A file system is read-only",
        "'{0}' cannot be written because its file system is read-only (EROFS). Mount the file system for writing (the "
        + "kernel makes a file system read-only after a disk error: look at dmesg), or choose another folder with "
        + "-p:ArtifactEvaluationDir=...");

    /// <summary>No more files can be opened.</summary>
    public static readonly DiagnosticRule NoHandles = new("VART0043", Error, "Too many files are open",
        "'{0}' cannot be opened ({1}): {2}. When files can be opened, run the same command again: nothing that was "
        + "measured is lost.");

    /// <summary>The storage device that holds a file reports an error.</summary>
    public static readonly DiagnosticRule DeviceFails = new("VART0044", Error, "A disk reports errors",
        "Reading or writing '{0}' failed because the device or the server of its file system reported an error "
        + "({1}). Look at dmesg, and at the network if the folder is mounted from another machine.");

    /// <summary>Something other than a file is where a file is expected.</summary>
    public static readonly DiagnosticRule NotAFile = new("VART0045", Error, "Something else is in the place of a file",
        "'{0}' is {1}, but {2} is expected there. Move '{0}' away, and run the same command again.");

    /// <summary>A path is longer than the system allows.</summary>
    public static readonly DiagnosticRule PathTooLong = new("VART0046", Error, "A path is too long",
        "'{0}' is longer than the system allows (ENAMETOOLONG: 4,096 bytes for a path, 255 for a name). Use shorter "
        + "names, or a folder nearer to the root with -p:ArtifactEvaluationDir=...");

    /// <summary>No process or thread can be started.</summary>
    public static readonly DiagnosticRule NoProcess = new("VART0047", Error, "A process cannot be started",
        "'{0}' cannot be started because the machine has no process or no memory left for it ({1}). End other "
        + "programs, or raise the limits (ulimit -u, pids.max, memory of the container), and run the same command "
        + "again: nothing that was measured is lost.");

    /// <summary>A file would exceed the size limit.</summary>
    public static readonly DiagnosticRule FileTooLarge = new("VART0048", Error, "A file would be too large",
        "Writing '{0}' failed because the file would be larger than the limit of this process or of the file system "
        + "(EFBIG). Raise the limit (ulimit -f), and run the same command again: nothing that was measured is lost.");

    /// <summary>An existing file is not writable.</summary>
    public static readonly DiagnosticRule FileNotWritable = new("VART0049", Error, "A file cannot be written",
        "The file '{0}' may not be written by this user ({1}). Change the file's owner or permissions (chmod, chown; "
        + "chattr -i for an immutable file), and run the same command again.");
}
