using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Verus.Artifact.Report;

/// <summary>Pictures inside the page.</summary>
internal static class InlineSvg
{
    /// <summary>An SVG file as an element: its ids prefixed, so that those of several pictures do not clash, and no script or outside reference.</summary>
    public static string Of(string file, string prefix, string label)
    {
        XElement root;
        try
        {
            root = XElement.Load(file);
        }
        catch (Exception problem) when (problem is IOException or XmlException)
        {
            return $"<p>{Html.Escape($"The picture cannot be read: {problem.Message}")}</p>";
        }
        root.Descendants().Where(element => element.Name.LocalName is "script" or "foreignObject").Remove();
        foreach (var attribute in root.DescendantsAndSelf().Attributes().ToList())
        {
            if (attribute.Name.LocalName == "id")
                attribute.Value = prefix + attribute.Value;
            else if (attribute.Name.LocalName == "href" && attribute.Value.StartsWith('#'))
                attribute.Value = "#" + prefix + attribute.Value[1..];
            else if (attribute.Name.LocalName == "href" && !attribute.Value.StartsWith("data:", StringComparison.Ordinal))
                attribute.Remove();
            else if (attribute.Value.Contains("url(#", StringComparison.Ordinal))
                attribute.Value = attribute.Value.Replace("url(#", "url(#" + prefix, StringComparison.Ordinal);
        }
        root.SetAttributeValue("role", "img");
        root.SetAttributeValue("aria-label", label);
        return root.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>The samples of a point as dots on a line between the least and the greatest of its table.</summary>
    public static string Strip(IReadOnlyList<double> samples, double low, double high)
    {
        if (samples.Count == 0 || high <= low)
            return "";
        var dots = new StringBuilder();
        foreach (var sample in samples)
            dots.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{3 + 94 * (sample - low) / (high - low):0.#}\" cy=\"7\" r=\"2.5\"/>");
        return $"<svg class=\"strip\" viewBox=\"0 0 100 14\" role=\"img\" aria-label=\"{samples.Count} samples\"><line x1=\"0\" x2=\"100\" y1=\"7\" y2=\"7\"/>{dots}</svg>";
    }
}
