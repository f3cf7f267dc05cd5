using System.Globalization;
using Verus.Artifact.Common;

namespace Verus.Artifact.Report;

/// <summary>
/// The page with the samples behind the numbers of a report: when each was taken, what it took, what happened beside
/// it, and links to its output. The rows of a point in the report lead here.
/// </summary>
internal static class SamplesPage
{
    // The number of rows that a browser can still open and sort.
    private const int MostRows = 5000;

    private static readonly string[] Outputs = ["stdout.txt", "stderr.txt"];

    /// <summary>Returns the ids of the cells on the page.</summary>
    public static Anchors AnchorsOf(ReportModel model) => new(CellsOf(model), "cell-");

    /// <summary>Renders the page.</summary>
    /// <param name="model">The report.</param>
    /// <param name="folder">Absolute path of the folder of the report.</param>
    /// <param name="report">The file name of the report's page.</param>
    public static string Render(ReportModel model, string folder, string report)
    {
        var page = ReportPage.Open(new Html(new ReportText(model.Folders)), $"Samples of {model.Title}");
        var anchors = AnchorsOf(model);
        var shown = CellsOf(model).ToHashSet(StringComparer.Ordinal);
        var most = Math.Max(1, MostRows / Math.Max(1, shown.Count));
        page.Inside("header", header =>
        {
            header.Element("h1", $"Samples of {model.Title}");
            header.Inside("p", line => line.Raw($"<a href=\"{report}\">Back to the report</a>"));
            if (shown.Count < model.Taken.Select(sample => sample.Cell).Distinct().Count())
                header.Element("p", $"These are the first {Amount.Count(shown.Count, "cell")}; the journal has all of "
                    + "them.", "soft");
        });
        page.Inside("main", main =>
        {
            foreach (var experiment in model.Taken.Where(sample => shown.Contains(sample.Cell))
                .GroupBy(sample => sample.Experiment))
                Experiment(main, experiment.Key, [.. experiment], anchors, folder, most);
        });
        return ReportPage.Close(page);
    }

    private static IEnumerable<string> CellsOf(ReportModel model) =>
        model.Taken.Select(sample => sample.Cell).Distinct().Take(MostRows);

    private static void Experiment(Html main, string name, List<ReportedSample> samples, Anchors anchors, string folder,
        int most) => main.Inside("section", section =>
    {
        section.Inside("h2", title => title.Element("bdi", name));
        var rows = samples.GroupBy(sample => sample.Cell)
            .SelectMany(cell => cell.OrderBy(sample => sample.Started).Take(most)
                .Select((sample, index) => Row(section, sample, index == 0 ? anchors[cell.Key] : null, folder)))
                .ToList();
        section.Table($"Samples of {name}", ["cell", "started (UTC)", new("time", "num"), new("outcome", "long"),
            new("load before", "num"), new("taken by the hypervisor", "num"), new("pages from the disk", "num"),
            new("involuntary switches", "num"), "output"], rows);
        if (rows.Count < samples.Count)
            section.Element("p",
                $"These are {Amount.Count(rows.Count)} of {Amount.Count(samples.Count, "sample")}; the "
                + "journal has all of them.", "soft");
    });

    private static IReadOnlyList<HtmlCell> Row(Html page, ReportedSample sample, string? id, string folder) =>
    [
        id is null ? sample.Cell : new HtmlCell(sample.Cell, $"<span id=\"{id}\">{page.Escape(sample.Cell)}</span>"),
        sample.Started is { } started
            ? started.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "",
        Amount.Duration(sample.Seconds), sample.Why is { } why ? new HtmlCell("✗ " + why, Css: "long warn") : "ok",
        Amount.Number(sample.Load), sample.StealSeconds > 0 ? Amount.Duration(sample.StealSeconds) : "",
        sample.MajorFaults > 0 ? Amount.Count(sample.MajorFaults) : "",
        sample.Switches > 0 ? Amount.Count(sample.Switches) : "",
        new HtmlCell("", string.Join(" · ", OutputOf(sample, folder)
            .Select(file => page.Link(file, Path.GetFileNameWithoutExtension(file))))),
    ];

    // A page on a static host can show a file and not a folder.
    private static IEnumerable<string> OutputOf(ReportedSample sample, string folder) =>
        Outputs.Select(file => Path.Combine(sample.Folder, file))
            .Where(file => File.Exists(file) && new FileInfo(file).Length > 0)
            .Select(file => Path.GetRelativePath(folder, file));
}
