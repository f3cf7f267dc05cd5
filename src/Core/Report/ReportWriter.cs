using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Report;

/// <summary>The files of a report.</summary>
/// <param name="Page">The page, a single HTML file that loads no other file.</param>
/// <param name="Summary">The table at the end of the build, as text.</param>
/// <param name="Appendix">The text for an artifact's appendix, as Markdown.</param>
/// <param name="Samples">The page with all samples; null when the report has none.</param>
/// <param name="Records">The files for programs: the results as JSON, the verdicts in JUnit's format, and the numbers
/// as definitions for LaTeX.</param>
public sealed record ReportFiles(string Page, string Summary, string Appendix, string? Samples,
    IReadOnlyList<string> Records)
{
    /// <summary>The paths of all files of the report.</summary>
    public IReadOnlyList<string> All =>
        [Page, Summary, Appendix, .. Samples is null ? Array.Empty<string>() : [Samples], .. Records];
}

/// <summary>Writes reports.</summary>
public static class ReportWriter
{
    /// <summary>The name of the report on the whole evaluation.</summary>
    public const string Whole = "index";

    /// <summary>
    /// Writes <c>index.html</c>, <c>samples.html</c>, <c>summary.txt</c>, <c>appendix.md</c>, <c>results.json</c>,
    /// <c>junit.xml</c>,
    /// <c>numbers.tex</c> and an appendix in LaTeX for each shape. The files of a report on a part of the evaluation
    /// have its name in front, as in
    /// <c>Figure7.html</c> and <c>Figure7.summary.txt</c>. The contents of all files are produced before the first file
    /// is written.
    /// </summary>
    /// <exception cref="DiagnosticException">A picture cannot be read, or the folder cannot be written.</exception>
    public static ReportFiles Write(ReportModel model, string folder, string name = Whole)
    {
        var prefix = name == Whole ? "" : name + ".";
        var page = Path.Combine(folder, name + ".html");
        var samples = model.Taken.Count > 0 ? In("samples.html") : null;
        // The page comes last, since it is what people look at.
        List<(string Path, string Content)> files =
        [
            (In("results.json"), ResultsFile.Render(model, folder)),
            (In("junit.xml"), JUnitFile.Render(model)),
            (In("numbers.tex"), NumbersFile.Render(model)),
            .. Enum.GetValues<AppendixShape>()
                .Select(shape => (In($"appendix.{shape.ToString().ToLowerInvariant()}.tex"),
                AppendixTeX.Render(model, shape))),
            (In("summary.txt"), SummaryTable.Of(model, page).Render() + "\n"),
            (In("appendix.md"), AppendixPage.Render(model)),
            (page, ReportPage.Render(model, folder, samples is null ? null : Path.GetFileName(samples))),
        ];
        if (samples is not null)
            files.Insert(0, (samples, SamplesPage.Render(model, folder, Path.GetFileName(page))));
        foreach (var (path, content) in files)
            AtomicFile.Write(path, content);
        return new ReportFiles(page, In("summary.txt"), In("appendix.md"), samples,
            [.. files.Select(file => file.Path).Where(file => file != samples).SkipLast(3)]);

        string In(string file) => Path.Combine(folder, prefix + file);
    }
}
