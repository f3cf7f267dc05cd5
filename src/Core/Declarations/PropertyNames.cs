using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Verus.Artifact.Declarations;

/// <summary>Names of MSBuild's properties, as files say them.</summary>
public static class PropertyNames
{
    /// <summary>
    /// The public names that the property groups of these files give a value to, case ignored. Names that begin with an
    /// underscore are not public.
    /// </summary>
    public static IReadOnlySet<string> Of(IEnumerable<string> files) => files
        .SelectMany(file => XDocument.Load(file).Descendants()
            .Where(element => element.Name.LocalName == "PropertyGroup").Elements())
        .Select(property => property.Name.LocalName).Where(name => name[0] != '_')
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether the text of a project reads a property: as $(Name), or as the beginning of a property function, such as
    /// $(Name.Length).
    /// </summary>
    public static bool IsRead(string name, string project) =>
        Regex.IsMatch(project, $@"\$\(\s*{Regex.Escape(name)}\s*[).[]",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
}
