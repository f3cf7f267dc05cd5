using System.Text;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Report;

/// <summary>Writes Markdown, in which all text is cleaned and escaped.</summary>
internal sealed partial class Markdown(ReportText words)
{
    private readonly StringBuilder text = new();

    public Markdown Heading(int level, string content) => Block(new string('#', level) + " " + Escape(content));

    public Markdown Paragraph(string content) => Block(Escape(content));

    public Markdown Quote(string content) => Block("> **" + Escape(content) + "**");

    public Markdown List(IReadOnlyCollection<string> items) => items.Count == 0
        ? this : Block(string.Join('\n', items.Select(item => "- " + Escape(item))));

    /// <summary>Writes a table in Markdown, or nothing when the table has no rows.</summary>
    public Markdown Table(IReadOnlyList<string> columns, IReadOnlyCollection<IReadOnlyList<string>> rows) =>
        rows.Count == 0 ? this
        : Block(string.Join('\n', rows.Prepend(columns).Select(Row).ToList() is var lines
            ? [lines[0], Rule(columns.Count), .. lines.Skip(1)] : []));

    public override string ToString() => text.ToString();

    private string Row(IReadOnlyList<string> cells) => $"| {string.Join(" | ", cells.Select(Escape))} |";

    private static string Rule(int columns) => string.Concat(Enumerable.Repeat("| --- ", columns)) + "|";

    private Markdown Block(string block)
    {
        text.Append(text.Length > 0 ? "\n" : "").Append(block).Append('\n');
        return this;
    }

    private string Escape(string content) => Special().Replace(words.Line(content), @"\$0").Replace("&", "&amp;",
        StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    // Underscores within words are not escaped: they have no meaning in Markdown, and names often contain them. A
    // character that begins a list or a heading is escaped only at the start of a text.
    [GeneratedRegex(@"[\\`*\[\]|~]|(?<!\w)_|_(?!\w)|^[#>+-]|(?<=^\d{1,9})[.)](?=\s|$)")]
    private static partial Regex Special();
}
