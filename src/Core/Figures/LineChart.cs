using ScottPlot;
using SkiaSharp;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>A chart of lines with markers over an axis of numbers or categories.</summary>
internal class LineChart : ChartKind
{
    private const float LineWidth = 1.1f, PaperLineWidth = 0.7f;
    private const byte BandOpacity = 60;
    private const int MostMarkers = 20;

    /// <inheritdoc/>
    public override string Name => "LineChart";

    /// <summary>Whether confidence intervals are drawn as bands along the lines rather than as bars at the
    /// points.</summary>
    protected bool HasBands { get; set; }

    /// <summary>Whether every line has few markers, whatever its length.</summary>
    protected virtual bool HasFewMarkers => false;

    /// <inheritdoc/>
    internal override string RecordedStyle => "Dashed (paper)";

    /// <inheritdoc/>
    internal override IReadOnlyList<AxisScale> YScales => [AxisScale.Linear, AxisScale.Log];

    /// <inheritdoc/>
    internal override bool MayHaveRight => true;

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
        var stretches = panel.Series.ToDictionary(series => series, series => Stretches(panel, series));
        if (HasBands)
            panel.Plot.Add.Plottable(new ShapeSet([.. stretches.SelectMany(pair => pair.Value.SelectMany(
                stretch => Bands(stretch, pair.Key)))]));
        foreach (var (series, parts) in stretches)
        {
            foreach (var stretch in parts)
                AddLine(panel, series, stretch);
        }
    }

    /// <summary>Draws consecutive points as a line with markers.</summary>
    protected void AddLine(ChartPanel panel, ChartSeries series, List<PlacedPoint> stretch)
    {
        var seen = Thinning.Of(stretch, panel.Axes.X, panel.Width);
        var line = panel.Plot.Add.Scatter(seen.Select(point => new Coordinates(point.X, point.Y)).ToArray());
        line.LineStyle = LineOf(series.Style, series.Paper);
        var marker = PlotParts.Marker(series.Style, series.Paper);
        if (stretch.Count > 1
            && ((HasFewMarkers && stretch.Count > MostMarkers) || IsDense(stretch.Count, panel.Width)))
        {
            line.MarkerStyle = MarkerStyle.None;
            panel.Plot.Add.Plottable(new MarkerSet(SparseMarkers.Of(
                stretch.Select(point => new Coordinates(point.X, point.Y)), panel.Axes.X, series.Style.Marker),
                marker));
        }
        else
            line.MarkerStyle = marker;
        if (!HasBands)
            panel.AddIntervals(stretch, Color.FromHex(series.Style.Color));
    }

    /// <inheritdoc/>
    internal override IEnumerable<string> Crowded(FigureData data, IReadOnlyList<ChartSeries> series, float length)
    {
        if (data.Panels.Any(panel => series.Any(line =>
            IsDense(data.Line(panel.Value, line.Key, line.Paper).Count(), length))))
            yield return "points are too close for markers, so only some of them have one";
    }

    /// <inheritdoc/>
    internal override IEnumerable<string> Notes(FigureData data) =>
        from panel in data.Panels
        from series in data.Series
        let last = data.Line(panel.Value, series.Value, ofPaper: false).LastOrDefault()
        where last is not null
        let index = data.IndexOf(last.X)
        where index < data.Xs.Count - 1 - data.Apart
        let subject = string.Join(", ", new[] { panel.Label, series.Label }.Where(text => text.Length > 0))
        select $"{subject}: no value beyond {string.Join(' ', data.Figure.X)} = {data.Xs[index.Value].Label}";

    /// <inheritdoc/>
    internal override IReadOnlyList<string>? Method(FigureData data) =>
        !HasBands ? null : FigureNotes.StatisticOf(data, "bands: {0} confidence interval");

    /// <inheritdoc/>
    protected override FigureDeclaration ReadOwn(MetadataReader reader, FigureDeclaration figure)
    {
        figure = ReadXAxis(reader, figure, [AxisScale.Linear, AxisScale.Log, AxisScale.Log2, AxisScale.Category]) with
        {
            Markers = FigureMetadata.Choices<FigureMarker>(reader, "Markers"),
            ErrorBars = reader.Flag("ErrorBars", otherwise: true),
        };
        var kind = (LineChart)MemberwiseClone();
        kind.HasBands = reader.Flag("Bands");
        return figure with { Kind = kind };
    }

    private static LineStyle LineOf(FigureStyle style, bool paper) => paper
        ? new(PaperLineWidth, Color.FromHex(style.Color), PlotParts.PaperLine)
        : new(LineWidth, Color.FromHex(style.Color), LinePattern.Solid);

    // Markers that are less than half their size apart merge into a blot.
    private static bool IsDense(int count, float width) => count > 2 * width / PlotParts.MarkerSize;

    /// <summary>
    /// Returns the segments of a series. A line is interrupted where a value is missing; places at which the series was
    /// not requested do not interrupt the line.
    /// </summary>
    protected virtual List<List<PlacedPoint>> Stretches(ChartPanel panel, ChartSeries series)
    {
        var stretches = new List<List<PlacedPoint>> { new() };
        foreach (var point in panel.PointsOf(series))
        {
            // A point that stands apart, such as a mean, is not part of the line.
            if (panel.Data.IndexOf(point.X) == panel.Data.Xs.Count - panel.Data.Apart && stretches[^1].Count > 0)
                stretches.Add([]);
            if (panel.Placed(point) is { } placed)
                stretches[^1].Add(placed);
            else if (stretches[^1].Count > 0)
                stretches.Add([]);
        }
        stretches.RemoveAll(stretch => stretch.Count == 0);
        return stretches;
    }

    // The band of a line ends where neighbouring points lack an interval.
    private static IEnumerable<PlotShape> Bands(List<PlacedPoint> stretch, ChartSeries series)
    {
        var part = new List<PlacedPoint>();
        foreach (var point in stretch.Append(null))
        {
            if (point is { Low: not null, High: not null })
            {
                part.Add(point);
                continue;
            }
            if (part.Count > 0)
            {
                Coordinates[] corners =
                [
                    .. part.Select(p => new Coordinates(p.X, p.High!.Value)),
                    .. part.AsEnumerable().Reverse().Select(p => new Coordinates(p.X, p.Low!.Value)),
                ];
                var color = SKColor.Parse(series.Style.Color);
                yield return new PlotShape(corners)
                {
                    Fill = color.WithAlpha(BandOpacity),
                    IsClosed = true,
                    // A band over a single point is drawn as a line, since it has no area.
                    Line = part.Count == 1 ? color : null,
                };
            }
            part.Clear();
        }
    }
}
