using SkiaSharp;

namespace Verus.Artifact.Figures;

/// <summary>Writes texts into a panel of a chart, at positions on its axes.</summary>
internal sealed class PanelTexts(SKCanvas canvas, ChartAxes axes, SKRect area, FigureDeclaration figure, Ink ink)
{
    private const float Size = Ink.SmallText, Away = 2;
    private static readonly SKColor Halo = SKColors.White.WithAlpha(235);

    /// <summary>Writes a text.</summary>
    public void Write(ChartText text)
    {
        var (place, value) = (Share(axes.X, text.Place), Share(axes.Y, text.Value));
        if (place is < -0.01f or > 1.01f)
            return;
        // If a bar extends beyond the axis, its number is written at the end of the axis.
        var isCut = value is < 0 or > 1;
        value = Math.Clamp(value, 0, 1);
        var at = figure.Horizontal ? new SKPoint(area.Left + value * area.Width, area.Top + place * area.Height)
            : new SKPoint(area.Left + place * area.Width, area.Bottom - value * area.Height);
        var (width, height) = (ink.Width(text.Text, Size), Size * 0.75f);
        var (across, along) = text.IsUpright ? (height, width) : (width, height);
        var box = BoxAt(at, across, along, text.Side);
        // Text that would lie outside the panel is moved inside.
        box.Offset(Math.Clamp(0, area.Left - box.Left, Math.Max(area.Left - box.Left, area.Right - box.Right)),
            Math.Clamp(0, area.Top - box.Top, Math.Max(area.Top - box.Top, area.Bottom - box.Bottom)));
        if (isCut)
            Clear(box);
        if (!text.IsUpright)
        {
            ink.Write(canvas, text.Text, box.Left, box.Bottom, Size, text.Color);
            return;
        }
        canvas.Save();
        canvas.Translate(box.Right, box.Bottom);
        canvas.RotateDegrees(-90);
        ink.Write(canvas, text.Text, 0, 0, Size, text.Color);
        canvas.Restore();
    }

    private SKRect BoxAt(SKPoint at, float across, float along, TextSide side)
    {
        var (left, top) = (at.X - across / 2, at.Y - along / 2);
        if (figure.Horizontal && side != TextSide.Middle)
            left = side == TextSide.Above ? at.X + Away : at.X - Away - across;
        else if (side != TextSide.Middle)
            top = side == TextSide.Above ? at.Y - Away - along : at.Y + Away;
        return SKRect.Create(left, top, across, along);
    }

    private void Clear(SKRect box)
    {
        using var white = new SKPaint { Color = Halo };
        canvas.DrawRect(SKRect.Inflate(box, 1, 1), white);
    }

    private static float Share(AxisView view, double place) =>
        (float)Math.Clamp((place - view.Low) / (view.High - view.Low), -1e6, 1e6);
}
