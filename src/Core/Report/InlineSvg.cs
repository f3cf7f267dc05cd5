using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Report;

/// <summary>
/// Pictures inside the page. Since a page holds several pictures, the ids in each picture get a prefix. Since the page
/// must not load other files, only elements that draw are kept, and references are kept only if they lead to the
/// picture itself.
/// </summary>
internal static partial class InlineSvg
{
    // The largest factor by which pictures are enlarged, since a picture as wide as a column of a paper is small on a
    // screen.
    private const double LargestScale = 1.75;

    private static readonly HashSet<string> Drawing = new(StringComparer.Ordinal)
    {
        "svg", "g", "defs", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan",
        "textPath", "title", "clipPath", "mask", "pattern",
        "symbol", "marker", "use", "image", "linearGradient", "radialGradient", "stop",
    };

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Ignore,
        XmlResolver = null
    };

    /// <summary>Returns the SVG of a figure as an element, and its text on one line.</summary>
    /// <exception cref="DiagnosticException">The picture cannot be read.</exception>
    public static (string Markup, string Text) Of(DrawnFigure figure, string prefix, ReportText words)
    {
        if (figure.IsOfOtherProgram)
            return OfOtherProgram(figure, words);
        if (!figure.Files.TryGetValue("svg", out var file))
            throw ReportRules.UnreadablePicture.Error(SourceLocation.None, figure.Name, "it was not drawn as SVG");
        XElement source;
        try
        {
            using var reader = XmlReader.Create(file, Settings);
            source = XElement.Load(reader);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or XmlException)
        {
            throw ReportRules.UnreadablePicture.Error(SourceLocation.None, figure.Name, words.Line(problem.Message));
        }
        if (source.Name.LocalName != "svg")
            throw ReportRules.UnreadablePicture.Error(SourceLocation.None, figure.Name,
                $"its SVG file starts with <{source.Name.LocalName}>");
        var picture = Copy(source, prefix, words);
        picture.SetAttributeValue("role", "img");
        // To a screen reader a picture is a single item, so the picture's label must contain the text that is written
        // in it.
        picture.SetAttributeValue("aria-label",
            words.Line(string.Join(" ",
                figure.Notes.Prepend($"{(figure.Title.Length > 0 ? figure.Title : figure.Name)}."))));
        Scale(picture);
        SlimSvg.Apply(picture);
        var text = string.Join(' ', picture.Descendants("text").Select(element => element.Value));
        return (picture.ToString(SaveOptions.DisableFormatting), words.Line(text));
    }

    // A picture that another program drew may have styles and scripts; an image element keeps these styles and runs
    // none of these scripts. If the program drew only a PDF, it is listed among the files.
    private static (string Markup, string Text) OfOtherProgram(DrawnFigure figure, ReportText words)
    {
        var type = figure.Files.ContainsKey("svg") ? "svg+xml" : "png";
        if (!figure.Files.TryGetValue(type[..3], out var file))
            return ("<p>The picture is a PDF, which is linked below.</p>", "");
        try
        {
            var image = new XElement("img",
                new XAttribute("alt", words.Line(figure.Title.Length > 0 ? figure.Title : figure.Name)),
                new XAttribute("style", "display:block;max-width:100%;margin:0 auto"),
                new XAttribute("src", $"data:image/{type};base64,{Convert.ToBase64String(File.ReadAllBytes(file))}"));
            return (image.ToString(SaveOptions.DisableFormatting), "");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw ReportRules.UnreadablePicture.Error(SourceLocation.None, figure.Name, words.Line(problem.Message));
        }
    }

    // Elements have only their local names: inside HTML the parser knows the svg element, and namespace prefixes have
    // no meaning.
    private static XElement Copy(XElement element, string prefix, ReportText words)
    {
        var copy = new XElement(element.Name.LocalName);
        foreach (var attribute in element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration))
            if (Attribute(attribute, prefix) is { } value)
                copy.SetAttributeValue(attribute.Name.LocalName, value);
        foreach (var node in element.Nodes())
            // The title of the whole picture is in its label, and would cover the titles of marks.
            if (node is XElement { Name.LocalName: "title" } && element.Parent is null)
                continue;
            else if (node is XElement child && Drawing.Contains(child.Name.LocalName))
                copy.Add(Copy(child, prefix, words));
            else if (node is XText content)
                copy.Add(new XText(words.Clean(content.Value)));
        return copy;
    }

    private static string? Attribute(XAttribute attribute, string prefix)
    {
        var (name, value) = (attribute.Name.LocalName, attribute.Value);
        if (name.StartsWith("on", StringComparison.OrdinalIgnoreCase) || name is "style" or "class" or "role"
            || name.StartsWith("aria-", StringComparison.Ordinal))
            return null;
        if (name == "id")
            return prefix + value;
        if (name == "href")
            return value.StartsWith('#') ? "#" + prefix + value[1..] : EmbeddedImage().IsMatch(value) ? value : null;
        return !value.Contains("url(", StringComparison.OrdinalIgnoreCase) ? value
            : OwnReference().Match(value) is { Success: true } match ? $"url(#{prefix}{match.Groups[1].Value})" : null;
    }

    private static void Scale(XElement picture)
    {
        var box = ((string?)picture.Attribute("viewBox"))?.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        if (box is not { Length: 4 } || !double.TryParse(box[2], CultureInfo.InvariantCulture, out var points)
            || points <= 0)
            return;
        picture.SetAttributeValue("width", null);
        picture.SetAttributeValue("height", null);
        picture.SetAttributeValue("style", FormattableString.Invariant($"max-width:{points * LargestScale:0}pt"));
    }

    [GeneratedRegex(@"^\s*url\(\s*['""]?#([^'"")\s]+)['""]?\s*\)\s*$")]
    private static partial Regex OwnReference();

    [GeneratedRegex("^data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=\\s]*$")]
    private static partial Regex EmbeddedImage();
}
