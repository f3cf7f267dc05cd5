namespace Verus.Artifact.Diagnostics;

/// <summary>The severity of a diagnostic.</summary>
public enum Severity
{
    /// <summary>The build fails.</summary>
    Error,
    /// <summary>A warning: the build continues, but the result may not be what the user wants.</summary>
    Warning,
    /// <summary>
    /// A warning about the machine or the moment, and not about the project. Advice never becomes an error, even where
    /// warnings are errors, because the user cannot know it beforehand, and hours of measuring would end in a failed
    /// build.
    /// </summary>
    Advice,
}

/// <summary>The position in a file to which a diagnostic points; <see cref="None"/> if the problem is not in a
/// file.</summary>
/// <param name="File">Absolute path of the file, or null.</param>
/// <param name="Line">Number of the line, counted from 1; 0 if the line is unknown.</param>
/// <param name="Column">Number of the column, counted from 1; 0 if the column is unknown.</param>
public readonly record struct SourceLocation(string? File, int Line = 0, int Column = 0)
{
    /// <summary>No location.</summary>
    public static SourceLocation None => default;
}

/// <summary>A rule, which is one kind of diagnostic. Each rule of the SDK has a page,
/// docs/diagnostics/CODE.md.</summary>
/// <param name="Code">The code: letters of the author of the rule, and four digits. Codes of the SDK begin with VART,
/// and their first digit is the stage. A code is never reused.</param>
/// <param name="Severity">The severity of the rule's diagnostics.</param>
/// <param name="Title">A few words that are the heading of the rule's page.</param>
/// <param name="Format">The message, as a composite format string that ends with the remedy.</param>
public sealed record DiagnosticRule(string Code, Severity Severity, string Title, string Format)
{
    /// <summary>The page with more about the rule, such as a URL; null for the page of the SDK, or if there is no
    /// page.</summary>
    public string? Help { get; init; }

    /// <summary>Makes a diagnostic of this rule at a location.</summary>
    public Diagnostic At(SourceLocation where, params object?[] arguments) =>
        new(this, where, string.Format(System.Globalization.CultureInfo.InvariantCulture, Format, arguments));

    /// <summary>Makes an exception with one diagnostic of this rule at a location.</summary>
    public DiagnosticException Error(SourceLocation where, params object?[] arguments) => new(At(where, arguments));
}

/// <summary>A diagnostic: one finding, ready to be shown.</summary>
/// <param name="Rule">The rule of the diagnostic.</param>
/// <param name="Where">The position in a file to look at.</param>
/// <param name="Message">The whole text of the message, including the remedy but not the code.</param>
public sealed record Diagnostic(DiagnosticRule Rule, SourceLocation Where, string Message);

/// <summary>
/// The exception that ends an operation with diagnostics on which a person can act. Tasks turn each diagnostic of this
/// exception, and of no other exception, into an error.
/// </summary>
public sealed class DiagnosticException : Exception
{
    /// <summary>Ends with several findings.</summary>
    public DiagnosticException(IReadOnlyList<Diagnostic> diagnostics)
        : base(string.Join(Environment.NewLine, diagnostics.Select(d => $"{d.Rule.Code}: {d.Message}"))) =>
            Diagnostics = diagnostics;

    /// <summary>Ends with one finding.</summary>
    public DiagnosticException(Diagnostic diagnostic) : this([diagnostic]) { }

    /// <summary>The diagnostics that were found, in order.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }
}
