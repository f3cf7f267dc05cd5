using System.Text;
using SkiaSharp;
using SkiaSharp.HarfBuzz;

namespace Verus.Artifact.Figures;

/// <summary>The alignment of a text relative to its position.</summary>
internal enum TextAlign
{
    Left,
    Center,
    Right,
}

/// <summary>The target format of a picture; formats differ in the text that they can contain.</summary>
internal enum InkMode
{
    /// <summary>A picture of pixels, in which any font can be drawn.</summary>
    Pixels,
    /// <summary>
    /// A picture in SVG, whose readers have the shipped fonts or similar ones. Text in any other font is drawn as
    /// outlines, with invisible text over it.
    /// </summary>
    Outlines,
    /// <summary>A picture in PDF, in which fonts are embedded, reduced to the characters that are written with
    /// them.</summary>
    CutFonts,
}

/// <summary>Draws text and lines on a canvas; all lengths are in points (1/72 inch).</summary>
/// <param name="fonts">The shipped fonts.</param>
/// <param name="others">Fonts of the machine for characters that the shipped fonts lack.</param>
/// <param name="declared">Fonts that the figure declares, which are used before those of the machine.</param>
internal sealed class Ink(
    FigureFonts fonts, FallbackFonts others, IReadOnlyList<SKTypeface>? declared = null) : IDisposable
{
    /// <summary>The opacity, out of 255, of text that can be searched for but must not be visible.</summary>
    public const byte Unseen = 1;

    private const float PixelsPerPoint = 8;
    private readonly Dictionary<(string Text, bool Bold), List<TextRun>> runs = [];
    private readonly Dictionary<SKTypeface, SKShaper> shapers = [];
    private readonly Dictionary<SKTypeface, (HashSet<int> Characters, HashSet<uint> Glyphs)> used = [];
    private readonly Dictionary<SKTypeface, SKTypeface> cut = [];

    /// <summary>The smallest text of any figure: what ACM's style requires at column width.</summary>
    public const float SmallText = 7;

    public static readonly SKColor Black = SKColors.Black;
    public static readonly SKColor Grey = new(0x55, 0x55, 0x55);
    public static readonly SKColor RecordedColor = new(0xb0, 0x20, 0x20);

    /// <summary>Returns the height of a line of text of a given size.</summary>
    public static float LineHeight(float size) => size * 1.3f;

    /// <summary>The target of the picture. The fonts in a PDF are reduced to the characters that were written to the
    /// other targets before.</summary>
    public InkMode Mode { get; set; }

    /// <summary>Characters that were written although no available font has them.</summary>
    public SortedSet<int> Missing { get; } = [];

    /// <summary>Returns the width of a text.</summary>
    public float Width(string text, float size, bool bold = false) =>
        RunsOf(Clean(text), bold).Sum(run => Width(run, size));

    /// <summary>Writes a text with its baseline at a position.</summary>
    public void Write(SKCanvas canvas, string text, float x, float baseline, float size, SKColor color,
        TextAlign align = TextAlign.Left, bool bold = false)
    {
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        text = Clean(text);
        var width = align == TextAlign.Left ? 0 : Width(text, size, bold);
        x -= align == TextAlign.Right ? width : align == TextAlign.Center ? width / 2 : 0;
        foreach (var run in RunsOf(text, bold))
        {
            Missing.UnionWith(run.MissingGlyphs);
            Write(canvas, run, x, baseline, size, paint);
            x += Width(run, size);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var shaper in shapers.Values)
            shaper.Dispose();
        foreach (var (whole, face) in cut)
            if (face != whole)
                face.Dispose();
    }

    private void Write(SKCanvas canvas, TextRun run, float x, float baseline, float size, SKPaint paint)
    {
        using var font = Font(run.Face, size);
        var own = run.Face == fonts.Regular || run.Face == fonts.Bold;
        if (Mode == InkMode.CutFonts)
            font.Typeface = CutOf(run.Face);
        else
            Note(run, font);
        if (Mode == InkMode.Outlines && (!own || run.Shaped))
            WriteOutlines(canvas, run, x, baseline, font, paint);
        else if (run.Shaped)
            WriteShaped(canvas, run, x, baseline, font, paint);
        else
            canvas.DrawText(run.Text, x, baseline, font, paint);
    }

    private void WriteOutlines(SKCanvas canvas, TextRun run, float x, float baseline, SKFont font, SKPaint paint)
    {
        // The colour of invisible text is not quite black, since for black the SVG writer treats any opacity as full.
        using var unseen = new SKPaint { Color = new SKColor(1, 1, 1, Unseen) };
        canvas.DrawText(run.Text, x, baseline, font, unseen);
        using var outline = new SKPath();
        var shaped = ShaperOf(run.Face).Shape(run.Text, font);
        for (var i = 0; i < shaped.Codepoints.Length; i++)
        {
            using var glyph = font.GetGlyphPath((ushort)shaped.Codepoints[i]);
            if (glyph is { IsEmpty: false })
                outline.AddPath(glyph, x + shaped.Points[i].X, baseline + shaped.Points[i].Y);
        }
        if (!outline.IsEmpty)
            canvas.DrawPath(outline, paint);
        else if (run.Text.Any(c => !char.IsWhiteSpace(c)))
            WriteImage(canvas, run, x, baseline, font.Size, paint);
    }

    // Draws glyphs by their numbers, which a reduced font keeps.
    private void WriteShaped(SKCanvas canvas, TextRun run, float x, float baseline, SKFont font, SKPaint paint)
    {
        var shaped = ShaperOf(run.Face).Shape(run.Text, font);
        using var builder = new SKTextBlobBuilder();
        builder.AddPositionedRun(Array.ConvertAll(shaped.Codepoints, glyph => (ushort)glyph), font, shaped.Points);
        using var blob = builder.Build();
        if (blob is not null)
            canvas.DrawText(blob, x, baseline, paint);
    }

    // In most fonts, the glyphs of emoji are pictures.
    private void WriteImage(SKCanvas canvas, TextRun run, float x, float baseline, float size, SKPaint paint)
    {
        var (width, height, ascent) = (Width(run, size), size * 1.4f, size * 1.1f);
        using var surface = SKSurface.Create(new SKImageInfo((int)Math.Ceiling(width * PixelsPerPoint) + 1,
            (int)Math.Ceiling(height * PixelsPerPoint)));
        if (surface is null)
            return;
        surface.Canvas.Scale(PixelsPerPoint);
        using var font = Font(run.Face, size);
        WriteShaped(surface.Canvas, run, 0, ascent, font, paint);
        using var image = surface.Snapshot();
        canvas.DrawImage(image, SKRect.Create(x, baseline - ascent, image.Width / PixelsPerPoint,
            image.Height / PixelsPerPoint), new SKSamplingOptions(SKFilterMode.Linear));
    }

    private List<TextRun> RunsOf(string text, bool bold)
    {
        if (!runs.TryGetValue((text, bold), out var known))
            runs[(text, bold)] = known = TextRun.Of(text, bold ? fonts.Bold : fonts.Regular, Other);
        return known;
    }

    private float Width(TextRun run, float size)
    {
        using var font = Font(run.Face, size);
        return run.Shaped ? ShaperOf(run.Face).Shape(run.Text, font).Width : font.MeasureText(run.Text);
    }

    private SKShaper ShaperOf(SKTypeface face)
    {
        if (!shapers.TryGetValue(face, out var shaper))
            shapers[face] = shaper = new SKShaper(face);
        return shaper;
    }

    private void Note(TextRun run, SKFont font)
    {
        if (!used.TryGetValue(run.Face, out var uses))
            used[run.Face] = uses = ([], []);
        foreach (var rune in run.Text.EnumerateRunes())
            uses.Characters.Add(rune.Value);
        if (run.Shaped)
            uses.Glyphs.UnionWith(ShaperOf(run.Face).Shape(run.Text, font).Codepoints);
    }

    private SKTypeface CutOf(SKTypeface face)
    {
        if (!cut.TryGetValue(face, out var result))
            cut[face] = result = used.TryGetValue(face, out var uses)
                ? FontCut.Of(face, uses.Characters.Order(), uses.Glyphs.Order()) : face;
        return result;
    }

    /// <summary>Draws a straight line.</summary>
    public static void Line(SKCanvas canvas, float x1, float y1, float x2, float y2, float width, SKColor color)
    {
        using var paint = new SKPaint { Color = color, StrokeWidth = width, IsAntialias = true, IsStroke = true };
        canvas.DrawLine(x1, y1, x2, y2, paint);
    }

    /// <summary>Breaks a text into lines of at most a given width; a longer word may be broken anywhere.</summary>
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

    /// <summary>
    /// Shortens a text to a width, with an ellipsis where characters were cut. The text file of the figure has the full
    /// text.
    /// </summary>
    public string Cut(string text, float size, float width, bool bold = false)
    {
        text = Clean(text);
        return Width(text, size, bold) <= width
            ? text : text[..Fitting(text, size, width - Width("…", size, bold), bold)].TrimEnd() + "…";
    }

    /// <summary>
    /// Removes from a text what no picture can show: control characters and unpaired surrogates, which also break SVG.
    /// </summary>
    public static string Clean(string text)
    {
        if (text.All(c => !char.IsControl(c) && !char.IsSurrogate(c) && c is not '\ufffe' and not '\uffff'))
            return text;
        var clean = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
            clean.Append(rune.Value is 0xfffe or 0xffff ? "\ufffd" : Rune.IsControl(rune) ? " " : rune.ToString());
        return clean.ToString();
    }

    private SKTypeface? Other(int character) =>
        declared?.FirstOrDefault(face => face.GetGlyph(character) != 0) ?? others.For(character);

    // Finds the longest prefix of a text that fits a width, of at least one character, by binary search.
    private int Fitting(string text, float size, float width, bool bold)
    {
        var (fits, tooLong) = (1, text.Length + 1);
        while (tooLong - fits > 1)
        {
            var middle = (fits + tooLong) / 2;
            using var font = Font(bold ? fonts.Bold : fonts.Regular, size);
            if (TextRun.Of(text[..middle], font.Typeface, Other).Sum(run => Width(run, size)) <= width)
                fits = middle;
            else
                tooLong = middle;
        }
        return fits < text.Length && char.IsHighSurrogate(text[fits - 1]) ? fits + 1 : fits;
    }

    // Text is measured without hinting, since its width is then the same at every scale, and all formats have the same
    // layout.
    private static SKFont Font(SKTypeface face, float size) => new(face, size)
    {
        Hinting = SKFontHinting.None,
        Subpixel = true,
        LinearMetrics = true,
        Edging = SKFontEdging.Antialias,
    };
}
