using System.Text;
using Verus.Artifact.Data;

namespace Verus.Artifact.Figures;

/// <summary>A figure as rows and columns of text: what the text file, TeX and the picture of a table show.</summary>
internal sealed record TableGrid(IReadOnlyList<IReadOnlyList<string>> Header, IReadOnlyList<IReadOnlyList<string>> Rows, int TextColumns)
{
    /// <summary>A table in its own form: rows by columns, the paper's number in parentheses beside a measured one when the figure says so.</summary>
    public static TableGrid Matrix(FigureData data, FigureNotes notes)
    {
        var header = new List<IReadOnlyList<string>>();
        if (data.Series.Any(column => column.Group is not null))
            header.Add(["", .. data.Series.Select((column, i) => i > 0 && data.Series[i - 1].Group == column.Group ? "" : column.Group ?? "")]);
        header.Add([string.Join(" ", data.Figure.X), .. data.Series.Select(column => column.Label)]);
        return new TableGrid(header,
        [
            .. data.Xs.Select(row => (IReadOnlyList<string>)[row.Label, .. data.Series.Select(column => Cell(data, notes, data.At("", column.Value, row.Value), data.PaperAt("", column.Value, row.Value)))]),
        ], 1);
    }

    /// <summary>Every point of a figure a row, with its interval and number of samples, and the paper's number beside it.</summary>
    public static TableGrid Points(FigureData data)
    {
        var figure = data.Figure;
        var keys = new List<string>();
        if (figure.Panels is { } panels)
            keys.Add(panels);
        if (figure.Series.Count > 0)
            keys.Add(string.Join(" ", figure.Series));
        keys.Add(string.Join(" ", figure.X));
        var quantity = data.Points.Select(point => point.Dataset.Quantity).FirstOrDefault() ?? "value";
        var unit = data.Units is [var only] && only.Length > 0 ? $" ({only})" : "";
        IReadOnlyList<string> header = [.. keys, (data.IsAllRecorded ? "recorded " : "") + quantity + unit, "95% interval", "samples", .. data.ComparesWithPaper ? ["paper", "here/paper"] : Array.Empty<string>(), "note"];
        var rows = from panel in data.Panels
                   from series in data.Series
                   from x in data.Xs
                   let point = data.At(panel.Value, series.Value, x.Value)
                   let paper = data.PaperAt(panel.Value, series.Value, x.Value)
                   where point is not null || paper is not null
                   select (IReadOnlyList<string>)Row(data, panel, series, x, point, paper);
        return new TableGrid([header], [.. rows], keys.Count);
    }

    /// <summary>As aligned plain text.</summary>
    public string ToText()
    {
        var all = Header.Concat(Rows).ToList();
        var widths = Enumerable.Range(0, all.Max(row => row.Count)).Select(column => all.Max(row => column < row.Count ? row[column].Length : 0)).ToArray();
        var text = new StringBuilder();
        for (var i = 0; i < all.Count; i++)
        {
            var cells = all[i].Select((cell, column) => column < TextColumns || column == all[i].Count - 1 && Header[^1][^1] == "note" ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
            if (i == Header.Count - 1)
                text.Append(string.Join("  ", widths.Select(width => new string('-', width)))).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>As a tabular of LaTeX's package booktabs.</summary>
    public string ToTex(IReadOnlyList<string> comments)
    {
        var text = new StringBuilder();
        foreach (var comment in comments)
            text.Append("% ").Append(comment.ReplaceLineEndings(" ")).Append('\n');
        text.Append("\\begin{tabular}{").Append('l', TextColumns).Append('r', Header[^1].Count - TextColumns).Append("}\n\\toprule\n");
        foreach (var row in Header)
            text.AppendJoin(" & ", row.Select(Tex)).Append(" \\\\\n");
        text.Append("\\midrule\n");
        foreach (var row in Rows)
            text.AppendJoin(" & ", row.Select(Tex)).Append(" \\\\\n");
        return text.Append("\\bottomrule\n\\end{tabular}\n").ToString();
    }

    private static List<string> Row(FigureData data, FigureLabel panel, FigureLabel series, FigureLabel x, FigurePoint? point, FigurePoint? paper)
    {
        var estimate = point?.Estimate;
        var cells = new List<string>();
        if (data.Figure.Panels is not null)
            cells.Add(panel.Label);
        if (data.Figure.Series.Count > 0)
            cells.Add(series.Label);
        cells.Add(x.Label);
        cells.Add(estimate is null ? "" : NumberText.Of(estimate.Value, data.Figure.Format, 4));
        cells.Add(estimate is { Low: { } low, High: { } high } ? $"{NumberText.Of(low, data.Figure.Format, 4)} to {NumberText.Of(high, data.Figure.Format, 4)}" : "");
        cells.Add(point is { Dataset.Origin: Origin.Measured } ? $"{point.Point.Samples.Count}" : "");
        if (data.ComparesWithPaper)
        {
            cells.Add(paper?.Estimate is { } theirs ? NumberText.Of(theirs.Value, data.Figure.Format, 4) : "");
            cells.Add(paper?.Estimate is { Value: not 0 } number && estimate is not null ? NumberText.Of(estimate.Value / number.Value) : "");
        }
        cells.Add(point?.Point.Note ?? (point is null ? "not measured here" : ""));
        return cells;
    }

    private static string Cell(FigureData data, FigureNotes notes, FigurePoint? point, FigurePoint? paper)
    {
        var number = point?.Estimate is { } estimate ? NumberText.Of(estimate.Value, data.Figure.Format) : "n/a";
        var mark = notes.Mark(point) is { } letter ? $" {letter}" : "";
        var beside = data.HasOverlay && paper?.Estimate is { } theirs ? $" ({NumberText.Of(theirs.Value, data.Figure.Format)})" : "";
        return number + mark + beside;
    }

    private static string Tex(string text)
    {
        var safe = new StringBuilder();
        foreach (var c in text)
            safe.Append(c switch
            {
                '\\' => "\\textbackslash{}",
                '~' => "\\textasciitilde{}",
                '^' => "\\textasciicircum{}",
                '&' or '%' or '$' or '#' or '_' or '{' or '}' => $"\\{c}",
                _ when char.IsControl(c) => " ",
                _ => c.ToString(),
            });
        return safe.ToString();
    }
}
