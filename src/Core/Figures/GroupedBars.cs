using ScottPlot;
using SkiaSharp;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>A chart of bars in groups, vertical or horizontal.</summary>
internal sealed class GroupedBars : ChartKind
{
    /// <inheritdoc/>
    public override string Name => "GroupedBars";

    /// <inheritdoc/>
    internal override IReadOnlyList<AxisScale> YScales => [AxisScale.Linear, AxisScale.Log, AxisScale.Broken];

    /// <inheritdoc/>
    internal override bool StandsOnZero => true;

    /// <inheritdoc/>
    internal override bool GrowsForNames => true;

    /// <inheritdoc/>
    internal override bool MayHaveRight => true;

    /// <inheritdoc/>
    internal override float LeastLength(int places, int series) =>
        BarSlots.LengthFor(places * series);

    /// <inheritdoc/>
    internal override (double Below, double Above) RoomForTexts(FigureData data, string panel) =>
        BarTexts.Room(data, data.Points.Where(point => point.Panel == panel).Select(point => point.Estimate?.Value));

    /// <inheritdoc/>
    internal override void AddMarks(ChartPanel panel)
    {
        var bars = new List<PlacedBar>();
        var onLight = new List<PlacedPoint>();
        var onDark = new List<PlacedPoint>();
        foreach (var (series, point, placed) in Placed(panel))
        {
            var onRight = panel.Data.IsOnRight(series.Key);
            var foot = panel.Axes.PlaceOf(0, onRight) ?? panel.Axes.Y.Low;
            var style = StyleOf(panel.Data, series, point);
            bars.Add(new PlacedBar(placed.X, placed.Y, foot, BarSlots.WidthOf(panel) * 0.92, style, series.Paper));
            (!series.Paper && IsDark(SKColor.Parse(style.Color)) ? onDark : onLight).Add(placed);
        }
        panel.Plot.Add.Plottable(new BarSet(bars, panel.Data.Figure.Horizontal));
        panel.AddIntervals(onLight, Colors.Black);
        panel.AddIntervals(onDark, Color.FromHex("#e04040"));
    }

    /// <inheritdoc/>
    internal override IEnumerable<ChartMark> MarksOf(ChartPanel panel) => Placed(panel).Select(bar =>
        new ChartMark(bar.Placed.X, bar.Placed.Y, () => PictureMarks.TextOf(panel.Data, bar.Point, bar.Series.Paper))
        {
            Foot = panel.Axes.PlaceOf(0, panel.Data.IsOnRight(bar.Series.Key)) ?? panel.Axes.Y.Low,
            Size = BarSlots.WidthOf(panel),
        });

    /// <inheritdoc/>
    internal override IEnumerable<ChartText> TextsOf(ChartPanel panel, Ink ink) => !panel.Data.Figure.Values ? []
        : BarTexts.Of(panel, ink, BarSlots.WidthOf(panel), Placed(panel).Select(bar =>
            (bar.Placed, bar.Point.Estimate!.Value)));

    /// <inheritdoc/>
    internal override IEnumerable<string> Crowded(FigureData data, IReadOnlyList<ChartSeries> series, float length) =>
        BarSlots.Crowded(data, data.Xs.Count * series.Count, length);

    /// <inheritdoc/>
    protected override FigureDeclaration ReadOwn(MetadataReader reader, FigureDeclaration figure)
    {
        figure = BarSlots.ReadBars(reader, figure);
        if (figure is { Right: not null, Horizontal: true })
            reader.Bad("RightSeries", string.Join(';', figure.Right.Series), "no second axis where bars lie");
        if (figure is { Right: not null, YScale: AxisScale.Broken })
            reader.Bad("RightSeries", string.Join(';', figure.Right.Series), "no second axis where YScale is Broken");
        return figure;
    }

    private static IEnumerable<(ChartSeries Series, FigurePoint Point, PlacedPoint Placed)> Placed(ChartPanel panel)
    {
        for (var i = 0; i < panel.Series.Count; i++)
        {
            foreach (var point in panel.PointsOf(panel.Series[i]))
            {
                if (panel.Placed(point) is { } placed)
                    yield return (panel.Series[i], point, placed with { X = BarSlots.Middle(panel, placed.X, i) });
            }
        }
    }

    // In a chart without series, the colours of bars distinguish the categories.
    private static FigureStyle StyleOf(FigureData data, ChartSeries series, FigurePoint point) =>
        data.Figure.Series.Count == 0 && data.Figure.Colors.Count > 1
            ? FigureStyle.Of(data.Figure,
                data.Xs[data.IndexOf(point.X)!.Value].Rank) with
            { Hatch = series.Style.Hatch }
            : series.Style;

    // Whether a bar is so dark that a black confidence interval would be invisible on it.
    private static bool IsDark(SKColor color) => PlotParts.LuminanceOf(color) < 50;
}
