using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Tools;

/// <summary>Diagnostics about tools and about what a machine lacks: VART3xxx.</summary>
[DiagnosticRules]
public static class ToolRules
{
    /// <summary>A version or range cannot be read.</summary>
    public static readonly DiagnosticRule BadVersionRule = new("VART3001", Error,
        "A tool's version rule cannot be read",
        "Tool '{0}': '{1}' is neither a version nor a range. Write a version such as 4.3.0 (exactly this one), or a "
        + "range such as [4.3,5.0).");

    /// <summary>A version pattern is not a regular expression with one group.</summary>
    public static readonly DiagnosticRule BadVersionPattern = new("VART3002", Error,
        "A tool's version pattern is invalid",
        "Tool '{0}': VersionPattern '{1}' must be a regular expression with one group, the version.");

    /// <summary>One error that lists everything that the machine lacks.</summary>
    public static readonly DiagnosticRule Shortfalls = new("VART3003", Error,
        "The machine does not meet the requirements",
        "This machine lacks {0} that the requested targets need:{1}");

    /// <summary>No package registry has the package of a tool in the required version.</summary>
    public static readonly DiagnosticRule PackageMissing = new("VART3004", Error, "A tool's package is not available",
        "Tool '{0}': none of this machine's package sources has the package '{1}' in version {2}. Add a source that "
        + "has the package to NuGet.config, set the item's Path to an executable, or request another version with "
        + "VersionOverride, which is shown as a deviation.");

    /// <summary>No package registry answered.</summary>
    public static readonly DiagnosticRule RegistryUnreachable = new("VART3005", Error,
        "The package registry cannot be reached",
        "Tool '{0}': the package '{1}' {2} cannot be installed because a package source does not answer (see '{3}'). "
        + "Check the network and the sources in NuGet.config, or set the item's Path to an executable, and run the "
        + "same command again.");

    /// <summary>The installation of a tool failed for a reason without a code of its own.</summary>
    public static readonly DiagnosticRule InstallFailed = new("VART3006", Error, "Installing a tool failed",
        "Tool '{0}': installing the package '{1}' {2} failed. The log is '{3}'. If you cannot fix the installation, "
        + "set the item's Path to an executable. The last lines: {4}");

    /// <summary>A build cannot start.</summary>
    public static readonly DiagnosticRule BuildNotReady = new("VART3007", Error, "A tool cannot be built yet",
        "Tool '{0}' cannot be built, because this is missing: {1}. Provide what is missing ('-t:CloneExternalRepos' "
        + "makes the checkouts), or set the item's Path to an executable.");

    /// <summary>A step of a tool's build failed.</summary>
    public static readonly DiagnosticRule StepFailed = new("VART3008", Error, "A build step of a tool failed",
        "Tool '{0}': step {1}, {2}, {3}. Its log is '{4}'. Fix the step and run the same command again: the build of "
        + "the tool continues there. The last lines:{5}");

    /// <summary>The build of a tool succeeded but left no executable.</summary>
    public static readonly DiagnosticRule NothingBuilt = new("VART3009", Error, "A build produced no executable",
        "Tool '{0}': its build succeeded ({1}), but the file '{2}' does not exist. Correct Executable or Build of the "
        + "item; the logs are in '{3}'.");

    /// <summary>A tool of an image needs a tool that is elsewhere.</summary>
    public static readonly DiagnosticRule OtherImage = new("VART3020", Error,
        "A tool in an image needs a tool from elsewhere",
        "Tool '{0}' is built and runs in the image '{1}', but needs the tool '{2}', which does not. Give the other "
        + "tool the same Image, or leave it out of Depends if the image contains it.");

    /// <summary>The archive of a tool lacks the executable.</summary>
    public static readonly DiagnosticRule NotInArchive = new("VART3021", Error,
        "A tool's archive has no such executable",
        "Tool '{0}': the archive '{1}' has no file '{2}'. Correct Executable of the item. It has {3}.");

    /// <summary>The archive of a tool cannot be unpacked.</summary>
    public static readonly DiagnosticRule BadArchive = new("VART3022", Error, "A tool's archive cannot be unpacked",
        "Tool '{0}': the download '{1}' cannot be unpacked: {2}. Correct the Url of the ExternalFile, or name an "
        + "ExternalFile that is an archive.");

    /// <summary>A package of a tool differs from the pinned one.</summary>
    public static readonly DiagnosticRule OtherPackage = new("VART3030", Error,
        "The package of a tool differs from its pin",
        "Tool '{0}': the package '{1}' {2} has the SHA-256 {3}, but {4} is pinned. Nothing of the package was run or "
        + "kept. Somebody changed the package: compare both packages before you change PackageHashes of the ToolPin.");

    /// <summary>A package of a bundle has no hash in the ledger.</summary>
    public static readonly DiagnosticRule UnpinnedPackage = new("VART3031", Error,
        "The package of a tool has no hash and offline mode is on",
        "Tool '{0}': the ledger has no hash for the package '{1}' {2}, and a package is code. Nothing of the package "
        + "was run or kept. On a machine with a network, build once with a ToolPin for this version, which writes "
        + "PackageHashes; commit the changed ledger, and write the bundle again.");
}
