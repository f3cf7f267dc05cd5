using ScottPlot;
using SkiaSharp;

namespace Verus.Artifact.Figures;

/// <summary>The appearance of marks in plots and legends: markers, dashes, patterns on bars.</summary>
internal static class PlotParts
{
    public const float MarkerSize = 4;

    /// <summary>The dashes of lines that show recorded numbers beside measured ones.</summary>
    public static readonly LinePattern PaperLine = new([2.5f, 1.5f], 0, "paper");

    /// <summary>Returns the marker of a series; the marker is hollow for recorded numbers beside measured
    /// ones.</summary>
    public static MarkerStyle Marker(FigureStyle style, bool paper)
    {
        var color = Color.FromHex(style.Color);
        return new MarkerStyle
        {
            Shape = (style.Marker, paper) switch
            {
                (FigureMarker.Circle, false) => MarkerShape.FilledCircle,
                (FigureMarker.Circle, true) => MarkerShape.OpenCircle,
                (FigureMarker.Square, false) => MarkerShape.FilledSquare,
                (FigureMarker.Square, true) => MarkerShape.OpenSquare,
                (FigureMarker.TriangleUp, false) => MarkerShape.FilledTriangleUp,
                (FigureMarker.TriangleUp, true) => MarkerShape.OpenTriangleUp,
                (FigureMarker.Diamond, false) => MarkerShape.FilledDiamond,
                (FigureMarker.Diamond, true) => MarkerShape.OpenDiamond,
                (FigureMarker.TriangleDown, false) => MarkerShape.FilledTriangleDown,
                (FigureMarker.TriangleDown, true) => MarkerShape.OpenTriangleDown,
                (FigureMarker.Cross, _) => MarkerShape.Eks,
                _ => MarkerShape.Cross,
            },
            Size = MarkerSize,
            FillColor = color,
            LineColor = color,
            LineWidth = 0.7f,
            OutlineColor = color,
            OutlineWidth = 0,
        };
    }

    /// <summary>
    /// Returns how bright a colour appears, from 0 to 255. The weights of red, green and blue follow the sensitivity of
    /// the human eye.
    /// </summary>
    public static double LuminanceOf(SKColor color) => 0.2126 * color.Red + 0.7152 * color.Green + 0.0722 * color.Blue;

    /// <summary>Returns a light tone of a colour, on which lines of that colour are visible.</summary>
    public static SKColor Light(SKColor color)
    {
        static byte Mixed(byte part) => (byte)(part + (255 - part) * 0.65f);
        return new SKColor(Mixed(color.Red), Mixed(color.Green), Mixed(color.Blue));
    }

    /// <summary>Returns the pattern of a bar; bars of recorded numbers beside measured ones always have a
    /// pattern.</summary>
    public static FigureHatch HatchOf(FigureStyle style, bool paper) => paper && style.Hatch == FigureHatch.None
        ? FigureHatch.Rising : style.Hatch;

    /// <summary>
    /// Draws the pattern of a bar as lines that end at the bar's edges; clipping is not used, so that every format
    /// contains plain lines.
    /// </summary>
    public static void DrawHatch(SKCanvas canvas, SKRect rect, FigureHatch hatch, SKColor color)
    {
        const float Spacing = 3;
        using var paint = new SKPaint { Color = color, StrokeWidth = 0.6f, IsStroke = true, IsAntialias = true };
        if (hatch is FigureHatch.Rising or FigureHatch.Crossed)
        {
            // In a pattern, lines that rise to the right are those with constant x + y, since y grows downwards.
            for (var c = MathF.Ceiling((rect.Left + rect.Top) / Spacing) * Spacing; c
                < rect.Right + rect.Bottom; c += Spacing)
            {
                var (from, to) = (Math.Max(rect.Left, c - rect.Bottom), Math.Min(rect.Right, c - rect.Top));
                canvas.DrawLine(from, c - from, to, c - to, paint);
            }
        }
        if (hatch is FigureHatch.Level or FigureHatch.Grid)
        {
            for (var y = MathF.Ceiling((rect.Top + 0.5f) / Spacing) * Spacing; y < rect.Bottom; y += Spacing)
                canvas.DrawLine(rect.Left, y, rect.Right, y, paint);
        }
        if (hatch is FigureHatch.Upright or FigureHatch.Grid)
        {
            for (var x = MathF.Ceiling((rect.Left + 0.5f) / Spacing) * Spacing; x < rect.Right; x += Spacing)
                canvas.DrawLine(x, rect.Top, x, rect.Bottom, paint);
        }
        if (hatch is FigureHatch.Falling or FigureHatch.Crossed)
        {
            for (var c = MathF.Ceiling((rect.Left - rect.Bottom) / Spacing) * Spacing; c
                < rect.Right - rect.Top; c += Spacing)
            {
                var (from, to) = (Math.Max(rect.Left, c + rect.Top), Math.Min(rect.Right, c + rect.Bottom));
                canvas.DrawLine(from, from - c, to, to - c, paint);
            }
        }
    }
}
