using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Declarations;

/// <summary>Diagnostics about declarations, in any stage: VART00xx.</summary>
[DiagnosticRules]
public static class DeclarationRules
{
    /// <summary>An item lacks metadata that it needs.</summary>
    public static readonly DiagnosticRule MissingMetadata = new("VART0001", Error, "Metadata is missing",
        "{0} '{1}' has no {2}. Add the metadata {2} to the item.");

    /// <summary>Metadata has a value of the wrong kind.</summary>
    public static readonly DiagnosticRule BadMetadata = new("VART0002", Error, "Metadata has an invalid value",
        "{0} '{1}': {2} is '{3}', but must be {4}.");

    /// <summary>An item has metadata that no part of the SDK reads.</summary>
    public static readonly DiagnosticRule UnknownMetadata = new("VART0003", Error, "Metadata is unknown",
        "{0} '{1}' has the metadata '{2}', which nothing reads.{3}");

    /// <summary>Two items of one type share a name.</summary>
    public static readonly DiagnosticRule DuplicateName = new("VART0004", Error, "A name is declared twice",
        "{0} '{1}' is declared twice. Rename one of the two items.");

    /// <summary>An item refers to another item that does not exist.</summary>
    public static readonly DiagnosticRule UnknownReference = new("VART0005", Error, "A referenced item is not declared",
        "{0} '{1}' refers to {2} '{3}', which is not declared.{4}");

    /// <summary>A property has a value of the wrong kind.</summary>
    public static readonly DiagnosticRule BadProperty = new("VART0006", Error, "A property has an invalid value",
        "Property {0} is '{1}', but must be {2}. Pass it as -p:{0}=...");

    /// <summary>A requested figure, suite or set does not exist.</summary>
    public static readonly DiagnosticRule UnknownRequest = new("VART0007", Error, "The requested item is not declared",
        "'{0}' is neither a figure, a suite, a set, a claim, an experiment nor a tool of this evaluation.{1} "
        + "'-t:List' lists the public targets.");

    /// <summary>Declarations refer to each other in a circle.</summary>
    public static readonly DiagnosticRule CircularReference = new("VART0008", Error, "References form a cycle",
        "{0} '{1}' refers to itself by way of {2}. Remove one of the references that form the cycle.");

    /// <summary>A URL holds a secret.</summary>
    public static readonly DiagnosticRule SecretInUrl = new("VART0020", Error, "A URL contains a password or a token",
        "{0} '{1}': its Url contains a password or a token, which everyone would see who gets the ledger or a "
        + "binary log. Remove the secret from the Url, and let git's credential helper, ~/.netrc, or "
        + "url.<base>.insteadOf in git's own configuration supply it.");

    /// <summary>An experiment has nothing to do in a smoke run.</summary>
    public static readonly DiagnosticRule EmptySmokeRun = new("VART0030", Error, "A smoke run has no cell",
        "Experiment '{0}' has no cell in a smoke run: its Except removes every combination of the values that "
        + "SmokeAxes names and the first values of the other axes. Name other values in SmokeAxes.");

    /// <summary>A property on the command line resembles a known one, but no part of the build reads it.</summary>
    public static readonly DiagnosticRule MisspeltProperty = new("VART0100", Warning,
        "A property on the command line is unknown",
        "Nothing reads the property '{0}'. Did you mean -p:{1}=...?");

    /// <summary>A target on the command line does not exist.</summary>
    public static readonly DiagnosticRule UnknownTarget = new("VART0158", Error,
        "A target on the command line does not exist",
        "The project has no target '{0}'.{1} 'dotnet build -t:Help' lists the targets.");

    /// <summary>The project of an evaluation refers to a package that would not be restored.</summary>
    public static readonly DiagnosticRule PackageInEvaluation = new("VART0101", Error,
        "An evaluation cannot have packages",
        "PackageReference '{0}': an evaluation compiles nothing, so no package is restored for it. Declare a Tool "
        + "with DotNetTool for a .NET tool or an ExternalFile for a download, or put the package into a project of "
        + "its own and name that project with ProjectReference.");

    // The rules for conditions and commands are shared by experiments, machines and tools.

    /// <summary>The build runs in another build tool than the SDK supports, which the targets report before any task is
    /// loaded.</summary>
    public static readonly DiagnosticRule UnfitBuildTool = new("VART0050", Error,
        "This .NET or this system cannot run the SDK",
        "Verus.Artifact.Sdk needs 'dotnet build' of .NET 10 or newer on Linux and x64, but {0}. Install .NET 10 on "
        + "Linux and x64 (https://dotnet.microsoft.com/download), and call 'dotnet build'.");

    /// <summary>A placeholder has no meaning where it is used.</summary>
    public static readonly DiagnosticRule UnknownPlaceholder = new("VART4002", Error, "A placeholder is unknown",
        "{0} '{1}': its {2} has the placeholder {{{3}}}, which means nothing there.{4} Write {{{{ for a brace.");

    /// <summary>A placeholder is not closed.</summary>
    public static readonly DiagnosticRule OpenBrace = new("VART4181", Error, "A brace is not closed",
        "{0} '{1}': its {2} has a brace that is not closed, in '{3}'. Close the placeholder, or write {{{{ for a "
        + "brace.");

    /// <summary>A command has characters that only a shell would interpret.</summary>
    public static readonly DiagnosticRule ShellSign = new("VART4180", Warning, "A command contains shell syntax",
        "{0} '{1}': its {2} has {3} outside of quotes. No shell reads a command, so the program gets the characters of "
        + "a shell's syntax as they are. Write sh -c '...' if you want a shell, or put the characters in quotes if you "
        + "mean them as they are.");

    /// <summary>The SDK itself has a defect.</summary>
    public static readonly DiagnosticRule Unexpected = new("VART0012", Error, "A defect in the SDK",
        "The SDK met an unexpected situation: {0} ({1}). Nothing that was measured is lost. Details are in {2}; "
        + "please report them.");
}
