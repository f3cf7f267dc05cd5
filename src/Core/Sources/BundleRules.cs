using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Sources;

/// <summary>Diagnostics about bundles: VART203x.</summary>
[DiagnosticRules]
public static class BundleRules
{
    /// <summary>The file of a bundle does not exist.</summary>
    public static readonly DiagnosticRule NotFound = new("VART2030", Error, "The bundle does not exist",
        "The bundle '{0}' does not exist. Correct the property ArtifactBundle, or write a bundle with 'dotnet build "
        + "-t:Bundle' on a machine with a network.");

    /// <summary>A file that is to be unpacked is not a bundle.</summary>
    public static readonly DiagnosticRule Foreign = new("VART2031", Error, "A file is not a bundle",
        "'{0}' is not a bundle, or only the beginning of one: it is not a gzip-compressed tar archive that begins "
        + "with a manifest. Nothing of the file was used. Pass the file that 'dotnet build -t:Bundle' wrote.");

    /// <summary>The file of a bundle differs from what was written.</summary>
    public static readonly DiagnosticRule Damaged = new("VART2032", Error, "A bundle is damaged",
        "'{0}' is damaged: {1}. Nothing of the bundle was used. Copy or download the bundle again, and compare its "
        + "SHA-256 with the hash that was printed when it was written.");

    /// <summary>A bundle has the format of another version of the SDK.</summary>
    public static readonly DiagnosticRule OtherFormat = new("VART2033", Error, "A bundle has another format",
        "'{0}' has format {1} (written by version {2} of the SDK); this version reads format {3}. Use version {2} of "
        + "the SDK, or write the bundle again.");

    /// <summary>git is needed.</summary>
    public static readonly DiagnosticRule NeedsGit = new("VART2034", Error, "Bundles of repositories need git",
        "The git command packs and unpacks repositories, but it is not on PATH. Install git (Debian: apt-get "
        + "install git).");

    /// <summary>The bundle is incomplete.</summary>
    public static readonly DiagnosticRule Incomplete = new("VART2035", Warning, "A bundle does not contain everything",
        "The bundle does not contain:{0}\nA machine that builds from the bundle must have all of these already.");

    /// <summary>The content of a pin in the bundle differs from the pinned one.</summary>
    public static readonly DiagnosticRule NotAsPinned = new("VART2060", Error, "A bundle differs from the ledger",
        "'{0}' contains '{1}' with the SHA-256 {2}, but {3} is pinned for {4}. Nothing of the bundle was used. The "
        + "bundle belongs to another state of the ledger, or somebody changed it: write the bundle again from the "
        + "present ledger.");

    /// <summary>The bundle contains an entry that the ledger does not ask for.</summary>
    public static readonly DiagnosticRule LeftOut = new("VART2061", Warning,
        "Something in a bundle is not in the ledger",
        "The following content of '{0}' was left out, because the ledger does not name it or has no hash for "
        + "it:{1}\nLet a build with a network write the hashes to the ledger, and write the bundle again.");

    /// <summary>The bundle expands beyond the limit.</summary>
    public static readonly DiagnosticRule TooFar = new("VART2062", Error, "A bundle expands too far",
        "'{0}' has {1}, and its files would have more than {3} times as much; the largest is '{2}'. A bundle that "
        + "'-t:Bundle' writes never expands to more than {3} times its size. Nothing of the bundle was used; get a "
        + "bundle from somebody you trust.");
}
