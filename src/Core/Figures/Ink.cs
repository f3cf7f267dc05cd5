using System.Text;
using SkiaSharp;

namespace Verus.Artifact.Figures;

/// <summary>Where a text stands from its point.</summary>
internal enum TextAlign
{
    Left,
    Center,
    Right,
}

/// <summary>Text and lines on a canvas; all lengths in points (1/72 inch).</summary>
internal sealed class Ink(FigureFonts fonts)
{
    /// <summary>Smallest text of any figure: what ACM's style asks for at column width.</summary>
    public const float SmallText = 7;

    public static readonly SKColor Black = SKColors.Black;
    public static readonly SKColor Grey = new(0x55, 0x55, 0x55);
    public static readonly SKColor RecordedColor = new(0xb0, 0x20, 0x20);

    /// <summary>Height of a line of text.</summary>
    public static float LineHeight(float size) => size * 1.3f;

    /// <summary>Width of a text.</summary>
    public float Width(string text, float size, bool bold = false)
    {
        using var font = Font(size, bold);
        return font.MeasureText(Clean(text));
    }

    /// <summary>Writes a text on a base line.</summary>
    public void Write(SKCanvas canvas, string text, float x, float baseline, float size, SKColor color,
        TextAlign align = TextAlign.Left, bool bold = false)
    {
        using var font = Font(size, bold);
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        text = Clean(text);
        var width = align == TextAlign.Left ? 0 : font.MeasureText(text);
        canvas.DrawText(text, x - (align == TextAlign.Right ? width : align == TextAlign.Center ? width / 2 : 0), baseline, font, paint);
    }

    /// <summary>Draws a straight line.</summary>
    public static void Line(SKCanvas canvas, float x1, float y1, float x2, float y2, float width, SKColor color)
    {
        using var paint = new SKPaint { Color = color, StrokeWidth = width, IsAntialias = true, IsStroke = true };
        canvas.DrawLine(x1, y1, x2, y2, paint);
    }

    /// <summary>Breaks a text into lines of at most a width; a word that is longer is broken anywhere.</summary>
    public IReadOnlyList<string> Wrap(string text, float size, float width, bool bold = false)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var word in Clean(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var rest = word;
            if (line.Length > 0 && Width($"{line} {rest}", size, bold) <= width)
            {
                line += " " + rest;
                continue;
            }
            if (line.Length > 0)
                lines.Add(line);
            while (Width(rest, size, bold) > width && rest.Length > 1)
            {
                var fitting = Fitting(rest, size, width, bold);
                lines.Add(rest[..fitting]);
                rest = rest[fitting..];
            }
            line = rest;
        }
        if (line.Length > 0)
            lines.Add(line);
        return lines;
    }

    /// <summary>A text cut to a width, with an ellipsis where something was cut. The text table has the whole.</summary>
    public string Cut(string text, float size, float width, bool bold = false)
    {
        text = Clean(text);
        return Width(text, size, bold) <= width ? text : text[..Fitting(text, size, width - Width("…", size, bold), bold)].TrimEnd() + "…";
    }

    /// <summary>A text without what no picture can show: control characters and halves of surrogate pairs, which also break SVG.</summary>
    public static string Clean(string text)
    {
        if (text.All(c => !char.IsControl(c) && !char.IsSurrogate(c) && c is not '\ufffe' and not '\uffff'))
            return text;
        var clean = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
            clean.Append(rune.Value is 0xfffe or 0xffff ? "\ufffd" : Rune.IsControl(rune) ? " " : rune.ToString());
        return clean.ToString();
    }

    private int Fitting(string text, float size, float width, bool bold)
    {
        var length = 1;
        while (length < text.Length && Width(text[..(length + 1)], size, bold) <= width)
            length++;
        return length < text.Length && char.IsHighSurrogate(text[length - 1]) ? length + 1 : length;
    }

    // Widths without hinting are the same at every scale, so that all formats have one layout.
    private SKFont Font(float size, bool bold) => new(bold ? fonts.Bold : fonts.Regular, size)
    {
        Hinting = SKFontHinting.None,
        Subpixel = true,
        LinearMetrics = true,
        Edging = SKFontEdging.Antialias,
    };
}
