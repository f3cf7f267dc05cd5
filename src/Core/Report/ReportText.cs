using System.Text.RegularExpressions;

namespace Verus.Artifact.Report;

/// <summary>
/// Cleans text from other sources that goes into a report: tool output, names, paths. Characters that could change how
/// a page or a terminal shows the rest (control and direction characters) are replaced, folders of this machine get
/// neutral names (home folders always do), and user names and passwords are removed from URLs.
/// </summary>
internal sealed partial class ReportText
{
    private const string Replacement = "\ufffd";
    private readonly List<(Regex Path, string Shown)> folders;

    public ReportText(IReadOnlyList<ReportFolder> folders) => this.folders =
    [
        // The longest path is replaced first, since the project is often below the home folder.
        .. folders.Where(folder => folder.Path.TrimEnd('/').Length > 0).OrderByDescending(folder => folder.Path.Length)
            .Select(folder => (new Regex(Before(folder.Path) + Regex.Escape(folder.Path.TrimEnd('/')) + @"(?![\w.-])"),
                folder.Shown.Replace("$", "$$", StringComparison.Ordinal))),
    ];

    /// <summary>Returns a text that is safe to show in a report, with its line breaks and tabs.</summary>
    public string Clean(string text)
    {
        text = UserOfUrl().Replace(Unprintable().Replace(text, Replacement), "");
        foreach (var (path, shown) in folders)
            text = path.Replace(text, shown);
        return Homes().Replace(text, "~");
    }

    /// <summary>Returns a text that is safe to show in a report, on one line.</summary>
    public string Line(string text) => Space().Replace(Clean(text), " ").Trim();

    // A short path such as "/root" is replaced only as a whole path, since it also occurs inside other paths. A longer
    // path is distinctive enough to be replaced anywhere, as in "-I/opt/ann/include".
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
