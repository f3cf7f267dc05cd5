using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Declarations;

/// <summary>Reads values that users pass as properties.</summary>
public static class PropertyValue
{
    /// <summary>true or false, case ignored; empty is false.</summary>
    /// <exception cref="DiagnosticException">It is neither.</exception>
    public static bool Flag(string property, string text) =>
        text.Length > 0 && (bool.TryParse(text, out var flag) ? flag : throw Bad(property, text, "true or false"));

    /// <summary>A whole number; empty is null.</summary>
    /// <exception cref="DiagnosticException">It is none.</exception>
    public static int? Integer(string property, string text) =>
        text.Length == 0 ? null
        : Amount.ParseWhole(text) is { } number ? number
        : throw Bad(property, text, "a whole number");

    /// <summary>A list separated by semicolons (<see cref="Notation.List"/>).</summary>
    /// <exception cref="DiagnosticException">It is none.</exception>
    public static IReadOnlyList<string> List(string property, string text)
    {
        try
        {
            return Notation.List(text);
        }
        catch (FormatException problem)
        {
            throw Bad(property, text, $"values with semicolons between them ({problem.Message})");
        }
    }

    /// <summary>One of the names of an enumeration, case ignored; empty is <paramref name="otherwise"/>.</summary>
    /// <exception cref="DiagnosticException">It is none of them.</exception>
    public static T Choice<T>(string property, string text, T otherwise) where T : struct, Enum =>
        text.Length == 0 ? otherwise
        : Choices.Find<T>(text) is { } choice ? choice
        : throw Bad(property, text, "one of " + string.Join(", ", Enum.GetNames<T>()));

    private static DiagnosticException Bad(string property, string text, string expected) =>
        DeclarationRules.BadProperty.Error(SourceLocation.None, property, text, expected);
}
