using System.Globalization;
using System.Text;
using Verus.Artifact.Data;

namespace Verus.Artifact.Figures;

/// <summary>
/// A figure as text: a heading that says what the figure shows, every point with its interval and number of samples,
/// and the notes.
/// </summary>
internal static class TextTable
{
    /// <summary>Returns the text of a figure that is drawn.</summary>
    public static string Of(FigureData data, TableGrid? grid, FigureNotes notes)
    {
        var text = new StringBuilder();
        Head(text, data.Figure);
        if (data.IsSmoke)
            text.Append($"*** {FigureNotes.Smoke.ToUpperInvariant()} ***\n");
        if (data.IsAllRecorded)
            text.Append($"*** {FigureNotes.Recorded.ToUpperInvariant()} ***\n");
        else if (data.IsPartlyRecorded)
            text.Append($"*** {FigureNotes.PartlyRecorded.ToUpperInvariant()} ***\n");
        text.Append('\n');
        if (grid is not null)
            text.Append(Pivot(grid)).Append('\n');
        text.Append(Points(data));
        if (notes.All.Count > 0)
            text.Append('\n');
        foreach (var note in notes.All)
            text.Append($"- {Ink.Clean(note)}\n");
        return text.ToString();
    }

    /// <summary>Returns the text of a figure that has no number.</summary>
    public static string NotMeasured(FigureDeclaration figure, IReadOnlyList<string> reasons)
    {
        var text = new StringBuilder();
        Head(text, figure);
        text.Append("*** NOT MEASURED: there is no picture, because there is no number to draw ***\n\n");
        foreach (var reason in reasons)
            text.Append($"- {Ink.Clean(reason)}\n");
        return text.ToString();
    }

    private static void Head(StringBuilder text, FigureDeclaration figure)
    {
        text.Append(Ink.Clean(figure.Title.Length > 0 ? $"{figure.Name}: {figure.Title}" : figure.Name)).Append('\n');
        if (figure.Aliases.Count > 0)
            text.Append($"Also: {Ink.Clean(string.Join(", ", figure.Aliases))}\n");
    }

    private static string Pivot(TableGrid grid)
    {
        var rows = new List<string[]>();
        if (grid.Groups.Count > 0)
        {
            rows.Add([.. grid.Corner.Select(_ => ""),
                .. grid.Groups.SelectMany(group => Enumerable.Repeat("", group.Columns - 1).Prepend(group.Text))]);
        }
        rows.Add([.. grid.Corner, .. grid.Heads]);
        for (var i = 0; i < grid.Cells.Count; i++)
            rows.Add([.. grid.RowHeads[i],
                .. grid.Cells[i].Select(cell => cell.Mark is { } mark ? $"{cell.Text} [{mark}]" : cell.Text)]);
        return Aligned(rows, heads: grid.Groups.Count > 0 ? 2 : 1, names: grid.Corner.Count);
    }

    private static string Coverage(FigureData data)
    {
        var all = data.Points.Select(point => point.Dataset.Coverage).Distinct().Order(StringComparer.Ordinal).ToList();
        return all.Count == 0 ? "95%" : all[0] == all[^1] ? all[0] : $"{all[0]} to {all[^1]}";
    }

    // Writes one row per point, in the order of the figure: its place, its number, and, if it is known as well, the
    // authors' recorded number.
    private static string Points(FigureData data)
    {
        var figure = data.Figure;
        var table = figure.Kind.InCells;
        string[] names = [.. figure.Panels is { } panels ? [panels] : Array.Empty<string>(),
            .. table ? figure.X : figure.Series, .. table ? figure.Series : figure.X];
        var value = data.Units is [{ Length: > 0 } unit] ? $"{data.Quantity} ({unit})" : data.Quantity;
        var both = data.ComparesWithPaper;
        var intervals = data.Points.Any(p => p.Estimate is { Low: not null, High: not null });
        var counts = data.Points.Any(p => p.Dataset.Origin == Origin.Measured);
        string[] numbers = [both ? $"{value} here" : data.IsAllRecorded ? $"{value} recorded" : value,
            .. intervals ? [$"{Coverage(data)} interval"] : Array.Empty<string>(),
            .. counts ? ["samples"] : Array.Empty<string>(),
            .. both ? ["paper (recorded)", "here/paper"] : Array.Empty<string>()];
        var unlike = data.Units.Count > 1;
        var rows = new List<string[]> { (string[])[.. names, .. numbers,
            .. unlike ? ["unit"] : Array.Empty<string>()] };
        foreach (var (panel, first, second) in Places(data))
        {
            var (series, x) = table ? (second, first) : (first, second);
            var here = data.At(panel.Value, series.Value, x.Value);
            var paper = data.PaperAt(panel.Value, series.Value, x.Value);
            if ((here ?? paper) is not { } point)
                continue;
            var cells = new List<string>();
            if (figure.Panels is not null)
                cells.Add(panel.Label);
            cells.AddRange(Names(table ? figure.X : figure.Series, first, point));
            cells.AddRange(Names(table ? figure.Series : figure.X, second, point));
            cells.AddRange(Numbers(here, paper, intervals, counts, both));
            if (unlike)
                cells.Add(point.Unit);
            rows.Add([.. cells]);
        }
        return Aligned(rows, heads: 1, names.Length);
    }

    private static IEnumerable<string> Numbers(FigurePoint? here, FigurePoint? paper, bool intervals, bool counts,
        bool both)
    {
        yield return Number(here?.Estimate?.Value);
        if (intervals)
            yield return here?.Estimate is { Low: { } low, High: { } high }
                ? $"{Number(low)} to {Number(high)}" : TableCell.Empty;
        if (counts)
            yield return here is { Point.Samples.Count: > 0 and var count }
                ? count.ToString(CultureInfo.InvariantCulture) : TableCell.Empty;
        if (both)
        {
            yield return Number(paper?.Estimate?.Value);
            yield return Ratio(here, paper);
        }
    }

    // The ratio to the recorded number is written only for measured numbers; for a recorded number it would say nothing
    // about this machine.
    private static string Ratio(FigurePoint? here, FigurePoint? paper) =>
        here is { Dataset.Origin: Origin.Measured, Estimate.Value: var mine }
            && paper?.Estimate is { Value: not 0 and var theirs } ? NumberText.Of(mine / theirs) : TableCell.Empty;

    private static IEnumerable<(FigureLabel Panel, FigureLabel First, FigureLabel Second)> Places(FigureData data)
    {
        var table = data.Figure.Kind.InCells;
        // The text also contains places that were only recorded, even if the picture omits them.
        var panels = With(data.Panels, data.PaperPoints.Select(p => p.Panel));
        var series = With(data.Series, data.PaperPoints.Select(p => p.Series));
        var xs = With(data.Xs, data.PaperPoints.Select(p => p.X));
        return from panel in panels
               from first in table ? xs : series
               from second in table ? series : xs
               select (panel, first, second);
    }

    private static IEnumerable<FigureLabel> With(IReadOnlyList<FigureLabel> labels, IEnumerable<string> keys) =>
        labels.Concat(keys.Distinct().Except(labels.Select(label => label.Value))
            .Select(key => new FigureLabel(key, key.Replace('\u001f', ' '))));

    private static IEnumerable<string> Names(IReadOnlyList<string> columns, FigureLabel label, FigurePoint point) =>
        columns.Count == 1 ? [label.Label] : columns.Select(column => point.Point[column]);

    private static string Number(double? value) => value is { } number && double.IsFinite(number)
        ? NumberText.Of(number, digits: 5) : TableCell.Empty;

    // In the text table, names are left-aligned and numbers right-aligned, with two spaces between columns.
    private static string Aligned(List<string[]> rows, int heads, int names)
    {
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
                row[i] = Ink.Clean(row[i]);
        }
        var widths = Enumerable.Range(0, rows[0].Length).Select(i => rows.Max(row => Length(row[i]))).ToArray();
        var text = new StringBuilder();
        for (var r = 0; r < rows.Count; r++)
        {
            if (r == heads)
                text.Append(string.Join("  ", widths.Select(width => new string('-', width)))).Append('\n');
            var cells = rows[r].Select((cell, i) => i < names ? cell + Space(i, cell) : Space(i, cell) + cell);
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }
        return text.ToString();

        string Space(int column, string cell) => new(' ', widths[column] - Length(cell));
    }

    private static int Length(string text) => new StringInfo(text).LengthInTextElements;
}
