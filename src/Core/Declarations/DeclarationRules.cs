using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Declarations;

/// <summary>Diagnostics about what is declared, whatever its stage: VART00xx.</summary>
[DiagnosticRules]
public static class DeclarationRules
{
    /// <summary>An item lacks metadata that it needs.</summary>
    public static readonly DiagnosticRule MissingMetadata = new("VART0001", Error, "Metadata is missing",
        "{0} '{1}' has no {2}. Add the metadata {2} to it.");

    /// <summary>Metadata has a value of the wrong kind.</summary>
    public static readonly DiagnosticRule BadMetadata = new("VART0002", Error, "Metadata has a value that does not fit",
        "{0} '{1}': {2} is '{3}', but must be {4}.");

    /// <summary>An item has metadata that nothing reads.</summary>
    public static readonly DiagnosticRule UnknownMetadata = new("VART0003", Error, "Metadata is not known",
        "{0} '{1}' has metadata '{2}', which nothing reads.{3}");

    /// <summary>Two items of one type share a name.</summary>
    public static readonly DiagnosticRule DuplicateName = new("VART0004", Error, "A name is declared twice",
        "{0} '{1}' is declared twice. Give one of the two another name.");

    /// <summary>An item refers to another one that is not there.</summary>
    public static readonly DiagnosticRule UnknownReference = new("VART0005", Error, "A reference leads nowhere",
        "{0} '{1}' refers to {2} '{3}', which is not declared.{4}");

    /// <summary>A property has a value of the wrong kind.</summary>
    public static readonly DiagnosticRule BadProperty = new("VART0006", Error, "A property has a value that does not fit",
        "Property {0} is '{1}', but must be {2}. Pass it as -p:{0}=...");

    /// <summary>A requested figure, suite or set does not exist.</summary>
    public static readonly DiagnosticRule UnknownRequest = new("VART0007", Error, "What was asked for is not declared",
        "'{0}' is neither a figure, a suite, a set, a claim, an experiment nor a tool of this evaluation.{1} '-t:List' shows all.");

    /// <summary>Declarations refer to each other in a circle.</summary>
    public static readonly DiagnosticRule CircularReference = new("VART0008", Error, "References go in a circle",
        "{0} '{1}' refers to itself by way of {2}. Break the circle.");

    /// <summary>A folder cannot be written.</summary>
    public static readonly DiagnosticRule FolderNotWritable = new("VART0009", Error, "A folder cannot be written",
        "The folder '{0}' cannot be written: {1}. Change its permissions, or choose another folder with -p:EvaluationDir=...");

    /// <summary>The disk is full.</summary>
    public static readonly DiagnosticRule DiskFull = new("VART0010", Error, "The disk is full",
        "Writing '{0}' failed because the disk is full (ENOSPC). Make room and run the same command again: nothing that was measured is lost.");

    /// <summary>A file cannot be read or written.</summary>
    public static readonly DiagnosticRule FileProblem = new("VART0011", Error, "A file cannot be used",
        "A file or folder cannot be used: {0} Check its permissions and the disk, and run the same command again: nothing that was measured is lost.");

    /// <summary>A URL holds a secret.</summary>
    public static readonly DiagnosticRule SecretInUrl = new("VART0020", Error, "A URL holds a password or a token",
        "{0} '{1}': its Url holds a password or a token, which everyone would see who gets the ledger or a binary log. Write the Url without it, and let git's credential helper, "
        + "~/.netrc, or url.<base>.insteadOf in git's own configuration supply it.");

    /// <summary>An experiment has nothing to do in a smoke run.</summary>
    public static readonly DiagnosticRule EmptySmokeRun = new("VART0030", Error, "A smoke run has no cell",
        "Experiment '{0}' has no cell in a smoke run: its Except removes every combination of the values that Smoke names and the first ones of the other axes. Name other values in Smoke.");

    /// <summary>No file can be made, since the file system has no inode left.</summary>
    public static readonly DiagnosticRule NoInodes = new("VART0040", Error, "The disk has no room for another file",
        "Writing '{0}' failed because its file system holds as many files as it can (ENOSPC, no inodes are left). Remove files there and run the same command again: "
        + "nothing that was measured is lost.");

    /// <summary>The user's quota is used up.</summary>
    public static readonly DiagnosticRule QuotaUsedUp = new("VART0041", Error, "A disk quota is used up",
        "Writing '{0}' failed because the disk quota of this user is used up (EDQUOT). Remove files or have it raised, and run the same command again: nothing that was measured is lost.");

    /// <summary>The file system cannot be written.</summary>
    public static readonly DiagnosticRule ReadOnlyFileSystem = new("VART0042", Error, "A file system is read-only",
        "'{0}' cannot be written because its file system is read-only (EROFS). Mount it for writing (after a fault of the disk the kernel makes it read-only: look at dmesg), "
        + "or choose another folder with -p:EvaluationDir=...");

    /// <summary>No file can be opened any more.</summary>
    public static readonly DiagnosticRule NoHandles = new("VART0043", Error, "Too many files are open",
        "'{0}' cannot be opened ({1}): {2}. Then run the same command again: nothing that was measured is lost.");

    /// <summary>The device of a file does not work.</summary>
    public static readonly DiagnosticRule DeviceFails = new("VART0044", Error, "A disk does not work",
        "Reading or writing '{0}' failed because the device or the server of its file system did not answer rightly ({1}). Look at dmesg, and at the network of a mounted folder.");

    /// <summary>Something else stands where a file belongs.</summary>
    public static readonly DiagnosticRule NotAFile = new("VART0045", Error, "Something else stands where a file belongs",
        "'{0}' is {1}, where {2} belongs. Move it away, and run the same command again.");

    /// <summary>A path is longer than the system allows.</summary>
    public static readonly DiagnosticRule PathTooLong = new("VART0046", Error, "A path is too long",
        "'{0}' is longer than the system allows (ENAMETOOLONG: 4,096 bytes a path, 255 a name). Use shorter names, or a folder nearer to the root with -p:EvaluationDir=...");

    /// <summary>No process or thread can be started.</summary>
    public static readonly DiagnosticRule NoProcess = new("VART0047", Error, "No process can be started",
        "'{0}' cannot be started because the machine has no process or no memory left for it ({1}). End other programs, or raise the limits (ulimit -u, pids.max, memory of the "
        + "container), and run the same command again: nothing that was measured is lost.");

    /// <summary>A file would be larger than allowed.</summary>
    public static readonly DiagnosticRule FileTooLarge = new("VART0048", Error, "A file would be too large",
        "Writing '{0}' failed because the file would be larger than the limit of this process or of the file system (EFBIG). Raise the limit (ulimit -f), and run the same command again: "
        + "nothing that was measured is lost.");

    /// <summary>A file that stands there may not be written.</summary>
    public static readonly DiagnosticRule FileNotWritable = new("VART0049", Error, "A file cannot be written",
        "The file '{0}' may not be written by this user ({1}). Change its owner or permissions (chmod, chown; chattr -i for one that is immutable), and run the same command again.");

    /// <summary>A property of the command line is near to one that is known, and nothing reads it.</summary>
    public static readonly DiagnosticRule MisspeltProperty = new("VART0100", Warning, "A property of the command line is not known",
        "Nothing reads the property '{0}'. Did you mean -p:{1}=...?");

    /// <summary>A project of an evaluation asks for a package, which nothing would bring.</summary>
    public static readonly DiagnosticRule PackageInEvaluation = new("VART0101", Error, "An evaluation cannot have packages",
        "PackageReference '{0}': an evaluation compiles nothing, so that no package is restored for it. Declare a Tool with DotNetTool for a .NET tool, an ExternalFile for a download, "
        + "or put the package into a project of its own and name that one with ProjectReference.");

    /// <summary>A defect of the SDK itself.</summary>
    public static readonly DiagnosticRule Unexpected = new("VART0012", Error, "A defect of the SDK",
        "Something happened that the SDK does not expect: {0} ({1}). Nothing that was measured is lost. Details are in {2}; please report them.");
}
