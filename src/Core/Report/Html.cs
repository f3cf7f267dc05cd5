using System.Net;
using System.Text;

namespace Verus.Artifact.Report;

/// <summary>A cell of a table: text, or markup that this program produced.</summary>
/// <param name="Text">The text of the cell.</param>
/// <param name="Markup">Markup to use instead of the text, which is never taken from other sources.</param>
/// <param name="Css">The CSS class.</param>
internal readonly record struct HtmlCell(string Text, string? Markup = null, string? Css = null)
{
    public static implicit operator HtmlCell(string text) => new(text);
}

/// <summary>A column of a table.</summary>
/// <param name="Title">The heading of the column.</param>
/// <param name="Css">The CSS class of the column's cells: <c>num</c> for numbers, <c>long</c> for sentences.</param>
internal readonly record struct HtmlColumn(string Title, string? Css = null)
{
    public static implicit operator HtmlColumn(string title) => new(title);
}

/// <summary>Writes HTML, in which all text is cleaned and escaped.</summary>
internal sealed class Html(ReportText words)
{
    private const int LongWord = 24;
    private readonly StringBuilder text = new();

    /// <summary>The text cleaner.</summary>
    public ReportText Words => words;

    /// <summary>Writes markup unchanged.</summary>
    public Html Raw(string markup)
    {
        text.Append(markup);
        return this;
    }

    /// <summary>Writes text.</summary>
    public Html Text(string content) => Raw(Escape(content));

    /// <summary>
    /// Writes an element that contains text. <paramref name="name"/> may carry attributes that need no escaping.
    /// </summary>
    public Html Element(string name, string content, string? css = null) =>
        Raw(Open(name, css)).Text(content).Raw($"</{Bare(name)}>");

    /// <summary>Writes an element that contains other elements.</summary>
    public Html Inside(string name, Action<Html> content, string? css = null)
    {
        Raw(Open(name, css));
        content(this);
        return Raw($"</{Bare(name)}>\n");
    }

    /// <summary>Writes a list, or nothing when it is empty.</summary>
    public Html List(IReadOnlyCollection<string> items, string css) =>
        items.Count == 0 ? this : Inside("ul", list =>
        {
            foreach (var item in items)
                list.Element("li", item);
        }, css);

    /// <summary>
    /// Writes a table in a box of its own, which scrolls when the table is wide. The first cell of each row is the
    /// heading of the row. Columns without any content are left out.
    /// </summary>
    public Html Table(string caption, IEnumerable<HtmlColumn> columns, IEnumerable<IReadOnlyList<HtmlCell>> rows)
    {
        var body = rows.ToList();
        var all = columns.ToList();
        // A column in which every cell is empty says nothing and takes room.
        List<int> kept = [.. Enumerable.Range(0, all.Count).Where(i => i == 0 || body.Count == 0
            || body.Exists(cells => cells[i].Text.Length > 0 || cells[i].Markup is { Length: > 0 }))];
        body = [.. body.Select(cells => (IReadOnlyList<HtmlCell>)kept.ConvertAll(i => cells[i]))];
        return Table(caption, kept.ConvertAll(i => all[i]).Select((column, i) =>
            column.Css is null && body.Exists(cells => HasLongWord(cells[i].Text))
                ? column with { Css = "long" } : column).ToList(), body);
    }

    private Html Table(string caption, List<HtmlColumn> columns, List<IReadOnlyList<HtmlCell>> rows) =>
        Inside($"div role=\"group\" tabindex=\"0\" aria-label=\"{Escape(caption)}\"",
            box => box.Inside("table", table =>
        {
            table.Inside("caption", title => title.Element("span", caption));
            table.Inside("thead", head => head.Inside("tr", row =>
            {
                foreach (var column in columns)
                    row.Element("th scope=\"col\"", column.Title, column.Css);
            }));
            table.Inside("tbody", body =>
            {
                foreach (var cells in rows)
                    body.Inside("tr", row =>
                    {
                        for (var i = 0; i < columns.Count; i++)
                            Cell(row, i == 0 ? "th scope=\"row\"" : "td", cells[i], columns[i].Css);
                    });
            });
        }), "wide");

    /// <summary>A link to a file, by its path relative to the page; plain text when the path leads elsewhere.</summary>
    public string Link(string path, string label) => path.Length == 0 || path.StartsWith('/') ? Escape(label)
        : $"<a href=\"{Escape(string.Join('/', path.Split('/').Select(Uri.EscapeDataString)))}\">{Escape(label)}</a>";

    /// <summary>Escapes text so that it cannot be taken for markup.</summary>
    public string Escape(string content) => WebUtility.HtmlEncode(words.Clean(content));

    /// <inheritdoc/>
    public override string ToString() => text.ToString();

    private static void Cell(Html row, string name, HtmlCell cell, string? css)
    {
        row.Raw(Open(name, cell.Css ?? css));
        if (cell.Markup is null)
            row.Text(cell.Text);
        else
            row.Raw(cell.Markup);
        row.Raw($"</{Bare(name)}>");
    }

    // A long word in a table, which would push other columns off the paper, may be broken.
    private static bool HasLongWord(string text) => text.Length > LongWord
        && text.Split(' ').Any(word => word.Length > LongWord);

    private static string Open(string name, string? css) => $"<{name}{(css is null ? "" : $" class=\"{css}\"")}>";

    private static string Bare(string name) => name.Split(' ')[0];
}
