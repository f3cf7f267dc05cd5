using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Verus.Artifact.Declarations;

/// <summary>Finds the names of MSBuild properties in files.</summary>
public static class PropertyNames
{
    /// <summary>
    /// The public names of properties that the property groups of files define, ignoring case. Properties whose names
    /// begin with an underscore are not public.
    /// </summary>
    public static IReadOnlySet<string> Of(IEnumerable<string> files) => files
        .SelectMany(file => XDocument.Load(file).Descendants()
            .Where(element => element.Name.LocalName == "PropertyGroup").Elements())
        .Select(property => property.Name.LocalName).Where(name => name[0] != '_')
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether the text of a project reads a property, either as $(Name) or at the beginning of a property function,
    /// such as $(Name.Length).
    /// </summary>
    public static bool IsRead(string name, string project) =>
        Regex.IsMatch(project, $@"\$\(\s*{Regex.Escape(name)}\s*[).[]",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
}
