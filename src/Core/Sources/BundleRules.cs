using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Sources;

/// <summary>Diagnostics about bundles: VART203x.</summary>
[DiagnosticRules]
public static class BundleRules
{
    /// <summary>There is no such file.</summary>
    public static readonly DiagnosticRule NotFound = new("VART2030", Error, "There is no such bundle",
        "There is no file '{0}'. Correct the property Bundle; 'dotnet build -t:Bundle' writes one where the network is there.");

    /// <summary>The file is something else.</summary>
    public static readonly DiagnosticRule Foreign = new("VART2031", Error, "A file is no bundle",
        "'{0}' is no bundle, or only the first bytes of one: it is no tar archive in gzip that begins with a manifest. Nothing of it was used. Give the file that 'dotnet build -t:Bundle' wrote.");

    /// <summary>The file is not as it was written.</summary>
    public static readonly DiagnosticRule Damaged = new("VART2032", Error, "A bundle is damaged",
        "'{0}' is damaged: {1}. Nothing of it was used. Copy or download it again, and compare its SHA-256 with the one that was printed when it was written.");

    /// <summary>The bundle is of another version.</summary>
    public static readonly DiagnosticRule OtherFormat = new("VART2033", Error, "A bundle has another format",
        "'{0}' has format {1} (written by version {2} of the SDK); this version reads format {3}. Use that version of the SDK, or write the bundle again.");

    /// <summary>git is needed.</summary>
    public static readonly DiagnosticRule NeedsGit = new("VART2034", Error, "Bundles of repositories need git",
        "Repositories are packed and unpacked by the git command, and there is none on PATH. Install git (Debian: apt-get install git).");

    /// <summary>The bundle does not hold everything.</summary>
    public static readonly DiagnosticRule Incomplete = new("VART2035", Warning, "A bundle does not hold everything",
        "The bundle does not hold:{0}\nA machine that builds from it must have these already.");
}
