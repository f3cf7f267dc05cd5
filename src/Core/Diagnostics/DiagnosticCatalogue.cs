using System.Reflection;

namespace Verus.Artifact.Diagnostics;

/// <summary>
/// Marks a class whose static fields of type <see cref="DiagnosticRule"/> are the diagnostics of one stage. Each stage
/// has one class of rules in its folder; these classes together define all codes.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class DiagnosticRulesAttribute : Attribute;

/// <summary>All diagnostics of the product.</summary>
public static class DiagnosticCatalogue
{
    /// <summary>All rules, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticRule> All { get; } =
    [
        .. typeof(DiagnosticCatalogue).Assembly.GetTypes()
            .Where(type => type.GetCustomAttribute<DiagnosticRulesAttribute>() is not null)
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public))
            .Select(field => field.GetValue(null)).OfType<DiagnosticRule>()
            .OrderBy(rule => rule.Code, StringComparer.Ordinal),
    ];

    /// <summary>The path of the documentation page of a rule, which is part of every error in the build
    /// output.</summary>
    public static string? HelpPath(DiagnosticRule rule) =>
        rule.Help ?? (rule.Code.StartsWith("VART", StringComparison.Ordinal)
            ? $"docs/diagnostics/{rule.Code}.md" : null);
}
