using ScottPlot;
using SkiaSharp;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>A chart of the share of numbers that are at most as large as each number, or larger than each
/// number.</summary>
internal sealed class Cdf : DistributionChart
{
    private bool isTail;

    /// <inheritdoc/>
    public override string Name => "Cdf";

    /// <inheritdoc/>
    internal override string RecordedStyle => "Dashed (paper)";

    /// <inheritdoc/>
    internal override void DrawSwatch(SKCanvas canvas, SKRect area, FigureStyle style, bool paper) =>
        Stairs.DrawSwatch(canvas, area, style, paper);

    /// <inheritdoc/>
    internal override string YTitle(FigureData data) => isTail ? "share above" : "share at or below";

    /// <inheritdoc/>
    internal override ChartAxes AxesOf(FigureData data, string panel)
    {
        var figure = data.Figure;
        var most = data.Series.SelectMany(series => Spread.Origins(data).Select(
            paper => NumbersOf(data, panel, series.Value, paper).Length)).DefaultIfEmpty(1).Max();
        double[] shares =
            [0, 1.0 / Math.Max(1, most), 1, .. figure.YMarks.Select(mark => FigureData.Number(mark.Value)!.Value)];
        return new ChartAxes(NumbersAxis(data, panel),
            AxisView.Of(figure.YScale, shares, fromZero: true, figure.YTicks, figure.YLimits), IsNumeric: true);
    }

    /// <inheritdoc/>
    internal override void AddMarks(ChartPanel panel)
    {
        foreach (var series in panel.Series)
        {
            var numbers = NumbersOf(panel.Data, panel.Key, series.Key, series.Paper);
            var steps = new List<Coordinates>();
            var (x, y) = (panel.Axes.X, panel.Axes.Y);
            var share = isTail ? 1.0 : 0.0;
            Add(x.Low);
            for (var i = 0; i < numbers.Length;)
            {
                var same = i + 1;
                while (same < numbers.Length && numbers[same] == numbers[i])
                    same++;
                // A number that a logarithmic axis cannot show counts at the start of the axis.
                var place = x.Place(numbers[i]) ?? x.Low;
                Add(place);
                i = same;
                share = (double)i / numbers.Length;
                share = isTail ? 1 - share : share;
                Add(place);
            }
            if (numbers.Length > 0)
                Add(Math.Max(x.High, steps.Count > 0 ? steps[^1].X : x.High));
            Stairs.Add(panel, series, steps);

            void Add(double place)
            {
                if (y.Place(share) is { } up)
                    steps.Add(new Coordinates(place, up));
            }
        }
    }

    /// <inheritdoc/>
    internal override IEnumerable<ChartMark> MarksOf(ChartPanel panel) =>
        from series in panel.Series
        let numbers = NumbersOf(panel.Data, panel.Key, series.Key, series.Paper)
        from index in Enumerable.Range(0, numbers.Length)
        where index == numbers.Length - 1 || numbers[index + 1] != numbers[index]
        let share = (index + 1.0) / numbers.Length
        let place = panel.Axes.X.Place(numbers[index])
        let value = panel.Axes.Y.Place(isTail ? 1 - share : share)
        where place is not null && value is not null
        select new ChartMark(place.Value, value.Value, () => SeriesMarks.Text(panel, series, isTail
            ? $"{NumberText.Of(100 * (1 - share))}% above {NumberText.Of(numbers[index])}"
            : $"{NumberText.Of(100 * share)}% at or below {NumberText.Of(numbers[index])}"));

    /// <inheritdoc/>
    protected override FigureDeclaration ReadOwn(MetadataReader reader, FigureDeclaration figure)
    {
        figure = base.ReadOwn(reader, figure);
        var kind = (Cdf)figure.Kind;
        kind.isTail = reader.Flag("Tail");
        return figure with { Markers = FigureMetadata.Choices<FigureMarker>(reader, "Markers") };
    }
}

/// <summary>Distributions are lines with many points, so they have only few markers.</summary>
internal static class Stairs
{
    private const float LineWidth = 1.1f, PaperLineWidth = 0.7f;
    private const int ColumnsPerPoint = 4;

    /// <summary>Draws such a line.</summary>
    public static void Add(ChartPanel panel, ChartSeries series, IReadOnlyList<Coordinates> steps)
    {
        if (steps.Count == 0)
            return;
        panel.Plot.Add.Plottable(new ShapeSet(
        [
            new PlotShape([.. Seen(panel, steps)])
            {
                Line = SKColor.Parse(series.Style.Color),
                LineWidth = series.Paper ? PaperLineWidth : LineWidth,
                IsDashed = series.Paper,
            },
        ]));
        // The points at which a line is extended to the ends of the axis need no marker.
        var inner = steps.Where(step => step.X > panel.Axes.X.Low && step.X < panel.Axes.X.High);
        panel.Plot.Add.Plottable(new MarkerSet(
            SparseMarkers.Of(inner, panel.Axes.X, series.Style.Marker), PlotParts.Marker(series.Style, series.Paper)));
    }

    /// <summary>Draws a piece of the step line of a distribution for the legend.</summary>
    public static void DrawSwatch(SKCanvas canvas, SKRect area, FigureStyle style, bool paper)
    {
        using var paint = Paint.NewDisposablePaint();
        var line = new LineStyle(paper ? PaperLineWidth : LineWidth, Color.FromHex(style.Color),
            paper ? PlotParts.PaperLine : LinePattern.Solid);
        line.Render(canvas, new PixelLine(area.Left, area.MidY, area.Right, area.MidY), paint);
        Drawing.DrawMarker(canvas, paint, new Pixel(area.MidX, area.MidY), PlotParts.Marker(style, paper));
    }

    // For a line that only rises or only falls, the first and the last point in a column of dots are enough.
    private static IEnumerable<Coordinates> Seen(ChartPanel panel, IReadOnlyList<Coordinates> steps)
    {
        var columns = panel.Width * ColumnsPerPoint;
        var axis = panel.Axes.X;
        return steps.Count < columns ? steps
            : steps.GroupBy(step => Math.Floor((step.X - axis.Low) / (axis.High - axis.Low) * columns))
                .SelectMany(column => new[] { column.First(), column.Last() });
    }
}
