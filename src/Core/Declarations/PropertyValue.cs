using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Declarations;

/// <summary>Reads values that users pass as properties.</summary>
public static class PropertyValue
{
    /// <summary>The text as true or false, ignoring case; an empty text is false.</summary>
    /// <exception cref="DiagnosticException">The text is neither 'true' nor 'false'.</exception>
    public static bool Flag(string property, string text) =>
        text.Length > 0 && (bool.TryParse(text, out var flag) ? flag : throw Bad(property, text, "true or false"));

    /// <summary>The text as a whole number; null when the text is empty.</summary>
    /// <exception cref="DiagnosticException">The text is not a whole number.</exception>
    public static int? Integer(string property, string text) =>
        text.Length == 0 ? null
        : Amount.ParseWhole(text) is { } number ? number
        : throw Bad(property, text, "a whole number");

    /// <summary>The text as a list of values separated by semicolons (<see cref="Notation.List"/>).</summary>
    /// <exception cref="DiagnosticException">The text is not a valid list.</exception>
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

    /// <summary>The text as a list of pairs (<see cref="Notation.Pairs"/>).</summary>
    /// <exception cref="DiagnosticException">The text is not a valid list of pairs.</exception>
    public static IReadOnlyList<(string Name, string Value)> Pairs(string property, string text)
    {
        try
        {
            return [.. Notation.Pairs(text).Select(entry => (entry.Value, entry.Set!))];
        }
        catch (FormatException problem)
        {
            throw Bad(property, text, $"pairs NAME=VALUE with semicolons between them ({problem.Message})");
        }
    }

    /// <summary>The text as one of the names of an enumeration, ignoring case; <paramref name="otherwise"/> when the
    /// text is empty.</summary>
    /// <exception cref="DiagnosticException">The text is not one of the names.</exception>
    public static T Choice<T>(string property, string text, T otherwise) where T : struct, Enum =>
        text.Length == 0 ? otherwise
        : Choices.Find<T>(text) is { } choice ? choice
        : throw Bad(property, text, "one of " + string.Join(", ", Enum.GetNames<T>()));

    /// <summary>The text as a list of some names of an enumeration, ignoring case.</summary>
    /// <exception cref="DiagnosticException">An element of the list is none of the names.</exception>
    public static IReadOnlyList<T> ChoiceList<T>(string property, string text, params IReadOnlyList<T> allowed)
        where T : struct, Enum =>
        [.. List(property, text).Select(one => Choices.Find<T>(one) is { } choice && allowed.Contains(choice) ? choice
            : throw Bad(property, text, "a list of " + string.Join(", ", allowed))).Distinct()];

    private static DiagnosticException Bad(string property, string text, string expected) =>
        DeclarationRules.BadProperty.Error(SourceLocation.None, property, text, expected);
}
