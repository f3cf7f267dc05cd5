using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Sources;

/// <summary>Diagnostics of the sources stage: VART2xxx.</summary>
[DiagnosticRules]
public static class SourceRules
{
    /// <summary>The host cannot be reached.</summary>
    public static readonly DiagnosticRule Unreachable = new("VART2001", Error, "A host cannot be reached",
        "'{0}' cannot be fetched: its host cannot be reached ({1}). Check the network, or point git to a mirror with url.<base>.insteadOf; what is here stays, and the same command goes on.");

    /// <summary>The remote does not have the commit.</summary>
    public static readonly DiagnosticRule MissingCommit = new("VART2002", Error, "The remote does not have the pinned commit",
        "'{0}' needs the commit {1} of '{2}', which does not have it (any more).{3}");

    /// <summary>The remote refuses, or there is no such repository.</summary>
    public static readonly DiagnosticRule Refused = new("VART2003", Error, "The remote refuses access",
        "'{0}' cannot be fetched from '{1}': access was refused, or there is no such repository ({2}). Check the Url, and that git on this machine has the credentials.");

    /// <summary>The disk is full.</summary>
    public static readonly DiagnosticRule DiskFull = new("VART2004", Error, "The disk filled up while fetching",
        "'{0}' cannot be fetched because the disk is full. Make room, or choose another folder with -p:EvaluationDir=...; the same command goes on where this one stopped.");

    /// <summary>The connection broke.</summary>
    public static readonly DiagnosticRule Broken = new("VART2005", Error, "The connection broke while fetching",
        "'{0}': the connection to '{1}' broke in the middle ({2}). Run the same command again: it goes on with what is missing.");

    /// <summary>A checkout was edited.</summary>
    public static readonly DiagnosticRule Edited = new("VART2006", Error, "A checkout was edited",
        "The checkout of '{0}' in '{1}' is not as pinned: {2}. It is never overwritten. Move it away to get a fresh one, or undo the changes.");

    /// <summary>Offline, and not there.</summary>
    public static readonly DiagnosticRule Offline = new("VART2007", Error, "A source is not here and the network is off limits",
        "'{0}' is not on this machine, and Offline is true. Run once without it, or unpack a bundle that has it.");

    /// <summary>Anything else that git says.</summary>
    public static readonly DiagnosticRule GitFailed = new("VART2008", Error, "git failed",
        "'{0}' cannot be fetched from '{1}'. git said: {2}");

    /// <summary>A download has another content than pinned.</summary>
    public static readonly DiagnosticRule HashMismatch = new("VART2009", Error, "A download is not what is pinned",
        "'{0}' from '{1}' has the SHA-256 {2}, but {3} is pinned. Somebody changed the file; compare both before you change the pin.");

    /// <summary>A fallback is used.</summary>
    public static readonly DiagnosticRule FallbackUsed = new("VART2010", Warning, "A fallback commit is used",
        "'{0}' is taken at its fallback {1} in place of the pinned {2}, because AllowFallback names it. Everything that is measured with it says so.");

    /// <summary>A download failed.</summary>
    public static readonly DiagnosticRule DownloadFailed = new("VART2011", Error, "A download failed",
        "'{0}' cannot be downloaded from '{1}': {2}. Run the same command again: it goes on where this one stopped.");

    /// <summary>The remote lacks objects of the commit.</summary>
    public static readonly DiagnosticRule Damaged = new("VART2012", Error, "The remote's copy is incomplete",
        "'{0}' cannot be fetched from '{1}': the repository there lacks objects of the commit ({2}). Take another mirror, or the original; the same remote will say so again.");
}
