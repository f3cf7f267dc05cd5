using System.Text.RegularExpressions;

namespace Verus.Artifact.Report;

/// <summary>
/// Text of others on its way into a report: tool output, names, paths. What could change how a page or a terminal reads
/// the rest (control and direction characters) is replaced, folders of this machine get their neutral names (home
/// folders always do), and URLs lose user and password.
/// </summary>
internal sealed partial class ReportText
{
    private const string Replacement = "\ufffd";
    private readonly List<(Regex Path, string Shown)> folders;

    public ReportText(IReadOnlyList<ReportFolder> folders) => this.folders =
    [
        // Longest first: the project is often below the home folder.
        .. folders.Where(folder => folder.Path.TrimEnd('/').Length > 0).OrderByDescending(folder => folder.Path.Length)
            .Select(folder => (new Regex(Before(folder.Path) + Regex.Escape(folder.Path.TrimEnd('/')) + @"(?![\w.-])"),
                folder.Shown.Replace("$", "$$", StringComparison.Ordinal))),
    ];

    /// <summary>Text as it may be shown, line breaks and tabs kept.</summary>
    public string Clean(string text)
    {
        text = UserOfUrl().Replace(Unprintable().Replace(text, Replacement), "");
        foreach (var (path, shown) in folders)
            text = path.Replace(text, shown);
        return Homes().Replace(text, "~");
    }

    /// <summary>The same in one line.</summary>
    public string Line(string text) => Space().Replace(Clean(text), " ").Trim();

    // "/root" stands inside other paths, too; a longer path is unlike enough to be found anywhere, as in
    // "-I/opt/ann/include".
    private static string Before(string path) => path.Trim('/').Contains('/', StringComparison.Ordinal)
        ? "" : @"(?<![\w.-])";

    [GeneratedRegex(@"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]")]
    private static partial Regex Unprintable();

    [GeneratedRegex(@"(?<![\w.-])/(?:(?:home|Users)/[^/\s""'<>:;,()\[\]]+|root(?![\w.-]))")]
    private static partial Regex Homes();

    [GeneratedRegex(@"(?<=[a-z]://)[^/@\s]+@")]
    private static partial Regex UserOfUrl();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
