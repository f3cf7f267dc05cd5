using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Report;

/// <summary>Writes HTML; everything that is text is escaped.</summary>
internal sealed partial class Html
{
    private readonly StringBuilder text = new();

    /// <summary>Markup as it is.</summary>
    public Html Raw(string markup)
    {
        text.Append(markup);
        return this;
    }

    /// <summary>An element with text in it.</summary>
    public Html Element(string name, string content, string? css = null) =>
        Raw($"<{name}{(css is null ? "" : $" class=\"{css}\"")}>{Escape(content)}</{Bare(name)}>");

    /// <summary>An element with more in it.</summary>
    public Html Inside(string name, Action<Html> content, string? css = null)
    {
        Raw($"<{name}{(css is null ? "" : $" class=\"{css}\"")}>");
        content(this);
        return Raw($"</{Bare(name)}>\n");
    }

    /// <summary>A list; nothing when it is empty.</summary>
    public Html List(IReadOnlyCollection<string> items, string css) =>
        items.Count == 0 ? this : Inside("ul", list =>
        {
            foreach (var item in items)
                list.Element("li", item);
        }, css);

    /// <summary>A table in a box of its own, which scrolls when it is wide.</summary>
    public Html Table(string caption, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows, Func<int, string?>? css = null) =>
        Inside("div tabindex=\"0\"", box => box.Inside("table", table =>
        {
            table.Element("caption", caption);
            table.Inside("thead", head => head.Inside("tr", row =>
            {
                foreach (var (cell, column) in header.Select((cell, column) => (cell, column)))
                    row.Element("th scope=\"col\"", cell, css?.Invoke(column));
            }));
            table.Inside("tbody", body =>
            {
                foreach (var cells in rows)
                    body.Inside("tr", row =>
                    {
                        for (var column = 0; column < cells.Count; column++)
                            row.Raw(column == 0 ? $"<th scope=\"row\">{Escape(cells[column])}</th>" : $"<td class=\"{css?.Invoke(column)}\">{Cell(cells[column])}</td>");
                    });
            });
        }), "wide");

    /// <summary>Text that cannot be taken for markup.</summary>
    public static string Escape(string content) => WebUtility.HtmlEncode(Clean().Replace(content, "\ufffd"));

    /// <summary>A number for tables: four significant digits.</summary>
    public static string Number(double? value) => value is not { } number || !double.IsFinite(number) ? ""
        : number != 0 && Math.Abs(number) is >= 1e7 or < 1e-3 ? number.ToString("0.###e+0", CultureInfo.InvariantCulture)
        : number.ToString(Math.Abs(number) >= 1000 ? "0" : Math.Abs(number) >= 100 ? "0.#" : Math.Abs(number) >= 10 ? "0.##" : "0.####", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() => text.ToString();

    // A strip plot is markup that we made; all else in a cell is text.
    private static string Cell(string content) => content.StartsWith("<svg class=\"strip\"", StringComparison.Ordinal) ? content : Escape(content);

    private static string Bare(string name) => name.Split(' ')[0];

    [GeneratedRegex(@"[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]")]
    private static partial Regex Clean();
}
