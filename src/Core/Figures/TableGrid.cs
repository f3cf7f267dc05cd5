namespace Verus.Artifact.Figures;

/// <summary>A cell of a table with its text and the mark of its note.</summary>
internal sealed record TableCell(string Text, string? Mark = null)
{
    /// <summary>The text that a cell without a number shows.</summary>
    public const string Empty = "–";
}

/// <summary>A figure of kind Table as heads and cells; picture, text and TeX all use the same grid.</summary>
internal sealed class TableGrid
{
    private TableGrid(IReadOnlyList<string> corner, IReadOnlyList<(string Text, int Columns)> groups,
        IReadOnlyList<string> heads,
        IReadOnlyList<IReadOnlyList<string>> rowHeads, IReadOnlyList<IReadOnlyList<TableCell>> cells) =>
        (Corner, Groups, Heads, RowHeads, Cells) = (corner, groups, heads, rowHeads, cells);

    /// <summary>The heads of the columns that name the rows.</summary>
    public IReadOnlyList<string> Corner { get; }

    /// <summary>
    /// The heads over several columns, from left to right, with the number of columns of each; empty when there are
    /// none.
    /// </summary>
    public IReadOnlyList<(string Text, int Columns)> Groups { get; }

    /// <summary>The heads of the columns of numbers.</summary>
    public IReadOnlyList<string> Heads { get; }

    /// <summary>The names of each row; a name that repeats the name above it is empty.</summary>
    public IReadOnlyList<IReadOnlyList<string>> RowHeads { get; }

    /// <summary>The cells of each row.</summary>
    public IReadOnlyList<IReadOnlyList<TableCell>> Cells { get; }

    /// <summary>Makes the grid.</summary>
    public static TableGrid Of(FigureData data, FigureNotes notes)
    {
        var figure = data.Figure;
        var cells = data.Xs.Select(row =>
            (IReadOnlyList<TableCell>)[.. data.Series.Select(column => Cell(data, notes, column.Value, row.Value))])
            .ToList();
        var corner = figure.RowHeads;
        return new TableGrid([.. figure.X.Select((column, index) => index < corner.Count ? corner[index] : column)],
            GroupsOf(data), [.. data.Series.Select(column => Head(data, column))], RowHeadsOf(data), cells);
    }

    /// <summary>Returns the grid reduced to a maximum number of rows and columns of numbers.</summary>
    public TableGrid Beginning(int rows, int columns)
    {
        if (Cells.Count <= rows && Heads.Count <= columns)
            return this;
        var groups = new List<(string Text, int Columns)>();
        foreach (var (text, count) in Groups)
            if (Math.Min(count, columns - groups.Sum(group => group.Columns)) is > 0 and var some)
                groups.Add((text, some));
        return new TableGrid(Corner, groups, [.. Heads.Take(columns)], [.. RowHeads.Take(rows)],
            [.. Cells.Take(rows).Select(row => (IReadOnlyList<TableCell>)[.. row.Take(columns)])]);
    }

    private static TableCell Cell(FigureData data, FigureNotes notes, string column, string row)
    {
        var point = data.At("", column, row);
        var text = point?.Estimate is { } estimate
            ? NumberText.Of(estimate.Value, data.Figure.Format, data.Figure.Digits) : TableCell.Empty;
        if (data.HasOverlay && data.PaperAt("", column, row)?.Estimate is { } paper)
            text += $" ({NumberText.Of(paper.Value, data.Figure.Format, data.Figure.Digits)})";
        return new TableCell(text, notes.Mark(point));
    }

    // If the columns of a table have different units, each head includes the unit of its column, unless the declared
    // label already does.
    private static string Head(FigureData data, FigureLabel column)
    {
        var units = data.Points.Where(p => p.Series == column.Value && p.Estimate is not null).Select(p => p.Unit)
            .Distinct().ToList();
        var says = $"{column.Group} {column.Label}".Contains('(', StringComparison.Ordinal)
            || data.Figure.SeriesOrder.Any(entry => entry.Label == column.Label);
        return data.Units.Count > 1 && units is [{ Length: > 0 } unit] && !says
            ? $"{column.Label} ({unit})" : column.Label;
    }

    private static List<(string, int)> GroupsOf(FigureData data)
    {
        var groups = new List<(string Text, int Columns)>();
        if (data.Series.All(column => string.IsNullOrEmpty(column.Group)))
            return groups;
        foreach (var column in data.Series)
        {
            var text = column.Group ?? "";
            if (groups.Count > 0 && text.Length > 0 && groups[^1].Text == text)
                groups[^1] = (text, groups[^1].Columns + 1);
            else
                groups.Add((text, 1));
        }
        return groups;
    }

    // If one column names the rows of a table, each row has its declared label; if several columns do, a row has the
    // value of each of them.
    private static List<IReadOnlyList<string>> RowHeadsOf(FigureData data)
    {
        var columns = data.Figure.X;
        if (columns.Count == 1)
            return [.. data.Xs.Select(row => (IReadOnlyList<string>)[row.Label])];
        var heads = new List<IReadOnlyList<string>>();
        string[]? above = null;
        var points = data.Points.Concat(data.PaperPoints).DistinctBy(p => p.X).ToDictionary(p => p.X, p => p.Point,
            StringComparer.Ordinal);
        foreach (var row in data.Xs)
        {
            var point = points[row.Value];
            string[] names = [.. columns.Select(column => point[column])];
            var repeated = above is null ? 0 : names.Zip(above).TakeWhile(pair => pair.First == pair.Second).Count();
            heads.Add([.. names.Select((name, index) => index < repeated && index < columns.Count - 1 ? "" : name)]);
            above = names;
        }
        return heads;
    }
}
