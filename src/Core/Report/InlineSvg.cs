using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Report;

/// <summary>
/// Pictures inside the page. A page holds several, so ids get a prefix; and it needs nothing else, so only elements
/// that draw are kept, and references only where they lead to the picture itself.
/// </summary>
internal static partial class InlineSvg
{
    // Column width on paper is small on a screen.
    private const double LargestScale = 1.75;

    private static readonly HashSet<string> Drawing = new(StringComparer.Ordinal)
    {
        "svg", "g", "defs", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan",
        "textPath", "clipPath", "mask", "pattern",
        "symbol", "marker", "use", "image", "linearGradient", "radialGradient", "stop",
    };

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Ignore,
        XmlResolver = null
    };

    /// <summary>The SVG of a figure as an element, and the text in it in one line.</summary>
    /// <exception cref="DiagnosticException">It cannot be read.</exception>
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
        // A picture is one thing to a screen reader: what is written in it has to be in its label.
        picture.SetAttributeValue("aria-label",
            words.Line(string.Join(" ",
                figure.Notes.Prepend($"{(figure.Title.Length > 0 ? figure.Title : figure.Name)}."))));
        Scale(picture);
        var text = string.Join(' ', picture.Descendants("text").Select(element => element.Value));
        return (picture.ToString(SaveOptions.DisableFormatting), words.Line(text));
    }

    // What another program drew may have styles and scripts: an image keeps the ones and runs none of the others. A PDF
    // alone stands among the files.
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

    // Local names only: inside HTML the parser knows what an svg element is, and namespace prefixes mean nothing to it.
    private static XElement Copy(XElement element, string prefix, ReportText words)
    {
        var copy = new XElement(element.Name.LocalName);
        foreach (var attribute in element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration))
            if (Attribute(attribute, prefix) is { } value)
                copy.SetAttributeValue(attribute.Name.LocalName, value);
        foreach (var node in element.Nodes())
            if (node is XElement child && Drawing.Contains(child.Name.LocalName))
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
