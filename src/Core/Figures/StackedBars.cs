using ScottPlot;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>A chart of bars on top of each other, one for each part of a whole, vertical or horizontal.</summary>
internal sealed class StackedBars : ChartKind
{
    /// <inheritdoc/>
    public override string Name => "StackedBars";

    /// <inheritdoc/>
    internal override IReadOnlyList<AxisScale> YScales => [AxisScale.Linear, AxisScale.Log];

    /// <inheritdoc/>
    internal override bool StandsOnZero => true;

    /// <inheritdoc/>
    internal override bool GrowsForNames => true;

    /// <inheritdoc/>
    internal override bool NumbersAreOnY => false;

    /// <inheritdoc/>
    internal override float LeastLength(int places, int series) => BarSlots.LengthFor(places);

    /// <inheritdoc/>
    internal override IEnumerable<double> ValuesOf(FigureData data, string panel) => Stacks.ValuesOf(data, panel);

    /// <inheritdoc/>
    internal override (double Below, double Above) RoomForTexts(FigureData data, string panel) =>
        BarTexts.Room(data, Stacks.Of(data, panel, Stacks.SeriesOf(data),
            paper: false).Select(part => (double?)part.To));

    /// <inheritdoc/>
    internal override void AddMarks(ChartPanel panel)
    {
        var (axis, bars, intervals) = (panel.Axes.Y, new List<PlacedBar>(), new List<PlacedPoint>());
        foreach (var (part, place) in Placed(panel))
        {
            // On a logarithmic axis, a stack starts at the end of the axis.
            if (axis.Place(part.To) is not { } to)
                continue;
            var from = axis.Place(part.From) ?? axis.Low;
            bars.Add(new PlacedBar(place, to, from, SlotOf(panel) * 0.92, part.Series.Style, part.Series.Paper));
            if (panel.Data.Figure.ErrorBars && part.Point.Estimate is { Low: { } low, High: { } high })
                intervals.Add(new PlacedPoint(
                    place, to, axis.Place(part.From + low) ?? axis.Low, axis.Place(part.From + high)));
        }
        panel.Plot.Add.Plottable(new BarSet(bars, panel.Data.Figure.Horizontal) { HasEdges = true });
        panel.AddIntervals(intervals, Colors.Black);
    }

    /// <inheritdoc/>
    internal override IEnumerable<ChartMark> MarksOf(ChartPanel panel) =>
        from pair in Placed(panel)
        let end = panel.Axes.Y.Place(pair.Part.To)
        where end is not null
        select new ChartMark(pair.Place, end.Value,
            () => PictureMarks.TextOf(panel.Data, pair.Part.Point, pair.Part.Series.Paper))
        {
            Foot = panel.Axes.Y.Place(pair.Part.From) ?? panel.Axes.Y.Low,
            Size = SlotOf(panel),
        };

    /// <inheritdoc/>
    internal override IEnumerable<ChartText> TextsOf(ChartPanel panel, Ink ink)
    {
        if (!panel.Data.Figure.Values)
            return [];
        var ends = Placed(panel).GroupBy(pair => (pair.Place, IsDown: pair.Part.To < 0)).Select(stack =>
        {
            var (part, place) = stack.MaxBy(pair => Math.Abs(pair.Part.To));
            var high = panel.Data.Figure.ErrorBars && part.Point.Estimate is { High: { } above }
                ? panel.Axes.Y.Place(part.From + above) : null;
            return (Placed: panel.Axes.Y.Place(part.To) is { } at ? new PlacedPoint(place, at, null, high) : null,
                part.To);
        });
        return BarTexts.Of(panel, ink, SlotOf(panel),
            ends.Where(end => end.Placed is not null).Select(end => (end.Placed!, end.To)));
    }

    /// <inheritdoc/>
    internal override IEnumerable<string> Crowded(FigureData data, IReadOnlyList<ChartSeries> series, float length) =>
        BarSlots.Crowded(data, data.Xs.Count * (data.HasOverlay ? 2 : 1), length);

    /// <inheritdoc/>
    internal override IEnumerable<string> Notes(FigureData data) => Stacks.Notes(data);

    /// <inheritdoc/>
    protected override FigureDeclaration ReadOwn(MetadataReader reader, FigureDeclaration figure) =>
        BarSlots.ReadBars(reader, figure);

    // Recorded stacks are drawn beside measured ones.
    private static double SlotOf(ChartPanel panel) => panel.Data.HasOverlay ? BarSlots.Group / 2 : BarSlots.Group;

    private static IEnumerable<(StackPart Part, double Place)> Placed(ChartPanel panel)
    {
        foreach (var paper in Spread.Origins(panel.Data))
        {
            var shift = !panel.Data.HasOverlay ? 0 : (paper ? 0.5 : -0.5) * SlotOf(panel);
            foreach (var part in Stacks.Of(panel.Data, panel.Key, panel.Series, paper))
            {
                if (panel.Axes.PlaceOf(panel.Data, part.Point.X) is { } place)
                    yield return (part, place + shift);
            }
        }
    }
}
