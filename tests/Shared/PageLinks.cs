using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests;

/// <summary>Follows the links of pages in a folder, as a reader on a static host does.</summary>
internal static partial class PageLinks
{
    /// <summary>
    /// Returns all links of the pages in a folder, and asserts that each leads to a file that exists and, if it names a
    /// part of a page, to a part that the page has.
    /// </summary>
    public static IReadOnlyList<string> Follow(string folder)
    {
        var all = new List<string>();
        foreach (var page in Directory.EnumerateFiles(folder, "*.html").AtLeastOne())
        {
            foreach (Match match in Links().Matches(File.ReadAllText(page)).AtLeastOne())
            {
                var link = System.Net.WebUtility.HtmlDecode(match.Groups[1].Value);
                if (link == "data:,")
                    continue;
                link.ShouldNotContain(":", customMessage: $"{page} links to another host");
                var parts = link.Split('?')[0].Split('#');
                var target = parts[0].Length == 0 ? page
                    : Path.Combine(folder, Uri.UnescapeDataString(parts[0]));
                File.Exists(target).ShouldBeTrue($"{Path.GetFileName(page)} links to {link}, which is not a file");
                if (parts.Length > 1)
                    File.ReadAllText(target).ShouldContain($"id=\"{parts[1]}\"", customMessage: $"{page}: {link}");
                all.Add(link);
            }
        }
        return all;
    }

    [GeneratedRegex("href=\"([^\"]*)\"")]
    private static partial Regex Links();
}
