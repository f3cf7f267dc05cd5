using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Sources;

/// <summary>Diagnostics of the sources stage: VART2xxx.</summary>
[DiagnosticRules]
public static class SourceRules
{
    /// <summary>The host of a source cannot be reached.</summary>
    public static readonly DiagnosticRule Unreachable = new("VART2001", Error, "A host cannot be reached",
        "'{0}' cannot be fetched because its host cannot be reached ({1}). Check the network, or point git to a mirror "
        + "with url.<base>.insteadOf, and run the same command again: what has been fetched is kept.");

    /// <summary>The remote repository does not have the pinned commit.</summary>
    public static readonly DiagnosticRule MissingCommit = new("VART2002", Error,
        "The remote does not have the pinned commit",
        "'{0}' needs the commit {1} of '{2}', which does not have it (any more).{3}");

    /// <summary>The host refuses access to a repository, or the repository does not exist.</summary>
    public static readonly DiagnosticRule Refused = new("VART2003", Error, "The remote refuses access",
        "'{0}' cannot be fetched from '{1}': access was refused, or there is no such repository ({2}). Check the "
        + "Url, and that git on this machine has the credentials.");

    /// <summary>The disk is full.</summary>
    public static readonly DiagnosticRule DiskFull = new("VART2004", Error, "The disk filled up while fetching",
        "'{0}' cannot be fetched because the disk is full. Free some space, or choose another folder with "
        + "-p:ArtifactEvaluationDir=..., and run the same command again: fetching continues where it stopped.");

    /// <summary>The connection broke.</summary>
    public static readonly DiagnosticRule Broken = new("VART2005", Error, "The connection broke while fetching",
        "'{0}': the connection to '{1}' was interrupted ({2}). Run the same command again, which fetches what is "
        + "missing.");

    /// <summary>A checkout was edited.</summary>
    public static readonly DiagnosticRule Edited = new("VART2006", Error, "A checkout was edited",
        "The checkout of '{0}' in '{1}' is not as pinned: {2}. The SDK never overwrites a changed checkout. Undo the "
        + "changes, or move the folder away to get a fresh checkout.");

    /// <summary>A source is not present, and offline mode forbids fetching it.</summary>
    public static readonly DiagnosticRule Offline = new("VART2007", Error, "A source is missing and offline mode is on",
        "'{0}' is not on this machine, and Offline is true. Run once without Offline, or unpack a bundle that contains "
        + "'{0}'.");

    /// <summary>Git reports an error that has no code of its own.</summary>
    public static readonly DiagnosticRule GitFailed = new("VART2008", Error, "git failed",
        "'{0}' cannot be fetched from '{1}'. git said: {2}");

    /// <summary>The content of a download differs from the pinned one.</summary>
    public static readonly DiagnosticRule HashMismatch = new("VART2009", Error, "A download differs from its pin",
        "'{0}' from '{1}' has the SHA-256 {2}, but {3} is pinned. Somebody changed the file; compare both files "
        + "before you change the pin.");

    /// <summary>A fallback is used.</summary>
    public static readonly DiagnosticRule FallbackUsed = new("VART2010", Warning, "A fallback commit is used",
        "'{0}' uses its fallback commit {1} instead of the pinned {2}, because ArtifactAllowFallback names it. "
        + "Everything that is measured with the fallback says so.");

    /// <summary>A download failed.</summary>
    public static readonly DiagnosticRule DownloadFailed = new("VART2011", Error, "A download failed",
        "'{0}' cannot be downloaded from '{1}': {2}. Run the same command again: the download continues where it "
        + "stopped.");

    /// <summary>The remote repository lacks objects of the pinned commit.</summary>
    public static readonly DiagnosticRule Damaged = new("VART2012", Error, "The remote's copy is incomplete",
        "'{0}' cannot be fetched from '{1}': the repository there lacks objects of the commit ({2}). Use another "
        + "mirror or the original; the same remote will fail again.");

    /// <summary>Git does not trust a checkout because another user owns its files.</summary>
    public static readonly DiagnosticRule OtherOwner = new("VART2040", Error, "The sources belong to another user",
        "git refuses to work on the sources of '{0}', because they belong to another user. git said: {1}\nRun the "
        + "evaluation as the owner of the sources, give the sources to this user with chown, or tell git that you "
        + "trust them, as it suggests.");

    /// <summary>The pinned object is not a commit.</summary>
    public static readonly DiagnosticRule NoCommit = new("VART2041", Error, "A pin does not name a commit",
        "'{0}' is pinned to {1} of '{2}', which is {3}. {4}");

    /// <summary>The repository uses another hash for its objects.</summary>
    public static readonly DiagnosticRule OtherFormat = new("VART2042", Error,
        "The repository uses another hash function",
        "'{0}' cannot be fetched from '{1}': ids of SHA-1 repositories have 40 digits, those of SHA-256 "
        + "repositories 64, and the pin has the other form ({2}). Write the commit as 'git ls-remote' shows it; a "
        + "submodule must have the same form as its repository.");

    /// <summary>The content of files in Git LFS was not fetched.</summary>
    public static readonly DiagnosticRule LfsNotFetched = new("VART2043", Error,
        "Files in Git LFS could not be fetched",
        "'{0}' keeps {1} in Git LFS, '{2}' among them, and only their pointers are here: {3}. A pointer must not "
        + "be measured as if it were the file. If no file in Git LFS is needed, write Lfs=\"false\".");

    /// <summary>A submodule would be placed at a path where none is allowed.</summary>
    public static readonly DiagnosticRule SubmodulePlace = new("VART2044", Error, "A submodule has a forbidden path",
        "'{0}' has a submodule at '{1}': {2}. Nothing was written there. Do not use this repository, or leave out "
        + "its submodules with Submodules=\"false\".");

    /// <summary>A submodule comes from a URL that is not allowed.</summary>
    public static readonly DiagnosticRule SubmoduleUrl = new("VART2045", Error, "The URL of a submodule is not allowed",
        "'{0}' has a submodule at '{1}' with the URL '{2}'. A repository of '{3}' may name other repositories by "
        + "https, http, ssh and git only; a local repository may also name other local repositories by absolute paths. "
        + "Leave out submodules with Submodules=\"false\", or pin the submodule's repository as an ExternalRepo of its "
        + "own.");

    /// <summary>A submodule has no URL.</summary>
    public static readonly DiagnosticRule SubmoduleWithoutUrl = new("VART2046", Warning, "A submodule has no URL",
        "'{0}' has submodules for which .gitmodules has no URL: {1}. These folders stay empty. If submodules without a "
        + "URL are needed, pin their repositories as ExternalRepo items of their own.");

    /// <summary>A tree and its list of submodules contradict each other.</summary>
    public static readonly DiagnosticRule SubmodulesContradict = new("VART2047", Error,
        "A list of submodules contradicts itself",
        "The submodules of '{0}' are contradictory: {1}. Use another commit, or leave out submodules with "
        + "Submodules=\"false\".");

    /// <summary>git rejects objects.</summary>
    public static readonly DiagnosticRule Rejected = new("VART2048", Error, "git refuses what the remote sent",
        "'{0}' cannot be fetched from '{1}': git refuses objects that the remote sent, as hostile repositories contain "
        + "them: {2}. Use another commit or another mirror, and tell the authors of the repository.");

    /// <summary>Somebody committed in a checkout.</summary>
    public static readonly DiagnosticRule OwnCommits = new("VART2049", Error, "A checkout has commits of its own",
        "The checkout of '{0}' in '{1}' has commits that were made in it: {2}. The SDK never discards commits. Push "
        + "the commits or move the folder away to get a fresh checkout; to evaluate one of the commits, pin it.");

    /// <summary>libgit2 cannot decide this.</summary>
    public static readonly DiagnosticRule NotWithoutGit = new("VART2050", Error, "A repository needs the git command",
        "'{0}' cannot be fetched or compared without the git command, which is not on PATH: {1}. Install git "
        + "(Debian: apt-get install git).");

    /// <summary>The nesting of submodules is too deep to end.</summary>
    public static readonly DiagnosticRule TooManySubmodules = new("VART2051", Error,
        "A repository has too many submodules",
        "'{0}' has more than {1} submodules, or more than {2} levels of them. Leave out the submodules with "
        + "Submodules=\"false\", and pin those that are needed as ExternalRepo items of their own.");

    /// <summary>A path of a part of a repository does not exist.</summary>
    public static readonly DiagnosticRule NoSparsePath = new("VART2085", Error, "A sparse path matches nothing",
        "'{0}' has no file at its commit {1} that matches these entries of SparsePaths: {2}. Correct the entries. "
        + "Entries are relative to the top of the repository, and cannot lead into a submodule: pin the repository of "
        + "the submodule as an ExternalRepo of its own, or name its whole folder.");
}
