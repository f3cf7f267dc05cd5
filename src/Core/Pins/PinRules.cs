using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Pins;

/// <summary>Diagnostics of the pins stage: VART1xxx.</summary>
[DiagnosticRules]
public static class PinRules
{
    /// <summary>A pin gives a branch or a tag instead of a commit.</summary>
    public static readonly DiagnosticRule Floating = new("VART1001", Error, "A pin does not fix a version",
        "{0} '{1}' is pinned to '{2}', which can be another commit tomorrow. Write the whole commit, 40 hexadecimal "
        + "digits ('git ls-remote' shows it).");

    /// <summary>A commit is abbreviated.</summary>
    public static readonly DiagnosticRule ShortCommit = new("VART1002", Error, "A commit is abbreviated",
        "ExternalRepo '{0}' is pinned to '{1}', an abbreviation. Write all 40 hexadecimal digits of the commit.");

    /// <summary>The ledger has one repository at two commits without a reason.</summary>
    public static readonly DiagnosticRule TwoCommits = new("VART1003", Error, "One repository is pinned to two commits",
        "ExternalRepo '{0}' and '{1}' are the same repository at different commits. Give the reason in the metadata "
        + "Reason of the second item, or pin both items to one commit.");

    /// <summary>A pinned image has no digest.</summary>
    public static readonly DiagnosticRule ImageByTag = new("VART1004", Warning, "An image has no digest yet",
        "ContainerImage '{0}' ({1}) has no Digest. The first pull writes the Digest to the ledger; commit the changed "
        + "ledger.");

    /// <summary>The digest or hash of a pin is malformed.</summary>
    public static readonly DiagnosticRule BadHash = new("VART1005", Error, "A hash is malformed",
        "{0} '{1}': {2} is '{3}', but must be {4}.");

    /// <summary>A pinned download has no hash.</summary>
    public static readonly DiagnosticRule FileWithoutHash = new("VART1006", Warning, "A download has no hash yet",
        "ExternalFile '{0}' ({1}) has no Sha256. The first download writes the Sha256 to the ledger; commit the "
        + "changed ledger.");

    /// <summary>A value that was found cannot be written to the ledger.</summary>
    public static readonly DiagnosticRule NotWritten = new("VART1010", Warning,
        "A pin could not be written to the ledger",
        "{0} '{1}' has no {2} yet, and {4} was not changed because {5}. Write {2}=\"{3}\" into the element that "
        + "declares the item, and commit the changed file.");

    /// <summary>An optional download is missing.</summary>
    public static readonly DiagnosticRule OptionalGone = new("VART1030", Advice,
        "An optional download is not available",
        "ExternalFile '{0}' is optional and was left out. {1}");

    /// <summary>The package of a .NET tool has no hash.</summary>
    public static readonly DiagnosticRule PackageWithoutHash = new("VART1011", Warning,
        "The package of a .NET tool has no hash yet",
        "Tool '{0}' is installed from the package '{1}', for which the ledger has no hash, so no bundle can provide "
        + "it. {2}");

    /// <summary>A build installed different packages than the build before it.</summary>
    public static readonly DiagnosticRule OtherPackages = new("VART1012", Advice,
        "A recipe installed other packages than before",
        "{0} '{1}' was made by the recipe that '{2}' describes, and it has other packages ({3}):{4}\nThe package "
            + "sources "
        + "have moved on. Times may differ from those with the packages in that file; delete the file to accept the "
        + "new packages, and commit the new file.");
}
