using System.Globalization;

namespace Verus.Artifact.Extensions;

/// <summary>Measures the lengths of texts in the font of all figures.</summary>
public interface ITextMeasure
{
    /// <summary>The width of a text in points.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">Size of the font in points. A size of 7 points is the smallest that is legible in
    /// print.</param>
    /// <param name="bold">Whether the text is bold.</param>
    double WidthOf(string text, double size, bool bold = false);
}

/// <summary>
/// The surface on which a figure is drawn, in every format. Lengths are in points (1/72 inch) from the upper left
/// corner, and y increases downwards. A number that is not finite is an error of the figure kind. Content outside of
/// the canvas is cut off, and a warning says so.
/// </summary>
public interface ICanvas : ITextMeasure
{
    /// <summary>Its width.</summary>
    double Width { get; }

    /// <summary>Its height.</summary>
    double Height { get; }

    /// <summary>
    /// The colour of a series, by its index from 0. Readers with any colour vision can distinguish neighbours. The
    /// palette has eight colours.
    /// </summary>
    FigureColor ColorOf(int series);

    /// <summary>Draws a straight line.</summary>
    void Line(double x1, double y1, double x2, double y2, FigureColor color, double width = 0.7, bool dashed = false);

    /// <summary>Draws straight lines from each point to the next.</summary>
    void Lines(IReadOnlyList<(double X, double Y)> points, FigureColor color, double width = 0.7, bool dashed = false);

    /// <summary>Draws a rectangle.</summary>
    /// <param name="x">The position of the left edge.</param>
    /// <param name="y">The position of the upper edge.</param>
    /// <param name="width">The width of the rectangle, which must not be negative.</param>
    /// <param name="height">The height of the rectangle, which must not be negative.</param>
    /// <param name="fill">The colour of the fill; null for no fill.</param>
    /// <param name="outline">The colour of the outline; null for no outline.</param>
    void Rectangle(double x, double y, double width, double height, FigureColor? fill, FigureColor? outline = null);

    /// <summary>Draws a polygon, whose last corner is connected to the first.</summary>
    void Polygon(IReadOnlyList<(double X, double Y)> corners, FigureColor? fill, FigureColor? outline = null);

    /// <summary>Draws a circle around a point, with a radius that must not be negative.</summary>
    void Circle(double x, double y, double radius, FigureColor? fill, FigureColor? outline = null);

    /// <summary>Writes a text with its baseline at a point. Text can be searched and copied in SVG and PDF.</summary>
    void Text(string text, double x, double y, FigureText? how = null);
}

/// <summary>The style in which a text is written.</summary>
public sealed record FigureText
{
    /// <summary>Size of the font in points, from 1 to 200. A size of 7 points is the smallest that is legible in
    /// print.</summary>
    public double Size { get; init; } = 7;

    /// <summary>The part of the text that is at its point.</summary>
    public FigureAlign Align { get; init; }

    /// <summary>The rotation of the text around its point in degrees, clockwise; a text with -90 runs
    /// upwards.</summary>
    public double Rotation { get; init; }

    /// <summary>Whether it is bold.</summary>
    public bool Bold { get; init; }

    /// <summary>Its colour.</summary>
    public FigureColor Color { get; init; } = FigureColor.Black;
}

/// <summary>The part of a text that is at its point.</summary>
public enum FigureAlign
{
    /// <summary>Its beginning.</summary>
    Left,
    /// <summary>Its middle.</summary>
    Center,
    /// <summary>Its end.</summary>
    Right,
}

/// <summary>A colour.</summary>
/// <param name="Red">Red, from 0 to 255.</param>
/// <param name="Green">Green, from 0 to 255.</param>
/// <param name="Blue">Blue, from 0 to 255.</param>
/// <param name="Opacity">Opacity, from 0 (invisible) to 255.</param>
public readonly record struct FigureColor(byte Red, byte Green, byte Blue, byte Opacity = 255)
{
    /// <summary>Black.</summary>
    public static FigureColor Black => new(0, 0, 0);

    /// <summary>White.</summary>
    public static FigureColor White => new(255, 255, 255);

    /// <summary>The grey of grids and of secondary content.</summary>
    public static FigureColor Grey => new(0x77, 0x77, 0x77);

    /// <summary>A colour from a text such as <c>#d62728</c>; null if the text is not a colour.</summary>
    public static FigureColor? Parse(string text) => text is ['#', _, _, _, _, _, _]
        && uint.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rgb)
            ? new((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb) : null;
}
