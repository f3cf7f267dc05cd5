using SkiaSharp;
using Verus.Artifact.Common;

namespace Verus.Artifact.Figures;

/// <summary>A table as a picture, with rules above, below and under the heads, and right-aligned numbers.</summary>
internal sealed class TableContent
{
    private const float Gap = 8;
    private const float LongestName = 150;
    private const float MarkWidth = 5;
    private const int MostRows = 300, MostColumns = 60;
    private readonly List<string> leftOut = [];

    private readonly TableGrid grid;
    private readonly Ink ink;
    private readonly float size = 8;
    private readonly List<float> widths = [];

    /// <summary>
    /// Lays a table out with text of 8 points. If a table does not fit, its text is reduced to no less than 7 points,
    /// and if this is not enough, the picture becomes wider than declared.
    /// </summary>
    public TableContent(TableGrid whole, float declaredWidth, Ink ink)
    {
        grid = whole.Beginning(MostRows, MostColumns);
        if (grid.Cells.Count < whole.Cells.Count)
            leftOut.Add($"the first {grid.Cells.Count} of {Amount.Count(whole.Cells.Count, "row")} are shown");
        if (grid.Heads.Count < whole.Heads.Count)
            leftOut.Add($"the first {grid.Heads.Count} of {Amount.Count(whole.Heads.Count, "column")} are shown");
        this.ink = ink;
        Measure();
        if (Natural > declaredWidth)
        {
            size = Ink.SmallText;
            Measure();
        }
        // A table that is narrower than the column is spread over its width.
        var spare = (declaredWidth - Natural) / Math.Max(1, widths.Count - 1);
        for (var i = 1; i < widths.Count && spare > 0; i++)
            widths[i] += spare;
    }

    /// <summary>The rows and columns that are missing from the picture of the table.</summary>
    public IReadOnlyList<string> LeftOut => leftOut;

    /// <summary>Sentences for readers on what is missing from the picture of the table.</summary>
    public IReadOnlyList<string> Notes =>
        [.. leftOut.Select(what => $"{char.ToUpperInvariant(what[0])}{what[1..]}; the text file has everything.")];

    /// <summary>The width in points.</summary>
    public float Width => Natural;

    /// <summary>The height in points.</summary>
    public float Height => RowHeight * (grid.Cells.Count + HeadRows) + 10;

    private float Natural => widths.Sum() + Gap * (widths.Count - 1);

    private float RowHeight => size * 1.5f;

    private int HeadRows => grid.Groups.Count > 0 ? 2 : 1;

    /// <summary>Draws the table, with its upper left corner at a position.</summary>
    public void Draw(SKCanvas canvas, float left, float top)
    {
        var names = grid.Corner.Count;
        Ink.Line(canvas, left, top + 1, left + Width, top + 1, 0.9f, Ink.Black);
        var y = top + 2;
        if (grid.Groups.Count > 0)
        {
            y += RowHeight;
            var column = names;
            foreach (var (text, count) in grid.Groups)
            {
                var (from, to) = (Left(left, column), Right(left, column + count - 1));
                column += count;
                if (text.Length == 0)
                    continue;
                ink.Write(canvas, text, count == 1 ? to : (from + to) / 2, y - size * 0.4f, size, Ink.Black,
                    count == 1 ? TextAlign.Right : TextAlign.Center);
                if (count > 1)
                    Ink.Line(canvas, from, y, to, y, 0.4f, Ink.Black);
            }
        }
        y += RowHeight;
        for (var i = 0; i < names; i++)
            ink.Write(canvas, Name(grid.Corner[i]), Left(left, i), y - size * 0.4f, size, Ink.Black, bold: true);
        for (var i = 0; i < grid.Heads.Count; i++)
            ink.Write(canvas, Name(grid.Heads[i], bold: true), Right(left, names + i), y - size * 0.4f, size, Ink.Black,
                TextAlign.Right, bold: true);
        y += 2;
        Ink.Line(canvas, left, y, left + Width, y, 0.6f, Ink.Black);
        y += 2;
        for (var row = 0; row < grid.Cells.Count; row++)
        {
            y += RowHeight;
            for (var i = 0; i < names; i++)
                ink.Write(canvas, Name(grid.RowHeads[row][i]), Left(left, i), y - size * 0.4f, size, Ink.Black);
            for (var i = 0; i < grid.Cells[row].Count; i++)
                DrawCell(canvas, grid.Cells[row][i], Right(left, names + i), y - size * 0.4f);
        }
        Ink.Line(canvas, left, y + 2, left + Width, y + 2, 0.9f, Ink.Black);
    }

    // Marks of notes are placed to the right of the numbers' edge, so that the digits of a column are aligned.
    private void DrawCell(SKCanvas canvas, TableCell cell, float right, float baseline)
    {
        ink.Write(canvas, cell.Text, right, baseline, size, Ink.Black, TextAlign.Right);
        if (cell.Mark is { } mark)
            ink.Write(canvas, mark, right + 0.5f, baseline - size * 0.3f, Ink.SmallText, Ink.Grey);
    }

    private void Measure()
    {
        widths.Clear();
        for (var i = 0; i < grid.Corner.Count; i++)
            widths.Add(grid.RowHeads.Select(heads => ink.Width(Name(heads[i]), size))
                .Append(ink.Width(Name(grid.Corner[i], bold: true), size, bold: true)).Max());
        for (var i = 0; i < grid.Heads.Count; i++)
        {
            var cells = grid.Cells.Select(row => ink.Width(row[i].Text, size))
                .Append(ink.Width(Name(grid.Heads[i], bold: true), size, bold: true));
            widths.Add(cells.Max() + (grid.Cells.Any(row => row[i].Mark is not null) ? MarkWidth : 0));
        }
        var column = grid.Corner.Count;
        foreach (var (text, count) in grid.Groups)
        {
            var have = widths.Skip(column).Take(count).Sum() + Gap * (count - 1);
            widths[column] += Math.Max(0, ink.Width(text, size) - have);
            column += count;
        }
    }

    private string Name(string text, bool bold = false) => ink.Cut(text, size, LongestName, bold);

    private float Left(float left, int column) => left + widths.Take(column).Sum() + Gap * column;

    private float Right(float left, int column) =>
        Left(left, column) + widths[column]
            - (grid.Cells.Any(row => row[column - grid.Corner.Count].Mark is not null) ? MarkWidth : 0);
}
