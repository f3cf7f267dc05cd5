using System.Globalization;
using ScottPlot;
using SkiaSharp;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>Lines with markers over an axis of numbers or categories.</summary>
internal sealed class LineChart : ChartKind
{
    private const float LineWidth = 1.1f, PaperLineWidth = 0.7f;

    /// <inheritdoc/>
    public override string Name => "LineChart";

    /// <inheritdoc/>
    internal override string LooksOfRecorded => "Dashed (paper)";

    /// <inheritdoc/>
    internal override IReadOnlyList<AxisScale> YScales => [AxisScale.Linear, AxisScale.Log];

    /// <inheritdoc/>
    internal override bool SortsNumbers(FigureDeclaration figure) => figure.XScale != AxisScale.Category;

    /// <inheritdoc/>
    internal override void DrawSwatch(SKCanvas canvas, SKRect area, FigureStyle style, bool paper)
    {
        using var paint = Paint.NewDisposablePaint();
        LineOf(style, paper).Render(canvas, new PixelLine(area.Left, area.MidY, area.Right, area.MidY), paint);
        Drawing.DrawMarker(canvas, paint, new Pixel(area.MidX, area.MidY), PlotParts.Marker(style, paper));
    }

    /// <inheritdoc/>
    internal override void AddMarks(ChartPanel panel)
    {
        var (plot, data) = (panel.Plot, panel.Data);
        foreach (var mark in data.Figure.XMarks)
        {
            if (panel.Axes.X.Place(FigureData.Number(mark.Value)!.Value) is { } place && panel.Axes.IsNumeric)
                plot.Add.VerticalLine(place, 0.7f, Color.FromHex("#777777"), new LinePattern([3, 2], 0, "mark"));
        }
        foreach (var series in panel.Series)
        {
            foreach (var stretch in Stretches(panel, series))
            {
                var seen = Thinning.Of(stretch, panel.Axes.X, panel.Width);
                var line = plot.Add.Scatter(seen.Select(point => new Coordinates(point.X, point.Y)).ToArray());
                line.LineStyle = LineOf(series.Style, series.Paper);
                line.MarkerStyle = stretch.Count > 1 && IsDense(stretch.Count, panel.Width)
                    ? MarkerStyle.None : PlotParts.Marker(series.Style, series.Paper);
                panel.AddIntervals(stretch, Color.FromHex(series.Style.Color));
            }
        }
    }

    /// <inheritdoc/>
    internal override IEnumerable<string> Crowded(FigureData data, IReadOnlyList<ChartSeries> series, float length)
    {
        if (data.Panels.Any(panel => series.Any(line =>
            IsDense(data.Line(panel.Value, line.Key, line.Paper).Count(), length))))
            yield return "points stand too close for markers";
    }

    /// <inheritdoc/>
    internal override IEnumerable<string> Notes(FigureData data) =>
        from panel in data.Panels
        from series in data.Series
        let last = data.Line(panel.Value, series.Value, ofPaper: false).LastOrDefault()
        where last is not null
        let index = data.IndexOf(last.X)
        where index < data.Xs.Count - 1
        let subject = string.Join(", ", new[] { panel.Label, series.Label }.Where(text => text.Length > 0))
        select $"{subject}: no value beyond {string.Join(' ', data.Figure.X)} = {data.Xs[index.Value].Label}";

    /// <inheritdoc/>
    protected override FigureDeclaration ReadOwn(MetadataReader reader, FigureDeclaration figure)
    {
        figure = figure with
        {
            XScale = FigureMetadata.Scale(
                reader, "XScale", [AxisScale.Linear, AxisScale.Log, AxisScale.Log2, AxisScale.Category]),
            XTicks = FigureMetadata.Numbers(reader, "XTicks"),
            XMarks = FigureMetadata.Marks(reader, "XMarks"),
            Markers = FigureMetadata.Choices<FigureMarker>(reader, "Markers"),
        };
        if (figure.XScale is not ((AxisScale.Log or AxisScale.Log2) and var scale))
            return figure;
        FigureMetadata.CheckPositive(reader, "XTicks", figure.XTicks, "XScale", scale);
        var marks = figure.XMarks.Select(mark => double.Parse(mark.Value, CultureInfo.InvariantCulture));
        FigureMetadata.CheckPositive(reader, "XMarks", marks, "XScale", scale);
        return figure;
    }

    private static LineStyle LineOf(FigureStyle style, bool paper) => paper
        ? new(PaperLineWidth, Color.FromHex(style.Color), PlotParts.PaperLine)
        : new(LineWidth, Color.FromHex(style.Color), LinePattern.Solid);

    // Markers that stand closer than half of their size are one blot.
    private static bool IsDense(int count, float width) => count > 2 * width / PlotParts.MarkerSize;

    // A line is interrupted where a value is missing; places that the series was not asked for do not interrupt it.
    private static List<List<PlacedPoint>> Stretches(ChartPanel panel, ChartSeries series)
    {
        var stretches = new List<List<PlacedPoint>> { new() };
        foreach (var point in panel.PointsOf(series))
        {
            if (panel.Placed(point) is { } placed)
                stretches[^1].Add(placed);
            else if (stretches[^1].Count > 0)
                stretches.Add([]);
        }
        stretches.RemoveAll(stretch => stretch.Count == 0);
        return stretches;
    }
}
