using System.Globalization;
using SkiaSharp;

namespace Verus.Artifact.Figures;

/// <summary>
/// The canvas that an extension draws on. Every drawing is checked, stored, and drawn again for each format, so that
/// the extension's code runs once and all formats are alike.
/// </summary>
/// <param name="ink">Writes and measures text.</param>
/// <param name="width">Width in points.</param>
internal sealed class FigureCanvas(Ink ink, float width) : ICanvas
{
    // The limits of a canvas are larger than a page, but keep files small enough to be opened.
    private const int MostParts = 200_000, LongestText = 2_000;
    private const float Farthest = 100_000, Tolerance = 0.5f;

    private readonly List<Action<SKCanvas>> parts = [];
    private float height;
    private int size;
    private bool isOpen;

    /// <inheritdoc/>
    public double Width => width;

    /// <inheritdoc/>
    public double Height => height;

    /// <summary>The end of a sentence that says what cannot be drawn; null when everything can be drawn.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether some drawing lies outside the canvas.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Records a drawing of an extension.</summary>
    /// <param name="most">The height of the canvas in points.</param>
    /// <param name="draw">Function that makes the drawing.</param>
    public void Record(float most, Action<ICanvas> draw)
    {
        height = most;
        isOpen = true;
        draw(this);
        isOpen = false;
    }

    /// <summary>Draws everything that was recorded, with the canvas's upper left corner at a position.</summary>
    public void Replay(SKCanvas canvas, float left, float top)
    {
        canvas.Save();
        canvas.Translate(left, top);
        if (IsCut)
            canvas.ClipRect(SKRect.Create(width, height));
        foreach (var part in parts)
            part(canvas);
        canvas.Restore();
    }

    /// <inheritdoc/>
    public double WidthOf(string text, double size, bool bold = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsSize(size) ? ink.Width(text, (float)size, bold)
            : throw new ArgumentOutOfRangeException(nameof(size), $"a text has a size of {Number(size)} points");
    }

    /// <inheritdoc/>
    public FigureColor ColorOf(int series) => FigureColor.Parse(FigureStyle.ColorOf(series))!.Value;

    /// <inheritdoc/>
    public void Line(
        double x1, double y1, double x2, double y2, FigureColor color, double width = 0.7, bool dashed = false) =>
        Lines([(x1, y1), (x2, y2)], color, width, dashed);

    /// <inheritdoc/>
    public void Lines(
        IReadOnlyList<(double X, double Y)> points, FigureColor color, double width = 0.7, bool dashed = false)
    {
        if (!Takes("a line", [.. points.SelectMany(point => new[] { point.X, point.Y }), width], width))
            return;
        float[]? dashes = dashed ? [2.5f, 1.5f] : null;
        AddPath(points, closed: false, (canvas, path) =>
        {
            using var dash = dashes is null ? null : SKPathEffect.CreateDash(dashes, 0);
            using var paint = Stroke(color, Float(width));
            paint.PathEffect = dash;
            canvas.DrawPath(path, paint);
        });
    }

    /// <inheritdoc/>
    public void Rectangle(
        double x, double y, double width, double height, FigureColor? fill, FigureColor? outline = null)
    {
        if (!Takes("a rectangle", [x, y, width, height], width, height))
            return;
        var box = SKRect.Create(Float(x), Float(y), Float(width), Float(height));
        Add(box, 1, canvas => Paint(fill, outline, paint => canvas.DrawRect(box, paint)));
    }

    /// <inheritdoc/>
    public void Polygon(IReadOnlyList<(double X, double Y)> corners, FigureColor? fill, FigureColor? outline = null)
    {
        if (Takes("a polygon", [.. corners.SelectMany(corner => new[] { corner.X, corner.Y })]))
            AddPath(corners, closed: true,
                (canvas, path) => Paint(fill, outline, paint => canvas.DrawPath(path, paint)));
    }

    /// <inheritdoc/>
    public void Circle(double x, double y, double radius, FigureColor? fill, FigureColor? outline = null)
    {
        if (!Takes("a circle", [x, y, radius], radius))
            return;
        var (middle, around) = (new SKPoint(Float(x), Float(y)), Float(radius));
        Add(new SKRect(middle.X - around, middle.Y - around, middle.X + around, middle.Y + around), 1,
            canvas => Paint(fill, outline, paint => canvas.DrawCircle(middle, around, paint)));
    }

    /// <inheritdoc/>
    public void Text(string text, double x, double y, FigureText? how = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        how ??= new FigureText();
        if (!Takes($"the text '{OutputNumber.Shortened(text)}'", [x, y, how.Size, how.Rotation]))
            return;
        if (!IsSize(how.Size) || text.Length > LongestText)
        {
            Problem ??= IsSize(how.Size) ? $"writes a text of {text.Length} characters"
                : $"writes a text with a size of {Number(how.Size)} points";
            return;
        }
        var (at, points) = (new SKPoint(Float(x), Float(y)), (float)how.Size);
        var length = ink.Width(text, points, how.Bold);
        var start = at.X - (how.Align == FigureAlign.Right ? length : how.Align == FigureAlign.Center ? length / 2 : 0);
        var turned = SKMatrix.CreateRotationDegrees((float)how.Rotation, at.X, at.Y);
        Add(turned.MapRect(new SKRect(start, at.Y - points * 0.8f, start + length, at.Y + points * 0.25f)), 1, canvas =>
        {
            canvas.Save();
            if (how.Rotation != 0)
                canvas.Concat(turned);
            ink.Write(canvas, text, start, at.Y, points, ColorOf(how.Color), bold: how.Bold);
            canvas.Restore();
        });
    }

    private void AddPath(IReadOnlyList<(double X, double Y)> points, bool closed, Action<SKCanvas, SKPath> draw)
    {
        if (points.Count == 0)
            return;
        var corners = points.Select(point => new SKPoint(Float(point.X), Float(point.Y))).ToArray();
        var around = new SKRect(
            corners.Min(corner => corner.X), corners.Min(corner => corner.Y),
            corners.Max(corner => corner.X), corners.Max(corner => corner.Y));
        Add(around, corners.Length, canvas =>
        {
            using var path = new SKPath();
            path.AddPoly(corners, closed);
            draw(canvas, path);
        });
    }

    private void Add(SKRect around, int points, Action<SKCanvas> part)
    {
        size += points;
        if (size > MostParts)
            Problem ??= $"draws more than {MostParts} lines, shapes and texts";
        if (!isOpen)
            Problem ??= "draws outside of its Draw";
        if (Problem is not null)
            return;
        IsCut |= around.Left < -Tolerance || around.Top < -Tolerance
            || around.Right > width + Tolerance || around.Bottom > height + Tolerance;
        parts.Add(part);
    }

    // Checks that every number of a drawing is finite and that sizes are not negative.
    private bool Takes(string what, double[] numbers, params double[] sizes)
    {
        foreach (var bad in numbers.Where(number => !double.IsFinite(number)).Concat(sizes.Where(number => number < 0)))
            Problem ??= $"draws {what} with the number {Number(bad)}";
        return Problem is null;
    }

    private static void Paint(FigureColor? fill, FigureColor? outline, Action<SKPaint> draw)
    {
        if (fill is { } inside)
        {
            using var paint = new SKPaint { Color = ColorOf(inside), IsAntialias = true };
            draw(paint);
        }
        if (outline is { } around)
        {
            using var paint = Stroke(around, 0.7f);
            draw(paint);
        }
    }

    private static SKPaint Stroke(FigureColor color, float width) =>
        new() { Color = ColorOf(color), IsStroke = true, StrokeWidth = width, IsAntialias = true };

    private static SKColor ColorOf(FigureColor color) => new(color.Red, color.Green, color.Blue, color.Opacity);

    private static bool IsSize(double size) => size is >= 1 and <= 200;

    // Coordinates are limited, since points farther away are outside of any canvas, and larger numbers disrupt the
    // writers of some formats.
    private static float Float(double number) => (float)Math.Clamp(number, -Farthest, Farthest);

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
