using ScottPlot;
using SkiaSharp;

namespace Verus.Artifact.Figures;

/// <summary>A point in the coordinates of its axes.</summary>
/// <param name="X">The position on the axis of places.</param>
/// <param name="Y">The position on the axis of values.</param>
/// <param name="Low">The lower end of the point's interval; null when there is none.</param>
/// <param name="High">The upper end of the point's interval; null when there is none.</param>
internal sealed record PlacedPoint(double X, double Y, double? Low, double? High);

/// <summary>A bar in the coordinates of its axes.</summary>
/// <param name="Place">The middle of the bar.</param>
/// <param name="Value">The end of the bar.</param>
/// <param name="Foot">The base of the bar.</param>
/// <param name="Size">The width of the bar.</param>
/// <param name="Style">The appearance of the bar.</param>
/// <param name="Paper">Whether the bar shows a recorded number beside measured ones.</param>
internal sealed record PlacedBar(double Place, double Value, double Foot, double Size, FigureStyle Style, bool Paper);

/// <summary>
/// A set of marks that a panel draws together. Marks of a set affect neither axes nor legend, which the SDK determines
/// itself.
/// </summary>
internal abstract class PlotSet : IPlottable
{
    /// <inheritdoc/>
    public bool IsVisible { get; set; } = true;

    /// <inheritdoc/>
    public IAxes Axes { get; set; } = new Axes();

    /// <inheritdoc/>
    public IEnumerable<LegendItem> LegendItems => [];

    /// <inheritdoc/>
    public AxisLimits GetAxisLimits() => AxisLimits.NoLimits;

    /// <inheritdoc/>
    public abstract void Render(RenderPack rp);
}

/// <summary>
/// All bars of a panel. Bars that are thinner than any printer's dot are merged and drawn as the area that they cover
/// together.
/// </summary>
internal sealed class BarSet(IReadOnlyList<PlacedBar> bars, bool lying) : PlotSet
{
    // A quarter of a point corresponds to 288 dots per inch.
    internal const float Finest = 0.25f;

    // The width in points below which no pattern is visible in a bar.
    private const float FinestHatched = 1.5f;

    // The distance in points from the end of the axis at which a gap in a bar shows that the bar extends beyond the
    // axis.
    private const float CutAt = 5;

    /// <summary>Whether bars that touch are separated by a white line.</summary>
    public bool HasEdges { get; init; }

    /// <inheritdoc/>
    public override void Render(RenderPack rp)
    {
        var area = new SKRect(rp.DataRect.Left, rp.DataRect.Top, rp.DataRect.Right, rp.DataRect.Bottom);
        var places = bars.Select(bar => (Bar: bar, Rect: RectOf(bar))).ToList();
        var fine = places.Where(place => (lying ? place.Rect.Height : place.Rect.Width) < Finest).ToList();
        foreach (var (bar, rect) in fine.Count > 0 ? Merged(fine) : places)
            Draw(rp.Canvas, bar, rect, area, (lying ? rect.Height : rect.Width) >= FinestHatched);
    }

    private SKRect RectOf(PlacedBar bar)
    {
        var (from, to) = (bar.Place - bar.Size / 2, bar.Place + bar.Size / 2);
        var rect = Axes.GetPixelRect(lying
            ? new CoordinateRect(Math.Min(bar.Foot, bar.Value), Math.Max(bar.Foot, bar.Value), from, to)
            : new CoordinateRect(from, to, Math.Min(bar.Foot, bar.Value), Math.Max(bar.Foot, bar.Value)));
        return new SKRect(Math.Min(rect.Left, rect.Right), Math.Min(rect.Top, rect.Bottom),
            Math.Max(rect.Left, rect.Right), Math.Max(rect.Top, rect.Bottom));
    }

    // Bars with the same appearance in the same quarter of a point are drawn as one bar, as long as the longest of
    // them.
    private IEnumerable<(PlacedBar Bar, SKRect Rect)> Merged(IEnumerable<(PlacedBar Bar, SKRect Rect)> fine) =>
        fine.GroupBy(place => (place.Bar.Style, place.Bar.Paper,
            Column: MathF.Floor((lying ? place.Rect.MidY : place.Rect.MidX) / Finest))).Select(group =>
        {
            var start = group.Key.Column * Finest;
            var (least, most) = lying
                ? (group.Min(place => place.Rect.Left), group.Max(place => place.Rect.Right))
                : (group.Min(place => place.Rect.Top), group.Max(place => place.Rect.Bottom));
            return (group.First().Bar,
                lying ? new SKRect(least, start, most, start + Finest) : new SKRect(start, least, start + Finest,
                    most));
        });

    private void Draw(SKCanvas canvas, PlacedBar bar, SKRect rect, SKRect area, bool hatched)
    {
        var color = SKColor.Parse(bar.Style.Color);
        using (var paint = new SKPaint { Color = color, IsAntialias = true, IsStroke = bar.Paper, StrokeWidth = 0.6f })
            canvas.DrawRect(rect, paint);
        if (hatched && PlotParts.HatchOf(bar.Style, bar.Paper) is var hatch && hatch != FigureHatch.None
            && SKRect.Intersect(rect, area) is { IsEmpty: false } seen)
            PlotParts.DrawHatch(canvas, seen, hatch, bar.Paper ? color : SKColors.White);
        if (HasEdges && !bar.Paper && hatched)
        {
            using var edge = new SKPaint
            {
                Color = SKColors.White,
                IsStroke = true,
                StrokeWidth = 0.4f,
                IsAntialias = true
            };
            canvas.DrawRect(rect, edge);
        }
        DrawCut(canvas, rect, area);
    }

    private void DrawCut(SKCanvas canvas, SKRect rect, SKRect area)
    {
        const float beyond = 0.5f, width = 1.6f, slant = 1.5f;
        if (!lying && rect.Top < area.Top - beyond && rect.Bottom > area.Top + 2 * CutAt)
            Ink.Line(canvas, rect.Left - 1, area.Top + CutAt + slant, rect.Right + 1, area.Top + CutAt - slant, width,
                SKColors.White);
        else if (lying && rect.Right > area.Right + beyond && rect.Left < area.Right - 2 * CutAt)
            Ink.Line(canvas, area.Right - CutAt - slant, rect.Bottom + 1, area.Right - CutAt + slant, rect.Top - 1,
                width, SKColors.White);
    }
}

/// <summary>The confidence intervals of points, drawn as one path.</summary>
internal sealed class IntervalSet(IReadOnlyList<PlacedPoint> points, Color color, bool lying) : PlotSet
{
    private const float Cap = 1.5f;

    /// <inheritdoc/>
    public override void Render(RenderPack rp)
    {
        var lines = points.Select(point =>
            (Low: Pixel(point.X, point.Low!.Value), High: Pixel(point.X, point.High!.Value))).ToList();
        var length = lying ? rp.DataRect.Height : rp.DataRect.Width;
        // Intervals that are closer than a printer's dot are drawn as the area that these intervals cover together.
        if (lines.Count > length / BarSet.Finest)
            lines = [.. lines.GroupBy(line => MathF.Floor((lying ? line.Low.Y : line.Low.X) / BarSet.Finest))
                .Select(column => lying
                ? (column.MinBy(line => line.Low.X).Low, column.MaxBy(line => line.High.X).High)
                : (column.MaxBy(line => line.Low.Y).Low, column.MinBy(line => line.High.Y).High))];
        var capped = lines.Count <= length / (2 * Cap);
        using var path = new SKPath();
        foreach (var (low, high) in lines)
        {
            Line(low, high);
            if (!capped)
                continue;
            Line(Side(low, -Cap), Side(low, Cap));
            Line(Side(high, -Cap), Side(high, Cap));
        }
        using var paint = new SKPaint
        {
            Color = new SKColor(color.Red, color.Green, color.Blue),
            IsStroke = true,
            StrokeWidth = 0.7f,
            IsAntialias = true
        };
        rp.Canvas.DrawPath(path, paint);

        void Line(SKPoint from, SKPoint to)
        {
            path.MoveTo(from);
            path.LineTo(to);
        }
    }

    private SKPoint Pixel(double place, double value)
    {
        var pixel = Axes.GetPixel(lying ? new Coordinates(value, place) : new Coordinates(place, value));
        return new SKPoint(pixel.X, pixel.Y);
    }

    private SKPoint Side(SKPoint point, float by) =>
        lying ? new SKPoint(point.X, point.Y + by) : new SKPoint(point.X + by, point.Y);
}

/// <summary>
/// Removes points of a line that make no visible difference: of many points in one column of dots, the first, the last,
/// the lowest and the highest are enough.
/// </summary>
internal static class Thinning
{
    private const int ColumnsPerPoint = 4, OfColumn = 4;

    /// <summary>Returns those of the points that suffice to draw the same line.</summary>
    /// <param name="points">Points in the order of the line.</param>
    /// <param name="axis">The axis along which points, bars or groups of bars are placed.</param>
    /// <param name="width">The length of the axis in points (1/72 inch).</param>
    public static IEnumerable<PlacedPoint> Of(List<PlacedPoint> points, AxisView axis, float width)
    {
        var columns = width * ColumnsPerPoint;
        if (points.Count <= OfColumn * columns)
            return points;
        return points.Select((point, index) => (Point: point, Index: index))
            .GroupBy(pair => Math.Floor((pair.Point.X - axis.Low) / (axis.High - axis.Low) * columns))
            .SelectMany(column => new[] { column.First(), column.MinBy(pair => pair.Point.Y),
                column.MaxBy(pair => pair.Point.Y), column.Last() }.DistinctBy(pair => pair.Index)
                .OrderBy(pair => pair.Index))
            .Select(pair => pair.Point);
    }
}
