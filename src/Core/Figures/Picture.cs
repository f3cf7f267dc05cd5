using System.Globalization;
using System.Xml.Linq;
using SkiaSharp;

namespace Verus.Artifact.Figures;

/// <summary>Something drawn, of a size in points (1/72 inch), that can be written in every format.</summary>
/// <param name="Width">Width in points.</param>
/// <param name="Height">Height in points.</param>
/// <param name="Draw">Draws it from the canvas's upper left corner.</param>
internal sealed record Picture(float Width, float Height, Action<SKCanvas> Draw)
{
    // Four pixels a point: sharp on screens and in print.
    private const float PixelsPerPoint = 4;

    /// <summary>The picture as PDF with its fonts inside and without a date, so that equal pictures are equal files.</summary>
    public byte[] ToPdf(string title)
    {
        using var stream = new MemoryStream();
        using (var document = SKDocument.CreatePdf(stream, new SKDocumentPdfMetadata { Title = Ink.Clean(title), Creator = "Verus.Artifact.Sdk" }))
        {
            Draw(document.BeginPage(Width, Height));
            document.EndPage();
            document.Close();
        }
        return stream.ToArray();
    }

    /// <summary>The picture as PNG on white.</summary>
    public byte[] ToPng()
    {
        var info = new SKImageInfo((int)Math.Ceiling(Width * PixelsPerPoint), (int)Math.Ceiling(Height * PixelsPerPoint));
        using var surface = SKSurface.Create(info);
        surface.Canvas.Clear(SKColors.White);
        surface.Canvas.Scale(PixelsPerPoint);
        Draw(surface.Canvas);
        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>The picture as SVG with its text as text, one element a line, so that two versions can be compared line by line.</summary>
    /// <param name="title">What a reader hears or sees when pointing at it.</param>
    /// <param name="prefix">Start of the ids in it, so that several pictures can stand in one page.</param>
    public string ToSvg(string title, string prefix)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(SKRect.Create(Width, Height), stream))
            Draw(canvas);
        stream.Position = 0;
        var root = XElement.Load(stream);
        // Points instead of pixels; a viewBox lets a page scale it.
        root.SetAttributeValue("width", Number(Width) + "pt");
        root.SetAttributeValue("height", Number(Height) + "pt");
        root.SetAttributeValue("viewBox", $"0 0 {Number(Width)} {Number(Height)}");
        root.SetAttributeValue("role", "img");
        root.AddFirst(new XElement(root.Name.Namespace + "title", Ink.Clean(title)));
        // Hundredths of a point are finer than any printer; the writer indents text, which is no part of it.
        foreach (var place in root.Descendants().Where(element => element.Name.LocalName == "text"))
        {
            place.Value = place.Value.Trim();
            foreach (var attribute in place.Attributes().Where(attribute => attribute.Name.LocalName is "x" or "y"))
                attribute.Value = string.Join(' ', attribute.Value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(Rounded));
        }
        // The writer's ids count on through the life of the process.
        var ids = root.Descendants().Attributes("id").ToList();
        for (var i = 0; i < ids.Count; i++)
        {
            foreach (var use in root.Descendants().Attributes().Where(attribute => attribute.Value == $"url(#{ids[i].Value})"))
                use.Value = $"url(#{prefix}-{i + 1})";
            ids[i].Value = $"{prefix}-{i + 1}";
        }
        // Verdana and Bitstream Vera have nearly the same widths, where a reader lacks the font.
        foreach (var family in root.Descendants().Attributes("font-family"))
            family.Value = "'DejaVu Sans', 'Bitstream Vera Sans', Verdana, sans-serif";
        return root.ToString(SaveOptions.None).ReplaceLineEndings("\n") + "\n";
    }

    private static string Rounded(string number) => Number(float.Parse(number, CultureInfo.InvariantCulture));

    private static string Number(float value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
