namespace Verus.Artifact.Diagnostics;

/// <summary>How severe a diagnostic is.</summary>
public enum Severity
{
    /// <summary>The build fails.</summary>
    Error,
    /// <summary>The build continues, but the result may not be what the user wants.</summary>
    Warning,
    /// <summary>
    /// A warning about the machine or the moment, and not about the project. Advice never becomes an error, even where
    /// warnings are errors, because nobody can know it beforehand, and hours of measuring would end in a failed build.
    /// </summary>
    Advice,
}

/// <summary>Where in a file a diagnostic points; <see cref="None"/> where there is no file to blame.</summary>
/// <param name="File">Absolute path, or null.</param>
/// <param name="Line">Line, counted from 1; 0 is unknown.</param>
/// <param name="Column">Column, counted from 1; 0 is unknown.</param>
public readonly record struct SourceLocation(string? File, int Line = 0, int Column = 0)
{
    /// <summary>No location.</summary>
    public static SourceLocation None => default;
}

/// <summary>One kind of diagnostic. Each kind of the SDK has a page, docs/diagnostics/CODE.md.</summary>
/// <param name="Code">Letters of whoever defines it and four digits; the SDK's are VART, and the first digit is the
/// stage. Never reused.</param>
/// <param name="Severity">How much it weighs.</param>
/// <param name="Title">A few words, the heading of its page.</param>
/// <param name="Format">The message, a composite format string; ends with the remedy.</param>
public sealed record DiagnosticRule(string Code, Severity Severity, string Title, string Format)
{
    /// <summary>Where to read more about it, such as a URL; null for the page of the SDK, or for none.</summary>
    public string? Help { get; init; }

    /// <summary>An instance of this rule at a location.</summary>
    public Diagnostic At(SourceLocation where, params object?[] arguments) =>
        new(this, where, string.Format(System.Globalization.CultureInfo.InvariantCulture, Format, arguments));

    /// <summary>An exception to throw, with one instance of this rule at a location.</summary>
    public DiagnosticException Error(SourceLocation where, params object?[] arguments) => new(At(where, arguments));
}

/// <summary>One finding, ready to be shown.</summary>
/// <param name="Rule">Its kind.</param>
/// <param name="Where">The place to look at.</param>
/// <param name="Message">The whole text, remedy included, without the code.</param>
public sealed record Diagnostic(DiagnosticRule Rule, SourceLocation Where, string Message);

/// <summary>
/// Ends an operation with findings on which a person can act. Tasks turn each finding of this exception, and of no
/// other, into an error.
/// </summary>
public sealed class DiagnosticException : Exception
{
    /// <summary>Ends with several findings.</summary>
    public DiagnosticException(IReadOnlyList<Diagnostic> diagnostics)
        : base(string.Join(Environment.NewLine, diagnostics.Select(d => $"{d.Rule.Code}: {d.Message}"))) =>
            Diagnostics = diagnostics;

    /// <summary>Ends with one finding.</summary>
    public DiagnosticException(Diagnostic diagnostic) : this([diagnostic]) { }

    /// <summary>What was found, in order.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }
}
