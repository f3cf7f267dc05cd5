using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Extensions;

/// <summary>Diagnostics of extensions, with the codes VART0140 to VART0149.</summary>
[DiagnosticRules]
public static class ExtensionRules
{
    /// <summary>The file of an extension does not exist or is not an assembly.</summary>
    public static readonly DiagnosticRule NoAssembly = new("VART0140", Severity.Error, "Extension not found",
        "ArtifactExtension '{0}' cannot be read: {1}. Name an assembly relative to the project, such as "
        + "bin/Release/net10.0/MyReaders.dll, or the project that builds it.");

    /// <summary>An extension cannot be loaded.</summary>
    public static readonly DiagnosticRule DoesNotLoad = new("VART0141", Severity.Error, "Extension cannot be loaded",
        "ArtifactExtension '{0}' cannot be loaded: {1}. Publish the extension for .NET {2} or earlier, so that its "
        + "dependencies are beside it.");

    /// <summary>An extension was built against a different version of the contract.</summary>
    public static readonly DiagnosticRule OtherContract = new("VART0142", Severity.Error,
        "Extension for another version of the SDK",
        "ArtifactExtension '{0}' {1}; this SDK has version {2}. Build the extension against "
        + "Verus.Artifact.Abstractions {2} or an earlier version with the same major number.");

    /// <summary>An assembly of an extension provides no entry, or one with a name that is already taken.</summary>
    public static readonly DiagnosticRule Unusable = new("VART0143", Severity.Error, "Extension cannot be used",
        "ArtifactExtension '{0}' {1}. An extension has public classes with a public constructor without parameters, "
        + "each with a name of its own; docs/extensions.md explains how to write one.");

    /// <summary>Code of an extension threw an exception where it must not.</summary>
    public static readonly DiagnosticRule Failed = new("VART0144", Severity.Error, "Extension failed",
        "'{0}', which an extension provides, failed while {1}: {2}. The author of the extension has to fix the "
        + "failure; the cause may be metadata that the extension does not expect.");
}
