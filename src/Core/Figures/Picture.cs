using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using SkiaSharp;

namespace Verus.Artifact.Figures;

/// <summary>A drawing with a size in points (1/72 inch) that can be written in every format.</summary>
/// <param name="Width">The width in points.</param>
/// <param name="Height">The height in points.</param>
/// <param name="Draw">Draws the picture from the upper left corner of the canvas.</param>
internal sealed partial record Picture(float Width, float Height, Action<SKCanvas> Draw)
{
    // The number of pixels per point: four are sharp on screens and in print. A very large picture has fewer pixels per
    // point, so that it can still be opened.
    private const float PixelsPerPoint = 4, LongestSide = 16_000, MostPixels = 40_000_000;

    /// <summary>Returns the marks at which a reader of the SVG can point.</summary>
    public Func<IEnumerable<PictureMark>> Marks { get; init; } = () => [];

    private float Scale => Math.Min(PixelsPerPoint,
        Math.Min(LongestSide / Math.Max(Width, Height), MathF.Sqrt(MostPixels / (Width * Height))));

    /// <summary>
    /// Returns the picture as a PDF with embedded fonts and without a date, so that equal pictures give equal files.
    /// </summary>
    public byte[] ToPdf(string title)
    {
        using var stream = new MemoryStream();
        using (var document = SKDocument.CreatePdf(stream,
            new SKDocumentPdfMetadata { Title = Ink.Clean(title), Creator = "Verus.Artifact.Sdk" }))
        {
            Draw(document.BeginPage(Width, Height));
            document.EndPage();
            document.Close();
        }
        return stream.ToArray();
    }

    /// <summary>
    /// Draws the picture on a white background. The result encodes it as a PNG, which uses no fonts.
    /// </summary>
    public Func<byte[]> ToPng()
    {
        var info = new SKImageInfo((int)Math.Ceiling(Width * Scale), (int)Math.Ceiling(Height * Scale));
        using var surface = SKSurface.Create(info);
        surface.Canvas.Clear(SKColors.White);
        surface.Canvas.Scale(Scale);
        Draw(surface.Canvas);
        var drawn = surface.Snapshot();
        return () =>
        {
            using var image = drawn;
            using var data = image.Encode(SKEncodedImageFormat.Png, 100);
            return data.ToArray();
        };
    }

    /// <summary>
    /// Draws the picture as SVG with its text as text. The result lays it out with one element per line, so that two
    /// versions can be compared line by line, and uses no fonts.
    /// </summary>
    /// <param name="title">The text that a reader hears, or sees when pointing at the picture.</param>
    /// <param name="prefix">A prefix for the ids of elements, so that several pictures can be part of one page.</param>
    public Func<string> ToSvg(string title, string prefix)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(SKRect.Create(Width, Height), stream))
            Draw(canvas);
        // The marks are where this drawing has them, and not where the next format has them.
        var (drawn, marks) = (stream.ToArray(), Marks().ToList());
        return () => LaidOut(drawn, marks, title, prefix);
    }

    private string LaidOut(byte[] drawn, IReadOnlyList<PictureMark> marks, string title, string prefix)
    {
        using var stream = new MemoryStream(drawn);
        var root = XElement.Load(stream);
        // In the SVG, sizes are in points rather than pixels, and a viewBox lets a page scale the picture.
        root.SetAttributeValue("width", Number(Width) + "pt");
        root.SetAttributeValue("height", Number(Height) + "pt");
        root.SetAttributeValue("viewBox", $"0 0 {Number(Width)} {Number(Height)}");
        root.SetAttributeValue("role", "img");
        root.AddFirst(new XElement(root.Name.Namespace + "title", Ink.Clean(title)));
        // Coordinates are rounded to hundredths of a point, which are finer than any printer. The SVG writer indents
        // text, but the indentation is not part of the text and is removed.
        foreach (var place in root.Descendants().Where(element => element.Name.LocalName == "text"))
        {
            place.Value = place.Value.Trim();
            foreach (var attribute in place.Attributes().Where(attribute => attribute.Name.LocalName is "x" or "y"))
                attribute.Value = string.Join(' ',
                    attribute.Value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(Rounded));
        }
        foreach (var path in root.Descendants().Attributes("d"))
            path.Value = LongNumber().Replace(path.Value, match => Rounded(match.Value));
        Renumber(root, prefix);
        // Text that is only there to be searched for must be completely invisible.
        foreach (var opacity in root.Descendants().Where(element => element.Name.LocalName == "text")
            .Attributes("fill-opacity")
                     .Where(opacity => float.Parse(opacity.Value, CultureInfo.InvariantCulture)
                         <= (Ink.Unseen + 0.5f) / byte.MaxValue))
            opacity.Value = "0";
        root.Add(PictureMarks.ToSvg(marks, root.Name.Namespace));
        // For readers without the shipped font, the SVG also names Verdana and Bitstream Vera, whose characters have
        // nearly the same widths.
        foreach (var family in root.Descendants().Attributes("font-family"))
            family.Value = "'DejaVu Sans', 'Bitstream Vera Sans', Verdana, sans-serif";
        return root.ToString(SaveOptions.None).ReplaceLineEndings("\n") + "\n";
    }

    // Ids in the SVG are renumbered, because the writer keeps counting them throughout the life of the process.
    private static void Renumber(XElement root, string prefix)
    {
        var ids = root.Descendants().Attributes("id").ToList();
        var references = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < ids.Count; i++)
        {
            references[$"url(#{ids[i].Value})"] = $"url(#{prefix}-{i + 1})";
            references[$"#{ids[i].Value}"] = $"#{prefix}-{i + 1}";
            ids[i].Value = $"{prefix}-{i + 1}";
        }
        foreach (var use in root.Descendants().Attributes()
            .Where(attribute => attribute.Value.StartsWith("url(#", StringComparison.Ordinal)
                || attribute.Name.LocalName == "href"))
            use.Value = references.GetValueOrDefault(use.Value, use.Value);
    }

    [GeneratedRegex(@"-?\d*\.\d{3,}(?:[eE]-?\d+)?")]
    private static partial Regex LongNumber();

    private static string Rounded(string number) => Number(float.Parse(number, CultureInfo.InvariantCulture));

    private static string Number(float value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
