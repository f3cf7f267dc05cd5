using System.Text.RegularExpressions;
using System.Xml.Linq;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tests;

/// <summary>
/// The items of a props file whose values depend only on properties that the same file defines before them.
/// </summary>
public static class ItemsOfFile
{
    /// <summary>Root of the repository.</summary>
    public static string Repository { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../.."));

    /// <summary>The folder of the package with the paper's suites.</summary>
    public static string Paper { get; } = Path.Combine(Repository, "src/Verus.Artifact.Suites.Paper");

    public static IReadOnlyList<DeclarationItem> Read(string file, string type)
    {
        var project = XDocument.Load(file).Root!;
        var properties = new Dictionary<string, string>
        {
            ["MSBuildThisFileDirectory"] = Path.GetDirectoryName(file)
            + "/"
        };
        foreach (var property in project.Elements("PropertyGroup").Elements()
            .Where(element => element.Attribute("Condition") is null))
            properties[property.Name.LocalName] = Expand(property.Value);
        return
        [
            .. project.Descendants("ItemGroup").Elements(type)
                .Select(element => new DeclarationItem(type, element.Attribute("Include")!.Value,
                element.Attributes().Where(attribute => attribute.Name.LocalName is not ("Include" or "Condition"))
                    .Select(attribute => (attribute.Name.LocalName, attribute.Value))
                    .Concat(element.Elements().Select(child => (child.Name.LocalName, child.Value)))
                    .ToDictionary(pair => pair.LocalName, pair => Expand(pair.Value), StringComparer.OrdinalIgnoreCase),
                () => new SourceLocation(file, 1))),
        ];

        // A value that MSBuild computes is replaced by a number, and a reference to other items by those of the same
        // file.
        string Expand(string text) =>
            Regex.Replace(Values(text), @"@\((\w+)->'([^']*)', '([^']*)'\)", match => string.Join(match.Groups[3].Value,
            project.Descendants(match.Groups[1].Value).AtLeastOne()
                .Select(row => Regex.Replace(match.Groups[2].Value, @"%\((\w+)\)",
                    column => row.Element(column.Groups[1].Value)!.Value))));

        string Values(string text) => Regex.Replace(Regex.Replace(text, @"\$\(\[MSBuild\]::\w+\(.*?\)\)", "1"),
            @"\$\((\w+)\)", match => properties.GetValueOrDefault(match.Groups[1].Value, match.Value));
    }

    public static IReadOnlyList<T> Read<T>(string file, string type,
        Func<DeclarationItem, ICollection<Diagnostic>, T> parse)
    {
        var found = new List<Diagnostic>();
        List<T> declarations = [.. Read(file, type).Select(item => parse(item, found))];
        return found.Count == 0 ? declarations : throw new DiagnosticException(found);
    }
}
