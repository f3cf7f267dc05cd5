using System.Globalization;
using Verus.Artifact.Data;

namespace Verus.Artifact.Report;

/// <summary>One figure of the report: picture, numbers with their samples, the authors' numbers beside them, failures, and the command.</summary>
internal static class FigureSection
{
    private static readonly string[] PaperColumns = ["paper", "here / paper"];

    public static void Write(Html main, ReportFigure figure, int index) => main.Inside($"section id=\"figure-{index}\"", section =>
    {
        var drawn = figure.Drawn;
        section.Element("h2", drawn.Name + (figure.Aliases.Count > 0 ? $" ({string.Join(", ", figure.Aliases)})" : ""));
        if (drawn.Origin == Origin.Recorded)
            section.Element("p", figure.Measured.Count == 0 ? "RECORDED by the authors, not measured here" : "Partly RECORDED by the authors, not measured here", "badge");
        section.Inside("figure", picture =>
        {
            if (drawn.Files.TryGetValue("svg", out var svg))
                picture.Raw(InlineSvg.Of(svg, $"f{index}-", drawn.Title));
            picture.Element("figcaption", drawn.Title);
        }, "picture");
        section.List(drawn.Notes, "notes");
        foreach (var dataset in figure.Measured)
            Measured(section, dataset, figure.Recorded.FirstOrDefault(other => other.Name == dataset.Name));
        foreach (var dataset in figure.Recorded.Where(dataset => figure.Measured.All(other => other.Name != dataset.Name)))
            section.Inside("details", details =>
            {
                details.Element("summary", $"{dataset.Name}: recorded numbers");
                details.Table($"{dataset.Provenance}", [.. dataset.Columns, dataset.Quantity, "95% interval", "note"], dataset.Points.Select(point => (IReadOnlyList<string>)
                    [.. dataset.Columns.Select(column => point[column]), WithUnit(point, dataset), Interval(point.Estimate), point.Note ?? ""]), column => column >= dataset.Columns.Count && column < dataset.Columns.Count + 2 ? "num" : null);
            });
        if (figure.Failures.Count > 0)
            section.Inside("details open", details =>
            {
                details.Element("summary", $"{figure.Failures.Count} failed samples");
                details.Table("Their output is kept", ["cell", "why", "output"], figure.Failures.Select(failure => new[] { failure.Cell, failure.Why, failure.Logs }));
            });
        section.Element("p", "Measure it again, or more of it:", "soft").Element("pre", figure.RerunCommand);
    }, "figure");

    private static void Measured(Html section, Dataset dataset, Dataset? recorded)
    {
        var samples = dataset.Points.SelectMany(point => point.Samples).ToList();
        var (low, high) = samples.Count == 0 ? (0, 0) : (samples.Min(), samples.Max());
        var first = dataset.Columns.Count;
        var header = dataset.Columns.Append($"{dataset.Statistic} {dataset.Quantity} here").Append("95% interval").Append("samples").Append("least").Append("most").Append("spread")
            .Concat(recorded is null ? [] : PaperColumns).Append("note").ToList();
        section.Inside("details open", details =>
        {
            details.Element("summary", $"{dataset.Name}: numbers{(recorded is null ? "" : ", paper beside here")}");
            if (recorded is not null)
                details.Element("p", $"Paper: {recorded.Provenance}. Recorded there, not measured here.", "soft");
            details.Table($"{dataset.Quantity} in {dataset.Unit}", header, dataset.Points.Select(point => (IReadOnlyList<string>)
            [
                .. dataset.Columns.Select(column => point[column]),
                WithUnit(point, dataset),
                Interval(point.Estimate),
                point.Samples.Count.ToString(CultureInfo.InvariantCulture),
                point.Samples.Count == 0 ? "" : Html.Number(point.Samples.Min()),
                point.Samples.Count == 0 ? "" : Html.Number(point.Samples.Max()),
                InlineSvg.Strip(point.Samples, low, high),
                .. recorded is null ? [] : Beside(point, dataset, recorded),
                point.Note ?? "",
            ]), column => column >= first && column < first + 5 || column > first + 5 && column < header.Count - 1 ? "num" : null);
        });
        section.List(dataset.Notes.ToList(), "notes");
    }

    private static IReadOnlyList<string> Beside(DataPoint point, Dataset dataset, Dataset recorded)
    {
        var other = recorded.Points.FirstOrDefault(candidate => dataset.Columns.All(column => candidate[column] == point[column]));
        return other?.Estimate is not { } paper ? ["", ""]
            : [Html.Number(paper.Value), point.Estimate is { } here && paper.Value != 0 ? Html.Number(here.Value / paper.Value) : ""];
    }

    private static string WithUnit(DataPoint point, Dataset dataset) =>
        point.Estimate is null ? "" : Html.Number(point.Estimate.Value) + (point.Unit is { } unit && unit != dataset.Unit ? " " + unit : "");

    private static string Interval(Estimate? estimate) => estimate is { Low: { } low, High: { } high } ? $"{Html.Number(low)} – {Html.Number(high)}" : "";
}
