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

    /// <summary>
    /// The address of the documentation page of a rule, to which editors and terminals link every error: in the public
    /// repository if there is one, or else in the package, or else the path in this repository.
    /// </summary>
    public static string? HelpLink(DiagnosticRule rule) =>
        rule.Help ?? (rule.Code.StartsWith("VART", StringComparison.Ordinal)
            ? HelpLink(rule.Code, PublicFiles, Path.GetDirectoryName(typeof(DiagnosticCatalogue).Assembly.Location)!)
            : null);

    internal static string HelpLink(string code, string publicFiles, string folderOfAssembly)
    {
        var page = $"docs/diagnostics/{code}.md";
        if (publicFiles.Length > 0)
            return $"{publicFiles}/{page}";
        var packed = Path.GetFullPath(Path.Combine(folderOfAssembly, "../..", page));
        return File.Exists(packed) ? new Uri(packed).AbsoluteUri : page;
    }

    private static string PublicFiles { get; } = typeof(DiagnosticCatalogue).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(one => one.Key == "PublicFiles")?.Value ?? "";
}
