using ScottPlot;
using SkiaSharp;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>A chart of areas on top of each other, one for each part of a whole, over an axis of numbers or
/// categories.</summary>
internal sealed class StackedAreas : ChartKind
{
    /// <inheritdoc/>
    public override string Name => "StackedAreas";

    /// <inheritdoc/>
    internal override string RecordedStyle => "Dashed (paper)";

    /// <inheritdoc/>
    internal override IReadOnlyList<AxisScale> YScales => [AxisScale.Linear, AxisScale.Log];

    /// <inheritdoc/>
    internal override bool StandsOnZero => true;

    /// <inheritdoc/>
    internal override bool NumbersAreOnY => false;

    /// <inheritdoc/>
    internal override bool SortsNumbers(FigureDeclaration figure) => figure.XScale != AxisScale.Category;

    /// <inheritdoc/>
    internal override IEnumerable<double> ValuesOf(FigureData data, string panel) => Stacks.ValuesOf(data, panel);

    /// <inheritdoc/>
    internal override void AddMarks(ChartPanel panel)
    {
        foreach (var paper in Spread.Origins(panel.Data))
        {
            var parts = Stacks.Of(panel.Data, panel.Key, panel.Series, paper).ToLookup(part => part.Series);
            panel.Plot.Add.Plottable(new ShapeSet([.. panel.Series.Where(series => series.Paper == paper)
                .SelectMany(series => Areas(panel, series, [.. parts[series]]))]));
        }
    }

    /// <inheritdoc/>
    internal override IEnumerable<ChartMark> MarksOf(ChartPanel panel) =>
        from paper in Spread.Origins(panel.Data)
        from part in Stacks.Of(panel.Data, panel.Key, panel.Series, paper)
        let place = panel.Axes.PlaceOf(panel.Data, part.Point.X)
        let end = panel.Axes.Y.Place(part.To)
        where place is not null && end is not null
        select new ChartMark(place.Value, end.Value, () => PictureMarks.TextOf(panel.Data, part.Point, paper));

    /// <inheritdoc/>
    internal override IEnumerable<string> Notes(FigureData data) => Stacks.Notes(data);

    /// <inheritdoc/>
    protected override FigureDeclaration ReadOwn(MetadataReader reader, FigureDeclaration figure) =>
        ReadXAxis(reader, figure, [AxisScale.Linear, AxisScale.Log, AxisScale.Log2, AxisScale.Category]) with
        {
            Hatches = FigureMetadata.Choices<FigureHatch>(reader, "Hatches"),
            ErrorBars = false,
        };

    // An area ends where its part has no number, or where the axis cannot show the number.
    private static IEnumerable<PlotShape> Areas(ChartPanel panel, ChartSeries series, List<StackPart> parts)
    {
        var (axes, color) = (panel.Axes, SKColor.Parse(series.Style.Color));
        var stretch = new List<(double X, double From, double To)>();
        var known = parts.ToDictionary(part => part.Point.X, StringComparer.Ordinal);
        foreach (var x in panel.PointsOf(series).Select(point => point.X).Append(null))
        {
            if (x is not null && known.TryGetValue(x, out var part) && axes.PlaceOf(panel.Data, x) is { } place
                && axes.Y.Place(part.To) is { } to)
            {
                stretch.Add((place, axes.Y.Place(part.From) ?? axes.Y.Low, to));
                continue;
            }
            if (stretch.Count > 0)
                yield return Area(stretch, series, color, (axes.X.High - axes.X.Low) / 100) is var area
                    && stretch.Count > panel.Width / 2 ? area with { Line = series.Paper ? color : null } : area;
            stretch.Clear();
        }
    }

    private static PlotShape Area(
        List<(double X, double From, double To)> stretch, ChartSeries series, SKColor color, double half)
    {
        // An area over a single place is drawn as a narrow bar.
        if (stretch is [var lone])
            stretch = [lone with { X = lone.X - half }, lone with { X = lone.X + half }];
        var tops = stretch.Select(place => new Coordinates(place.X, place.To));
        if (series.Paper)
            return new PlotShape([.. tops]) { Line = color, IsDashed = true };
        return new PlotShape([.. tops,
            .. stretch.AsEnumerable().Reverse().Select(place => new Coordinates(place.X, place.From))])
        {
            Fill = color,
            IsClosed = true,
            Hatch = series.Style.Hatch,
            Line = SKColors.White,
            LineWidth = 0.5f,
        };
    }
}
