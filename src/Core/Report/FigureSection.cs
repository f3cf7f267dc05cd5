using Verus.Artifact.Common;
using Verus.Artifact.Data;

namespace Verus.Artifact.Report;

/// <summary>
/// The section on one figure of the report: the picture, the numbers with their samples, the authors' numbers beside
/// them, the failures, and the command.
/// </summary>
/// <param name="links">The links of the report.</param>
/// <param name="folder">Absolute path of the folder of the report.</param>
/// <param name="mostRows">The largest number of rows of a table.</param>
internal sealed class FigureSection(ReportLinks links, string folder, int mostRows)
{
    // The number of rows above which a table is folded, so that the page stays readable; the table is still printed in
    // full.
    private const int LongTable = 24;

    // The numbers of rows of a table on the page, and of all of its tables, which a browser must still be able to open.
    // The data files of a figure have all rows.
    private const int MostRows = 500, LeastRows = 20, MostRowsOfPage = 1200;

    private const int LeastForScatter = 4;

    /// <summary>
    /// Returns how many rows of a table the page of a report has at most: fewer if all tables together would have too
    /// many.
    /// </summary>
    public static int RowsOf(ReportModel model)
    {
        List<int> tables = [.. model.Figures.SelectMany(figure => figure.Measured.Concat(figure.Recorded))
            .Select(dataset => dataset.Points.Count)];
        var rows = MostRows;
        while (rows > LeastRows && tables.Sum(points => Math.Min(points, rows)) > MostRowsOfPage)
            rows--;
        return rows;
    }

    /// <summary>Writes the section on a figure, with the given id.</summary>
    public void Write(Html main, ReportFigure figure, string id) =>
        main.Inside($"section id=\"{id}\"", section =>
    {
        var drawn = figure.Drawn;
        section.Inside("h2", title =>
        {
            // The heading says what the figure shows; its name, which is that of a request, comes after it.
            title.Element("bdi", drawn.Title.Length > 0 ? drawn.Title : drawn.Name);
            List<string> names = [.. drawn.Title.Length > 0 ? [drawn.Name] : Array.Empty<string>(), .. figure.Aliases];
            if (names.Count > 0)
                title.Element("span", " " + string.Join(", ", names), "soft");
        });
        if (Wording.Mark(figure) is { } mark)
            section.Element("p", mark, "stamp");
        var picture = InlineSvg.Of(drawn, id + "-", section.Words);
        section.Inside("figure",
            inside => inside.Inside("div", frame => frame.Raw(picture.Markup), "picture"));
        // Notes that the picture already contains need not be repeated below it.
        section.List(
            [.. drawn.Notes.Where(note => !picture.Text.Contains(section.Words.Line(note), StringComparison.Ordinal))],
            "notes");
        foreach (var dataset in figure.Measured)
            Measured(section, ReportLinks.Table(id, dataset.Name), dataset,
                figure.Recorded.FirstOrDefault(other => other.Name == dataset.Name));
        foreach (var dataset in figure.Recorded
            .Where(dataset => figure.Measured.All(other => other.Name != dataset.Name)))
            Recorded(section, ReportLinks.Table(id, dataset.Name), dataset);
        if (figure.Failures.Count > 0)
            Failures(section, figure);
        section.Element("p", figure.IsAllRecorded
            ? "Measure it here:" : "Measure it again, or more of it (-p:Samples=20):", "soft")
            .Element("pre tabindex=\"0\"", figure.RerunCommand);
        var files = drawn.Files.Values.Concat(figure.DataFiles).Distinct().ToList();
        if (files.Count > 0)
            section.Inside("p", line =>
                line.Text("Files: ").Raw(string.Join(" · ",
                    files.Select(file => line.Link(Path.GetRelativePath(folder, file), Path.GetFileName(file))))),
                    "soft");
    }, "figure");

    private static List<HtmlColumn> Header(IReadOnlyList<string> columns, Dataset dataset, bool withPaper,
        StripPlot? strip, bool withNotes)
    {
        List<HtmlColumn> header =
        [
            .. columns.Select(column => new HtmlColumn(column)), new($"{dataset.Statistic} here", "num"),
            .. withPaper ? [new("paper (recorded)", "num paper"), new("here ÷ paper", "num")]
                : Array.Empty<HtmlColumn>(),
            new($"{dataset.Coverage} interval", "num"), new("samples", "num"), new("least", "num"), new("most", "num"),
        ];
        if (strip is not null)
            header.Add(new(strip.Scale));
        if (withNotes)
            header.Add(new("note", "long"));
        return header;
    }

    private void Measured(Html section, string id, Dataset dataset, Dataset? recorded)
    {
        var columns = dataset.Columns.Union(recorded?.Columns ?? [], StringComparer.Ordinal).ToList();
        var points = PaperComparison.Of(dataset, recorded);
        var strip = StripPlot.Of(dataset);
        var withNotes = points.Any(point => !string.IsNullOrEmpty(Note(point)));
        var header = Header(columns, dataset, recorded is not null, strip, withNotes);
        section.Inside($"details id=\"{id}\"{Open(points.Count)}", details =>
        {
            details.Element("summary",
                $"{dataset.Name}: {dataset.Quantity} measured here"
                    + $"{(recorded is null ? "" : ", the paper's beside it")}");
            details.Table($"{dataset.Name}: {dataset.Quantity} ({dataset.Unit})", header,
                points.Take(mostRows).Select(point =>
            {
                List<HtmlCell> cells = [.. columns.Select(column => (HtmlCell)point[column]),
                    WithUnit(point.Here, dataset)];
                if (recorded is not null)
                    cells.AddRange([WithUnit(point.Paper, recorded),
                        point.RatioInterval is { } ratio ? Ratio(ratio) : ""]);
                cells.Add(Interval(point.Here));
                var samples = point.Here?.Samples ?? [];
                cells.AddRange(samples.Count == 0
                    ? [CountOf(details, dataset, point), "", ""] : [CountOf(details, dataset, point),
                        Amount.Number(samples.Min()), Amount.Number(samples.Max())]);
                if (strip is not null)
                    cells.Add(new HtmlCell("", point.Here is null ? "" : strip.Draw(point.Here)));
                if (withNotes)
                    cells.Add(Note(point));
                return (IReadOnlyList<HtmlCell>)cells;
            }));
            More(details, points.Count);
            if (recorded is not null)
                AgainstPaper(details, dataset, points);
            if (recorded is not null)
                details.Element("p", $"Paper: recorded by the authors, not measured here. {recorded.Provenance}",
                    "soft");
            details.List(dataset.Notes.ToList(), "notes");
        });
    }

    // The number of samples of a point leads to these samples.
    private HtmlCell CountOf(Html page, Dataset dataset, ComparedPoint point)
    {
        var count = Amount.Count(point.Here?.Samples.Count ?? 0);
        return point.Here is { } here && links.SamplesOf(dataset, here) is { } address
            ? new HtmlCell(count, $"<a href=\"{page.Escape(address)}\">{count}</a>") : count;
    }

    // The paper's number on one axis and the number here on the other answer at which points this machine is slower.
    private static void AgainstPaper(Html details, Dataset dataset, IReadOnlyList<ComparedPoint> points)
    {
        var pairs = points.Where(point => point.Ratio > 0 && point.Paper!.Estimate!.Value > 0).Select(point =>
        {
            var ratio = point.RatioInterval!;
            return new PlotPair(point.Paper!.Estimate!.Value, point.Here!.Estimate!.Value,
                ratio is { Low: > 1 } or { High: < 1 },
                $"{string.Join(", ", dataset.Columns.Select(column => point[column]))}: {Ratio(ratio)}");
        }).ToList();
        if (pairs.Count < LeastForScatter)
            return;
        details.Inside("details", inner =>
        {
            inner.Element("summary", "Which points are larger here than in the paper?");
            inner.Element("p", $"Above the diagonal, the number here is larger: {pairs.Count(pair => pair.Y > pair.X)} "
                + $"of {Amount.Count(pairs.Count, "point")}. Red: the interval of the ratio does not contain 1.",
                "soft");
            inner.Inside("div", frame => frame.Raw(PagePlots.Scatter(frame, pairs, "paper (recorded)", "here")),
                "picture");
        });
    }

    private void Recorded(Html section, string id, Dataset dataset) =>
        section.Inside($"details id=\"{id}\"{Open(dataset.Points.Count)}", details =>
    {
        var (withIntervals, withNotes) = (dataset.Points.Any(point => Interval(point).Length > 0),
            dataset.Points.Any(point => !string.IsNullOrEmpty(point.Note)));
        List<HtmlColumn> header = [.. dataset.Columns.Select(column => new HtmlColumn(column)),
            new("paper (recorded)", "num paper")];
        if (withIntervals)
            header.Add(new("95% interval", "num"));
        if (withNotes)
            header.Add(new("note", "long"));
        details.Element("summary", $"{dataset.Name}: {dataset.Quantity}, recorded by the authors");
        details.Table(
            $"{dataset.Name}: {dataset.Quantity} ({dataset.Unit}). Recorded, not measured here. {dataset.Provenance}",
            header, dataset.Points.Take(mostRows).Select(point =>
        {
            List<HtmlCell> cells = [.. dataset.Columns.Select(column => (HtmlCell)point[column]),
                WithUnit(point, dataset)];
            if (withIntervals)
                cells.Add(Interval(point));
            if (withNotes)
                cells.Add(point.Note ?? "");
            return (IReadOnlyList<HtmlCell>)cells;
        }));
        More(details, dataset.Points.Count);
        details.List(dataset.Notes.ToList(), "notes");
    });

    private static void Failures(Html section, ReportFigure figure) => section.Inside("details open", details =>
    {
        details.Element("summary", $"✗ {Amount.Count(figure.Failures.Count, "failed sample")}");
        details.Table("Failed samples; their output is kept", ["cell", new("why", "long"), "output"],
            figure.Failures.Take(MostRows).Select(failure => (IReadOnlyList<HtmlCell>)
            [failure.Cell, failure.Why,
                new HtmlCell("", string.Join(" · ",
                    failure.Logs.Select(file => details.Link(file, Path.GetFileNameWithoutExtension(file)))))]));
        if (figure.Failures.Count > MostRows)
            details.Element("p",
                $"These are the first {MostRows} of {Amount.Count(figure.Failures.Count)}; the journal has all of "
                    + "them.", "soft");
    });

    private void More(Html details, int rows)
    {
        if (rows > mostRows)
            details.Element("p",
                $"These are the first {mostRows} of {Amount.Count(rows)} rows; the data file, below, has all of them.",
                "soft");
    }

    private static string Open(int rows) => rows <= LongTable ? " open" : "";

    private static string Note(ComparedPoint point) =>
        string.Join("; ", new[] { point.Here is null ? "not measured here" : point.Here.Note,
            point.Paper?.Note is { Length: > 0 } note
                ? "paper: " + note : null }.Where(text => !string.IsNullOrEmpty(text)));

    private static string WithUnit(DataPoint? point, Dataset dataset) =>
        point?.Estimate is null ? "–" : EstimateText.Of(point.Estimate).Value
            + (point.Unit is { } unit && unit != dataset.Unit ? " " + unit : "");

    private static string Ratio(Estimate ratio) => Amount.Number(ratio.Value) + "×"
        + (ratio is { Low: { } low, High: { } high } ? string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $" ({low:0.00} – {high:0.00})") : "");

    private static string Interval(DataPoint? point) => point?.Estimate is { } estimate
        && EstimateText.Of(estimate) is { Low: { } low, High: { } high } ? $"{low} – {high}" : "";
}
