using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Report;

/// <summary>The files of a report.</summary>
/// <param name="Page">The page, a single HTML file that loads no other file.</param>
/// <param name="Summary">The table at the end of the build, as text.</param>
/// <param name="Appendix">The text for an artifact's appendix, as Markdown.</param>
public sealed record ReportFiles(string Page, string Summary, string Appendix)
{
    /// <summary>The paths of all files of the report.</summary>
    public IReadOnlyList<string> All => [Page, Summary, Appendix];
}

/// <summary>Writes reports.</summary>
public static class ReportWriter
{
    /// <summary>The name of the report on the whole evaluation.</summary>
    public const string Whole = "index";

    /// <summary>
    /// Writes <c>index.html</c>, <c>summary.txt</c> and <c>appendix.md</c>. The files of a report on a part of the
    /// evaluation have its name in front, as in <c>Figure7.html</c> and <c>Figure7.summary.txt</c>. The contents of all
    /// files are produced before the first file is written.
    /// </summary>
    /// <exception cref="DiagnosticException">A picture cannot be read, or the folder cannot be written.</exception>
    public static ReportFiles Write(ReportModel model, string folder, string name = Whole)
    {
        var prefix = name == Whole ? "" : name + ".";
        var files = new ReportFiles(Path.Combine(folder, name + ".html"), Path.Combine(folder, prefix + "summary.txt"),
            Path.Combine(folder, prefix + "appendix.md"));
        var (page, summary, appendix) = (ReportPage.Render(model, folder),
            SummaryTable.Of(model, files.Page).Render() + "\n", AppendixPage.Render(model));
        AtomicFile.Write(files.Summary, summary);
        AtomicFile.Write(files.Appendix, appendix);
        AtomicFile.Write(files.Page, page);
        return files;
    }
}
