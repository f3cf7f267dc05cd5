using System.Text;
using Verus.Artifact.Data;

namespace Verus.Artifact.Figures;

/// <summary>A table as a LaTeX tabular with the rules of the booktabs package.</summary>
internal static class TeXTable
{
    private static readonly Dictionary<char, string> Escapes = new()
    {
        ['\\'] = @"\textbackslash{}",
        ['{'] = @"\{",
        ['}'] = @"\}",
        ['$'] = @"\$",
        ['&'] = @"\&",
        ['#'] = @"\#",
        ['%'] = @"\%",
        ['_'] = @"\_",
        ['^'] = @"\textasciicircum{}",
        ['~'] = @"\textasciitilde{}",
        ['<'] = @"\textless{}",
        ['>'] = @"\textgreater{}",
        ['|'] = @"\textbar{}",
        ['–'] = "--",
        ['"'] = "{''}",
    };

    /// <summary>Returns the table as LaTeX; recorded numbers are marked in the table itself, not only in a
    /// comment.</summary>
    public static string Of(FigureData data, TableGrid grid, FigureNotes notes)
    {
        var text = new StringBuilder();
        text.Append($"% {OneLine(data.Figure.Name)}: {OneLine(data.Figure.Title)}\n");
        if (data.IsSmoke)
            text.Append($"% {FigureNotes.Smoke}.\n");
        if (data.Origin == Origin.Recorded)
        {
            const string inPart = "In part recorded by the authors, not measured here";
            text.Append($"% {(data.IsAllRecorded ? FigureNotes.Recorded : inPart)}.\n");
        }
        text.Append("% Needs \\usepackage{booktabs}.\n");
        text.Append($@"\begin{{tabular}}{{{new string('l', grid.Corner.Count)}{new string('r', grid.Heads.Count)}}}"
            + "\n\\toprule\n");
        if (grid.Groups.Count > 0)
        {
            var heads = grid.Groups.Select(group => group.Text.Length == 0 && group.Columns == 1
                ? "" : $@"\multicolumn{{{group.Columns}}}{{c}}{{{Escape(group.Text)}}}");
            text.Append(string.Concat(Enumerable.Repeat("& ", grid.Corner.Count)) + string.Join(" & ", heads)
                + " \\\\\n");
            var column = grid.Corner.Count + 1;
            foreach (var (group, count) in grid.Groups)
            {
                if (group.Length > 0)
                    text.Append($@"\cmidrule(lr){{{column}-{column + count - 1}}}");
                column += count;
            }
            text.Append('\n');
        }
        text.Append(string.Join(" & ", grid.Corner.Concat(grid.Heads).Select(Escape)) + " \\\\\n\\midrule\n");
        for (var row = 0; row < grid.Cells.Count; row++)
        {
            var cells = grid.Cells[row]
                .Select(cell => Escape(cell.Text) + (cell.Mark is { } mark ? $@"\textsuperscript{{{mark}}}" : ""));
            text.Append(string.Join(" & ", grid.RowHeads[row].Select(Escape).Concat(cells)) + " \\\\\n");
        }
        text.Append("\\bottomrule\n");
        text.Append("\\end{tabular}\n");
        // Notes of a LaTeX table are placed below it, where lines are as long as those of the surrounding text.
        foreach (var note in notes.All)
            text.Append($@"\par{{\footnotesize {Escape(note)}\par}}" + "\n");
        return text.ToString();
    }

    /// <summary>Returns a text in which LaTeX reads every character as itself.</summary>
    public static string Escape(string text) =>
        string.Concat(Ink.Clean(text).Select(c => Escapes.TryGetValue(c, out var escape) ? escape : c.ToString()));

    private static string OneLine(string text) => Ink.Clean(text);
}
