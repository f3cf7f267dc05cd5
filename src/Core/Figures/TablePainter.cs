using SkiaSharp;
using Verus.Artifact.Data;

namespace Verus.Artifact.Figures;

/// <summary>Draws a table as the paper prints it: rules above, below the head and at the end; numbers to the right.</summary>
internal sealed class TablePainter(FigureData data, FigureNotes notes, TableGrid grid, FigureFonts fonts)
{
    private const float Size = 8;
    private const float Margin = 4;
    private const float Gap = 10;
    private const float WidestCell = 150;

    private readonly Ink ink = new(fonts);

    /// <summary>The picture; wider than declared when its columns need it.</summary>
    public Picture Paint()
    {
        var rows = grid.Header.Concat(grid.Rows).ToList();
        var widths = Enumerable.Range(0, grid.Header[^1].Count).Select(column => Math.Min(WidestCell, rows.Max(row => ink.Width(row[column], Size, bold: true))) + Gap).ToArray();
        var width = Math.Max((float)data.Figure.Width * 72, widths.Sum() + 2 * Margin);
        var mark = data.Origin == Origin.Recorded
            ? ink.Wrap((data.IsAllRecorded ? "" : "PARTLY ") + FigureNotes.Recorded.ToUpperInvariant(), Size, width - 2 * Margin, bold: true) : [];
        var footer = notes.All.SelectMany(note => ink.Wrap(note, Ink.SmallText, width - 2 * Margin)).ToList();
        var line = Ink.LineHeight(Size) + 2;
        var top = Margin + mark.Count * Ink.LineHeight(Size) + 2;
        var bottom = top + rows.Count * line + 4;
        return new Picture(width, bottom + footer.Count * Ink.LineHeight(Ink.SmallText) + Margin, canvas =>
        {
            for (var i = 0; i < mark.Count; i++)
                ink.Write(canvas, mark[i], width / 2, Margin + Size + i * Ink.LineHeight(Size), Size, Ink.RecordedColor, TextAlign.Center, bold: true);
            var right = Margin + widths.Sum();
            Ink.Line(canvas, Margin, top, right, top, 1, Ink.Black);
            Ink.Line(canvas, Margin, top + grid.Header.Count * line + 1, right, top + grid.Header.Count * line + 1, 0.5f, Ink.Black);
            Ink.Line(canvas, Margin, bottom, right, bottom, 1, Ink.Black);
            for (var i = 0; i < rows.Count; i++)
                DrawRow(canvas, rows[i], widths, top + (i + 1) * line - 3 + (i >= grid.Header.Count ? 2 : 0), bold: i < grid.Header.Count);
            for (var i = 0; i < footer.Count; i++)
                ink.Write(canvas, footer[i], Margin, bottom + (i + 1) * Ink.LineHeight(Ink.SmallText), Ink.SmallText, Ink.Grey);
        });
    }

    private void DrawRow(SKCanvas canvas, IReadOnlyList<string> cells, float[] widths, float baseline, bool bold)
    {
        var x = Margin;
        for (var column = 0; column < cells.Count; column++)
        {
            var text = ink.Cut(cells[column], Size, WidestCell, bold);
            if (column < grid.TextColumns)
                ink.Write(canvas, text, x, baseline, Size, Ink.Black, TextAlign.Left, bold);
            else
                ink.Write(canvas, text, x + widths[column] - 2, baseline, Size, Ink.Black, TextAlign.Right, bold);
            x += widths[column];
        }
    }
}
