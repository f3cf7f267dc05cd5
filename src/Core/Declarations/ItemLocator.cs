using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using System.Xml;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Declarations;

/// <summary>
/// Finds the line of an item in the file that declares it. MSBuild gives tasks only the file of an item; its line is
/// looked up when a diagnostic needs it.
/// </summary>
public static partial class ItemLocator
{
    private static readonly ConcurrentDictionary<string,
        IReadOnlyList<(string Type, string Include, int Line, int Column)>> Known = new(StringComparer.Ordinal);

    /// <summary>
    /// The location of the element that includes the item: an element that names it, or otherwise an element whose
    /// transform of other items can produce its name. If no element includes the item, the location is only the file.
    /// </summary>
    public static SourceLocation Find(string file, string itemType, string include)
    {
        var ofType = Known.GetOrAdd(file,
            Elements).Where(element => string.Equals(element.Type, itemType, StringComparison.OrdinalIgnoreCase))
            .ToList();
        var found = ofType.Find(element => element.Include.Split(';', StringSplitOptions.TrimEntries).Contains(include,
            StringComparer.OrdinalIgnoreCase));
        if (found.Include is null)
            found = ofType.Find(element =>
                Transform().Matches(element.Include).Any(match => Makes(match.Groups[1].Value, include)));
        return new SourceLocation(file, found.Line, found.Column);
    }

    private static bool Makes(string format, string include) =>
        Regex.IsMatch(include, $"^{string.Join(".*", MetadataReference().Split(format).Select(Regex.Escape))}$",
            RegexOptions.IgnoreCase | RegexOptions.NonBacktracking);

    private static List<(string, string, int, int)> Elements(string file)
    {
        var elements = new List<(string, string, int, int)>();
        try
        {
            // The file is opened as a stream, since the XML reader would treat a path as a URI, in which a percent sign
            // has a special meaning.
            using var stream = File.OpenRead(file);
            using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
            while (reader.Read())
                if (reader.NodeType == XmlNodeType.Element && reader.GetAttribute("Include") is { } include)
                    elements.Add((reader.LocalName, include, ((IXmlLineInfo)reader).LineNumber,
                        ((IXmlLineInfo)reader).LinePosition));
        }
        catch (Exception problem) when (problem is IOException or XmlException or UnauthorizedAccessException)
        {
            // The build has just read the project file. If the project file cannot be read again, the diagnostic lacks
            // only its line.
        }
        return elements;
    }

    [GeneratedRegex("->'([^']*)'")]
    private static partial Regex Transform();

    [GeneratedRegex(@"%\([^)]*\)")]
    private static partial Regex MetadataReference();
}
