using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests.Docs;

/// <summary>
/// A page of documentation: its sections, and the tables in them whose first column is a name in code style.
/// </summary>
public sealed partial class Page
{
    private Page(string path) => (Path, Text) = (path, File.ReadAllText(path));

    public string Path { get; }

    public string Text { get; }

    /// <summary>All pages of documentation in the repository.</summary>
    public static IReadOnlyList<Page> All { get; } =
    [
        .. new[] { "README.md", "CONTRIBUTING.md",
            "CHANGELOG.md" }.Select(file => System.IO.Path.Combine(ItemsOfFile.Repository, file))
            .Concat(new[] { "docs", "samples", "bench" }.SelectMany(folder =>
                Directory.EnumerateFiles(System.IO.Path.Combine(ItemsOfFile.Repository, folder), "*.md",
                    SearchOption.AllDirectories)))
            .Where(path => !path.Contains("/evaluation/", StringComparison.Ordinal)).Select(path => new Page(path)),
    ];

    public static Page Of(string name) =>
        All.Single(page => page.Path == System.IO.Path.Combine(ItemsOfFile.Repository, name));

    /// <summary>The text below a heading up to the next one of the same or a higher level.</summary>
    public string Section(string heading)
    {
        var lines = Text.Split('\n');
        var start = Array.IndexOf(lines, heading);
        start.ShouldBeGreaterThanOrEqualTo(0, $"{Path} has no heading '{heading}'");
        var level = heading.IndexOf(' ', StringComparison.Ordinal);
        var length = lines.Skip(start + 1).TakeWhile(line => LevelOf(line) == 0 || LevelOf(line) > level).Count();
        return string.Join('\n', lines.Skip(start + 1).Take(length));
    }

    /// <summary>The text between a heading and the next heading of any level.</summary>
    public string Opening(string heading) => Regex.Split(Section(heading), "^#", RegexOptions.Multiline)[0];

    /// <summary>The rows of a section's tables: the name in the first column, and the other columns.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<string> Cells)> Rows(string section) =>
    [
        .. section.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line =>
        {
            var cells = Bar().Split(line.Trim().Trim('|')).Select(cell => cell.Trim()).ToList();
            return (cells[0].Trim('`'), (IReadOnlyList<string>)cells[1..]);
        }),
    ];

    public static IReadOnlyList<string> Names(string section) => [.. Rows(section).Select(row => row.Name)];

    // The anchor of a heading, as GitHub makes it: in lower case, without punctuation, with hyphens for spaces.
    public IEnumerable<string> Anchors => Text.Split('\n').Where(line => LevelOf(line) > 0)
        .Select(line => NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    private static int LevelOf(string line) => Heading().Match(line).Groups[1].Length;

    [GeneratedRegex("^(#+) ")]
    private static partial Regex Heading();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
