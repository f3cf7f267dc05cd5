using ScottPlot;
using SkiaSharp;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>
/// A kind that shows the samples of each point at its place, or the numbers of all points at a place. A few samples are
/// shown as dots; if a point has no samples, as a recorded number, its number and interval are shown.
/// </summary>
internal abstract class SampleChart : ChartKind
{
    private const float DotSize = 2.2f, LoneSize = 3.2f;
    private const double Jitter = 0.25;

    /// <inheritdoc/>
    internal override IReadOnlyList<AxisScale> YScales => [AxisScale.Linear, AxisScale.Log];

    /// <inheritdoc/>
    internal override bool BeginsAnywhere => true;

    /// <inheritdoc/>
    internal override bool GrowsForNames => true;

    /// <inheritdoc/>
    internal override bool NumbersAreOnY => false;

    /// <inheritdoc/>
    internal override float LeastLength(int places, int series) => places * series * 6 / (float)BarSlots.Group;

    /// <inheritdoc/>
    internal override IEnumerable<double> ValuesOf(FigureData data, string panel) =>
        Spread.Drawn(data, panel).SelectMany(Spread.SamplesOf).Concat(NumbersOf(data, panel, onRight: false));

    /// <inheritdoc/>
    internal override void DrawSwatch(SKCanvas canvas, SKRect area, FigureStyle style, bool paper)
    {
        var color = SKColor.Parse(style.Color);
        var box = SKRect.Create(area.Left + 2, area.MidY - 3.5f, area.Width - 3, 7);
        using var fill = new SKPaint { Color = PlotParts.Light(color), IsAntialias = true };
        using var line = new SKPaint { Color = color, IsStroke = true, StrokeWidth = 0.7f, IsAntialias = true };
        if (!paper)
        {
            canvas.DrawRect(box, fill);
            PlotParts.DrawHatch(canvas, box, style.Hatch, color);
        }
        canvas.DrawRect(box, line);
    }

    /// <inheritdoc/>
    internal override void AddMarks(ChartPanel panel)
    {
        List<PlacedPoint> intervals = [];
        var markers = new List<MarkerSet>();
        for (var i = 0; i < panel.Series.Count; i++)
        {
            var (series, dots, lone) = (panel.Series[i], new List<Coordinates>(), new List<Coordinates>());
            List<PlotShape> shapes = [], lines = [];
            foreach (var point in panel.PointsOf(series))
            {
                if (panel.Axes.PlaceOf(panel.Data, point.X) is not { } place)
                    continue;
                var middle = BarSlots.Middle(panel, place, i);
                var numbers = point.Point.Samples.Count > 0 ? Spread.SamplesOf(point) : [];
                double[] samples = [.. numbers.Where(sample => panel.Axes.Y.Place(sample) is not null).Order()];
                if (samples.Length >= Spread.LeastForShape)
                    AddShape(new SampleSlot(panel, series, middle, samples), shapes, lines, dots);
                else if (samples.Length > 0)
                    lone.AddRange(samples.Select((sample, index) => At(panel,
                        middle + Jitter * BarSlots.WidthOf(panel) * (index % 2 == 0 ? -0.5 : 0.5)
                            * (samples.Length > 1 ? 1 : 0),
                        panel.Axes.Y.Place(sample)!.Value)));
                else if (point.Point.Samples.Count == 0 && panel.Placed(point) is { } placed)
                {
                    lone.Add(At(panel, middle, placed.Y));
                    intervals.Add(placed with { X = middle });
                }
            }
            var style = PlotParts.Marker(series.Style, series.Paper);
            var large = PlotParts.Marker(series.Style, series.Paper);
            (style.Size, large.Size) = (DotSize, LoneSize);
            panel.Plot.Add.Plottable(new ShapeSet([.. shapes, .. lines]));
            panel.Plot.Add.Plottable(new MarkerSet(dots, style));
            markers.Add(new MarkerSet(lone, large));
        }
        panel.AddIntervals(intervals, Color.FromHex("#555555"));
        foreach (var set in markers)
            panel.Plot.Add.Plottable(set);
    }

    /// <inheritdoc/>
    internal override IEnumerable<ChartMark> MarksOf(ChartPanel panel)
    {
        for (var i = 0; i < panel.Series.Count; i++)
        {
            var (series, slot) = (panel.Series[i], i);
            foreach (var point in panel.PointsOf(series))
            {
                double[] samples = [.. Spread.SamplesOf(point).Where(s => panel.Axes.Y.Place(s) is not null).Order()];
                if (panel.Axes.PlaceOf(panel.Data, point.X) is not { } place || samples.Length == 0)
                    continue;
                yield return new ChartMark(BarSlots.Middle(panel, place, slot), panel.Axes.Y.Place(samples[^1])!.Value,
                    () => PictureMarks.TextOf(panel.Data, point, series.Paper) + (samples.Length == 1 ? ""
                        : $", {NumberText.Of(samples[0])} to {NumberText.Of(samples[^1])}"))
                {
                    Foot = panel.Axes.Y.Place(samples[0]),
                    Size = BarSlots.WidthOf(panel),
                };
            }
        }
    }

    /// <inheritdoc/>
    internal override IEnumerable<string> Notes(FigureData data) => Spread.Notes(data, data.Figure.YScale, Counted)
        .Concat(data.Points.Any(point => point.Point.Samples.Count is > 0 and < Spread.LeastForShape)
            ? [$"Fewer than {Spread.LeastForShape} {Noun}s are shown one by one."] : []);

    /// <inheritdoc/>
    internal override IEnumerable<string> Crowded(FigureData data, IReadOnlyList<ChartSeries> series, float length)
    {
        if (BarSlots.RoomOf(data.Xs.Count * series.Count, length) < 2)
            yield return "the marks of a panel are too narrow to be distinguished";
    }

    /// <summary>Which numbers stand behind each mark.</summary>
    protected CountedNumber Counted { get; private set; }

    /// <summary>The noun for one of these numbers.</summary>
    protected string Noun => Spread.Noun(Counted);

    /// <inheritdoc/>
    internal override (FigureDeclaration Figure, IReadOnlyList<Dataset> Datasets) Over(
        FigureDeclaration figure, IReadOnlyList<Dataset> datasets) =>
        Counted == CountedNumber.Points ? PointGroups.Of(figure, datasets) : (figure, datasets);

    /// <inheritdoc/>
    protected override FigureDeclaration ReadOwn(MetadataReader reader, FigureDeclaration figure)
    {
        var kind = (SampleChart)MemberwiseClone();
        kind.Counted = reader.Choice("Counted", CountedNumber.Samples);
        return BarSlots.Read(reader, figure) with { Kind = kind };
    }

    /// <summary>Draws samples that are numerous enough to have a shape.</summary>
    /// <param name="slot">The samples of a point and their place.</param>
    /// <param name="shapes">List to which areas and lines are added, in order.</param>
    /// <param name="lines">List to which lines are added that are drawn on top of all areas.</param>
    /// <param name="dots">List to which samples are added that are drawn as dots.</param>
    protected abstract void AddShape(
        SampleSlot slot, List<PlotShape> shapes, List<PlotShape> lines, List<Coordinates> dots);

    /// <summary>Returns a place and a value in the coordinates of the plot, whichever way the axes point.</summary>
    protected static Coordinates At(ChartPanel panel, double place, double value) =>
        panel.Data.Figure.Horizontal ? new Coordinates(value, place) : new Coordinates(place, value);

    /// <summary>The samples of a point with their place.</summary>
    /// <param name="Panel">The panel.</param>
    /// <param name="Series">The series.</param>
    /// <param name="Middle">The position of the samples on the axis of places.</param>
    /// <param name="Sorted">The samples that the axis of values can show, in ascending order.</param>
    protected sealed record SampleSlot(ChartPanel Panel, ChartSeries Series, double Middle, double[] Sorted)
    {
        /// <summary>Half the width of the slot of a series, in the coordinates of the axis of places.</summary>
        public double Half => BarSlots.WidthOf(Panel) * 0.42;

        /// <summary>The colour of lines.</summary>
        public SKColor Line => SKColor.Parse(Series.Style.Color);

        /// <summary>Returns the position of a value on the axis of values.</summary>
        public double Up(double value) => Panel.Axes.Y.Place(value) ?? Panel.Axes.Y.Low;

        /// <summary>Makes a line between two positions in the plot.</summary>
        public PlotShape Stroke(double fromPlace, double from, double toPlace, double to, float width = 0.7f) =>
            new([At(Panel, fromPlace, from), At(Panel, toPlace, to)])
            {
                Line = Line,
                LineWidth = width,
                IsDashed = Series.Paper,
            };

        /// <summary>Makes an area in the plot, which is filled unless it shows recorded numbers beside measured
        /// ones.</summary>
        public PlotShape Area(IEnumerable<(double Place, double Value)> corners) =>
            new([.. corners.Select(corner => At(Panel, corner.Place, corner.Value))])
            {
                Fill = Series.Paper ? null : PlotParts.Light(Line),
                IsClosed = true,
                Hatch = Series.Paper ? FigureHatch.None : Series.Style.Hatch,
                HatchColor = Line,
                Line = Line,
                IsDashed = Series.Paper,
            };
    }
}
