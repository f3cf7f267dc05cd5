using System.Xml.Linq;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tests;

/// <summary>Items of a props file whose values need no evaluation but that of the file's own folder.</summary>
public static class ItemsOfFile
{
    /// <summary>Root of the repository.</summary>
    public static string Repository { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../.."));

    /// <summary>Folder of the paper's suites.</summary>
    public static string Paper { get; } = Path.Combine(Repository, "src/Verus.Artifact.Sdk/Suites/Paper");

    public static IReadOnlyList<DeclarationItem> Read(string file, string type) =>
    [
        .. XDocument.Load(file).Descendants("ItemGroup").Elements(type).Select(element => new DeclarationItem(type, element.Attribute("Include")!.Value,
            element.Attributes().Where(attribute => attribute.Name.LocalName is not ("Include" or "Condition"))
                .Select(attribute => (attribute.Name.LocalName, attribute.Value)).Concat(element.Elements().Select(child => (child.Name.LocalName, child.Value)))
                .ToDictionary(pair => pair.LocalName, pair => pair.Value.Replace("$(MSBuildThisFileDirectory)", Path.GetDirectoryName(file) + "/", StringComparison.Ordinal), StringComparer.OrdinalIgnoreCase),
            () => new SourceLocation(file, 1))),
    ];

    public static IReadOnlyList<T> Read<T>(string file, string type, Func<DeclarationItem, ICollection<Diagnostic>, T> parse)
    {
        var found = new List<Diagnostic>();
        List<T> declarations = [.. Read(file, type).Select(item => parse(item, found))];
        return found.Count == 0 ? declarations : throw new DiagnosticException(found);
    }
}
