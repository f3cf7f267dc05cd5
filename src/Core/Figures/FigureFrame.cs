using SkiaSharp;
using Verus.Artifact.Data;

namespace Verus.Artifact.Figures;

/// <summary>
/// The parts around the content of a figure: the mark of recorded numbers, the legend above, the notes below.
/// </summary>
internal sealed class FigureFrame(FigureData data, IReadOnlyList<string> notes, Ink ink)
{
    /// <summary>The white margin around the whole figure, in points.</summary>
    public const float Margin = 2;

    private const float LegendSize = 7.5f;
    private const float Swatch = 14;
    private const int MostLegendRows = 40, MostNoteLines = 80;
    private readonly List<string> leftOut = [];

    /// <summary>Sentences on legend entries and notes that do not fit around the picture.</summary>
    public IReadOnlyList<string> LeftOut => leftOut;

    /// <summary>Lays the frame of the figure out around content of a given size.</summary>
    public Picture Around(FigureContent content)
    {
        var (contentWidth, contentHeight) = (content.Width, content.Height);
        var width = contentWidth + 2 * Margin;
        var banner = Banner is { } text ? ink.Wrap(text, Ink.SmallText, contentWidth, bold: true) : [];
        var legend = Legend(contentWidth);
        var lines = NoteLines(contentWidth);
        var bannerHeight = banner.Count == 0 ? 0 : banner.Count * Ink.LineHeight(Ink.SmallText) + 4;
        var legendHeight = legend.Count == 0
            ? 0 : (legend.Max(entry => entry.Row) + 1) * Ink.LineHeight(LegendSize) + 3;
        var top = Margin + bannerHeight + legendHeight;
        var notesTop = top + contentHeight + (lines.Count > 0 ? 3 : 0);
        var height = notesTop + lines.Count * Ink.LineHeight(Ink.SmallText) + Margin;
        return new Picture(width, height, canvas =>
        {
            for (var i = 0; i < banner.Count; i++)
                ink.Write(canvas, banner[i], width / 2, Margin + (i + 0.9f) * Ink.LineHeight(Ink.SmallText),
                    Ink.SmallText, Ink.RecordedColor, TextAlign.Center, bold: true);
            foreach (var entry in legend)
                DrawEntry(canvas, entry, Margin + bannerHeight);
            content.Draw(canvas, Margin, top);
            if (data.IsAllRecorded || data.IsSmoke)
                Watermark(canvas, data.IsSmoke ? "SMOKE RUN" : "RECORDED",
                    SKRect.Create(Margin, top, contentWidth, contentHeight));
            for (var i = 0; i < lines.Count; i++)
                ink.Write(canvas, lines[i], Margin, notesTop + (i + 0.9f) * Ink.LineHeight(Ink.SmallText),
                    Ink.SmallText, Ink.Grey);
        })
        {
            Marks = () => content.Marks(Margin, top),
        };
    }

    private List<string> NoteLines(float width)
    {
        var lines = new List<string>();
        for (var i = 0; i < notes.Count; i++)
        {
            if (lines.Count >= MostNoteLines)
            {
                leftOut.Add($"{i} of {notes.Count} notes are written below the picture");
                lines.AddRange(ink.Wrap($"There are {notes.Count - i} more notes; the text file has everything.",
                    Ink.SmallText, width));
                break;
            }
            lines.AddRange(ink.Wrap(notes[i], Ink.SmallText, width));
        }
        return lines;
    }

    // When a figure has both measured and recorded numbers, the legend shows which ones are recorded.
    private string? Banner => data.IsSmoke ? FigureNotes.Smoke.ToUpperInvariant()
        : data.IsAllRecorded ? FigureNotes.Recorded.ToUpperInvariant()
        : data.IsPartlyRecorded ? FigureNotes.PartlyRecorded.ToUpperInvariant() : null;

    private void Watermark(SKCanvas canvas, string text, SKRect area)
    {
        var angle = MathF.Atan2(area.Height, area.Width);
        var size = Math.Min(40, area.Width * 0.55f / MathF.Cos(angle) / ink.Width(text, 1, bold: true));
        canvas.Save();
        canvas.Translate(area.MidX, area.MidY);
        canvas.RotateDegrees(-angle * 180 / MathF.PI);
        ink.Write(canvas, text, 0, size * 0.36f, size, Ink.RecordedColor.WithAlpha(38), TextAlign.Center, bold: true);
        canvas.Restore();
    }

    private List<Entry> Legend(float width)
    {
        var entries = new List<Entry>();
        if (!data.Figure.Kind.HasLegend || data.Figure.Series.Count == 0 && !data.HasOverlay)
            return entries;
        var (x, row) = (0f, 0);
        var all = Series().ToList();
        foreach (var (label, style, paper) in all)
        {
            var text = ink.Cut(label, LegendSize, width - Swatch - 3);
            var needs = Swatch + 3 + ink.Width(text, LegendSize);
            if (x > 0 && x + needs > width)
                (x, row) = (0, row + 1);
            if (row >= MostLegendRows)
            {
                leftOut.Add($"{entries.Count} of {all.Count} series are in the legend");
                break;
            }
            entries.Add(new Entry(text, style, paper, x, row, needs));
            x += needs + 9;
        }
        // Each row is centred.
        return [.. entries.GroupBy(entry => entry.Row).SelectMany(group =>
        {
            var shift = (width - (group.Last().X + group.Last().Width)) / 2;
            return group.Select(entry => entry with { X = entry.X + shift });
        })];
    }

    private IEnumerable<(string Label, FigureStyle Style, bool Paper)> Series()
    {
        var recorded = data.Points.Where(p => p.Dataset.Origin == Origin.Recorded && p.Estimate is not null)
            .Select(p => p.Series).ToHashSet(StringComparer.Ordinal);
        foreach (var series in data.Series)
        {
            var style = FigureStyle.Of(data.Figure, series.Rank);
            // A series without a number is mentioned in the notes below the picture.
            var name = series.Label.Length > 0 ? series.Label : "here";
            if (data.SeriesWithNumbers.Contains(series.Value))
                yield return (name + (recorded.Contains(series.Value) ? " (recorded)" : ""), style, false);
            if (data.HasOverlay && data.PaperSeriesWithNumbers.Contains(series.Value))
                yield return (series.Label.Length > 0 ? $"{name} (paper)" : "paper", style, true);
        }
    }

    private void DrawEntry(SKCanvas canvas, Entry entry, float top)
    {
        var left = Margin + entry.X;
        var middle = top + (entry.Row + 0.5f) * Ink.LineHeight(LegendSize);
        data.Figure.Kind.DrawSwatch(canvas, new SKRect(left, middle - Swatch / 2, left + Swatch, middle + Swatch / 2),
            entry.Style, entry.Paper);
        ink.Write(canvas, entry.Text, left + Swatch + 3, middle + LegendSize * 0.36f, LegendSize, Ink.Black);
    }

    private sealed record Entry(string Text, FigureStyle Style, bool Paper, float X, int Row, float Width);
}
