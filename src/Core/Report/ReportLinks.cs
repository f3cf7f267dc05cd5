using Verus.Artifact.Data;

namespace Verus.Artifact.Report;

/// <summary>
/// The links of a report: from a verdict to the table of its points, and from a point to its samples with their output.
/// All links are relative, so that they work on a static host and in an archive.
/// </summary>
internal sealed class ReportLinks
{
    private readonly ReportModel model;
    private readonly string? samplesPage;
    private readonly Anchors figures, cells;

    /// <summary>Makes the links of a report.</summary>
    /// <param name="model">The report.</param>
    /// <param name="samplesPage">The file name of the page with all samples; null when there is none.</param>
    public ReportLinks(ReportModel model, string? samplesPage)
    {
        (this.model, this.samplesPage) = (model, samplesPage);
        figures = new Anchors(model.Figures.Select(figure => figure.Drawn.Name));
        cells = SamplesPage.AnchorsOf(model);
    }

    /// <summary>The address of the page with all samples; null when there is none.</summary>
    public string? Samples => samplesPage is null ? null : Uri.EscapeDataString(samplesPage);

    /// <summary>The id of the section on a figure; null when the page does not have the figure.</summary>
    public string? Figure(string name) => figures[name];

    /// <summary>The id of the table of a dataset in the section on a figure.</summary>
    public static string Table(string figureId, string dataset) =>
        $"{figureId}-data-" + string.Concat(dataset.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));

    /// <summary>The id of the first table with the points of a dataset; null when the page has none.</summary>
    public string? TableOf(string dataset) => model.Figures.FirstOrDefault(figure =>
        figure.Measured.Concat(figure.Recorded).Any(one =>
            one.Name.Equals(dataset, StringComparison.OrdinalIgnoreCase))) is { } found
        ? Table(figures[found.Drawn.Name]!, dataset) : null;

    /// <summary>The address of the samples of a point; null when they are not known.</summary>
    public string? SamplesOf(Dataset dataset, DataPoint point) => Samples is { } page
        && model.Cells.GetValueOrDefault(
            ReportModel.PointId(dataset.Name, dataset.Columns.Select(column => point[column]))) is { } cell
        && cells[cell] is { } id ? $"{page}#{id}" : null;
}
