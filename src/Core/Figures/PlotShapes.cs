using ScottPlot;
using SkiaSharp;

namespace Verus.Artifact.Figures;

/// <summary>A line or an area in the coordinates of its axes.</summary>
/// <param name="Corners">The corners of the line or area, in order.</param>
internal sealed record PlotShape(IReadOnlyList<Coordinates> Corners)
{
    /// <summary>
    /// The colour that fills the shape; when it is null, the shape is an open line unless <see cref="IsClosed"/> is
    /// set.
    /// </summary>
    public SKColor? Fill { get; init; }

    /// <summary>Whether the last corner of the shape is connected to the first one.</summary>
    public bool IsClosed { get; init; }

    /// <summary>The pattern that is drawn over the fill of the shape.</summary>
    public FigureHatch Hatch { get; init; }

    /// <summary>The colour of the pattern over the fill.</summary>
    public SKColor HatchColor { get; init; } = SKColors.White;

    /// <summary>The colour of the shape's line; null when no line is drawn.</summary>
    public SKColor? Line { get; init; }

    /// <summary>The width of the shape's line in points.</summary>
    public float LineWidth { get; init; } = 0.7f;

    /// <summary>Whether the line is dashed, as for recorded numbers.</summary>
    public bool IsDashed { get; init; }
}

/// <summary>Draws lines and areas in the given order.</summary>
internal sealed class ShapeSet(IReadOnlyList<PlotShape> shapes) : PlotSet
{
    // The largest coordinate that is drawn, since larger numbers disrupt the writers of some formats.
    private const float Farthest = 20_000;

    /// <inheritdoc/>
    public override void Render(RenderPack rp)
    {
        var area = new SKRect(rp.DataRect.Left, rp.DataRect.Top, rp.DataRect.Right, rp.DataRect.Bottom);
        foreach (var shape in shapes.Where(shape => shape.Corners.Count > 0))
            Draw(rp.Canvas, shape, area);
    }

    private void Draw(SKCanvas canvas, PlotShape shape, SKRect area)
    {
        using var path = new SKPath();
        path.AddPoly([.. shape.Corners.Select(PixelOf)], shape.IsClosed);
        if (shape.Fill is { } color)
        {
            using var fill = new SKPaint { Color = color, IsAntialias = true };
            canvas.DrawPath(path, fill);
        }
        if (shape.Hatch != FigureHatch.None && SKRect.Intersect(path.Bounds, area) is { IsEmpty: false } seen)
        {
            canvas.Save();
            canvas.ClipPath(path);
            PlotParts.DrawHatch(canvas, seen, shape.Hatch, shape.HatchColor);
            canvas.Restore();
        }
        if (shape.Line is not { } line)
            return;
        using var dash = shape.IsDashed ? SKPathEffect.CreateDash([2.5f, 1.5f], 0) : null;
        using var paint = new SKPaint
        {
            Color = line,
            IsStroke = true,
            StrokeWidth = shape.LineWidth,
            IsAntialias = true,
            PathEffect = dash,
        };
        canvas.DrawPath(path, paint);
    }

    private SKPoint PixelOf(Coordinates corner)
    {
        var pixel = Axes.GetPixel(corner);
        return new SKPoint(Math.Clamp(pixel.X, -Farthest, Farthest), Math.Clamp(pixel.Y, -Farthest, Farthest));
    }
}

/// <summary>Draws markers; if several fall on the same printer's dot, only one of them is drawn.</summary>
internal sealed class MarkerSet(IReadOnlyList<Coordinates> points, MarkerStyle style) : PlotSet
{
    // The smallest distance between two markers that can be distinguished: a fifth of a point.
    private const float Finest = 0.2f;

    /// <inheritdoc/>
    public override void Render(RenderPack rp)
    {
        var seen = points.Select(point => Axes.GetPixel(point)).Where(pixel => rp.DataRect.Contains(pixel))
            .DistinctBy(pixel => (MathF.Round(pixel.X / Finest), MathF.Round(pixel.Y / Finest)));
        using var paint = Paint.NewDisposablePaint();
        foreach (var pixel in seen)
            Drawing.DrawMarker(rp.Canvas, paint, pixel, style);
    }
}

/// <summary>The markers of a line that has more points than it has room for markers.</summary>
internal static class SparseMarkers
{
    private const int OfLine = 8, Kinds = 7;

    /// <summary>
    /// Returns some of the points, spaced about evenly along the axis of places. Each kind of marker starts at a
    /// different place of its line, so that lines that overlap can be distinguished.
    /// </summary>
    public static List<Coordinates> Of(IEnumerable<Coordinates> points, AxisView axis, FigureMarker kind)
    {
        var step = (axis.High - axis.Low) / OfLine;
        var next = double.NegativeInfinity;
        var chosen = new List<Coordinates>();
        var seen = points.Where(point => point.X >= axis.Low && point.X <= axis.High);
        foreach (var point in seen)
        {
            if (chosen.Count == 0 && double.IsNegativeInfinity(next))
                next = point.X + step * (int)kind / Kinds;
            if (point.X < next)
                continue;
            chosen.Add(point);
            next += step * Math.Max(1, Math.Floor((point.X - next) / step) + 1);
        }
        return chosen;
    }
}
