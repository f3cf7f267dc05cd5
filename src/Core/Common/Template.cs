using System.Text;

namespace Verus.Artifact.Common;

/// <summary>
/// A text of a declaration with placeholders, parsed once. The grammar, in which a name is any text without a closing
/// brace:
/// <code>
/// template    = { literal | "{{" | "}}" | placeholder }
/// placeholder = "{" kind [ ":" name [ "/" rest ] ] "}"
/// kind        = text without ":" and "}"
/// name        = text without "}" and, where a rest follows, without "/"
/// </code>
/// <c>{{</c> and <c>}}</c> are literal braces, and so is a closing brace that closes nothing. Which placeholders a text
/// may contain, and what they mean, depends on where the text is used: see its <c>PlaceholderSet</c>. A placeholder for
/// a folder, such as <c>{source:NAME/rest}</c>, can lead to something below the folder.
/// <para>
/// Texts that contain braces for other reasons (regular expressions, and whatever names a pin) recognise only a few
/// placeholders (<see cref="ParseKnown"/>). In texts that recognise only a few placeholders, every other brace is
/// literal, and <c>{{n}}</c> is the text <c>{n}</c> if <c>{n}</c> is a known placeholder.
/// </para>
/// </summary>
public sealed class Template
{
    private readonly IReadOnlyList<TemplatePart> parts;

    private Template(string text, IReadOnlyList<TemplatePart> parts) => (Text, this.parts) = (text, parts);

    /// <summary>The text of the template as it was written.</summary>
    public string Text { get; }

    /// <summary>The template's placeholders in order, including repetitions.</summary>
    public IEnumerable<Placeholder> Placeholders => parts.Select(part => part.Placeholder).OfType<Placeholder>();

    /// <summary>Whether the template contains an opening brace that is not closed; such a brace is a literal.</summary>
    public bool IsOpen { get; private init; }

    /// <summary>The placeholder of which the whole text consists; null when the text contains anything else.</summary>
    public Placeholder? Only => parts is [{ Placeholder: { } only }] ? only : null;

    /// <summary>The placeholder at the very beginning of the text; null when there is none.</summary>
    public Placeholder? First => parts is [{ Placeholder: { } first }, ..] ? first : null;

    /// <summary>The literal text of a template without placeholders; null when it has a placeholder.</summary>
    public string? Constant => parts.All(part => part.Placeholder is null) ? Fill(_ => "") : null;

    /// <summary>Parses a text in which every brace belongs to a placeholder or is doubled.</summary>
    public static Template Parse(string text)
    {
        var parts = new Parts(text);
        var open = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '{' or '}' && i + 1 < text.Length && text[i + 1] == text[i])
                parts.Escape(i++, 2, text[i].ToString());
            else if (text[i] == '{' && text.IndexOf('}', i) is var close)
            {
                if (close < 0)
                {
                    open = true;
                    break;
                }
                parts.Add(i, close + 1, new Placeholder(text[(i + 1)..close]));
                i = close;
            }
        }
        return new Template(text, parts.End()) { IsOpen = open };
    }

    /// <summary>The names that placeholders of some kinds have in texts, each once.</summary>
    public static IEnumerable<string> NamesIn(IEnumerable<Template> texts, params string[] kinds) =>
        texts.SelectMany(text => text.Placeholders)
            .Where(one => kinds.Contains(one.Kind) && one.Name.Length > 0).Select(one => one.Name)
            .Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>Escapes a text so that a template contains it literally.</summary>
    public static string Escape(string text) =>
        text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);

    /// <summary>Parses several texts.</summary>
    public static IReadOnlyList<Template> All(IEnumerable<string> texts) => [.. texts.Select(Parse)];

    /// <summary>
    /// Parses a text in which only known placeholders have a meaning; every other brace is a literal.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="isKnown">Returns whether a placeholder is known.</param>
    public static Template ParseKnown(string text, Func<Placeholder, bool> isKnown)
    {
        var parts = new Parts(text);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '{')
                continue;
            var inner = i + 1 < text.Length && text[i + 1] == '{' ? i + 2 : i + 1;
            var doubled = inner == i + 2;
            var close = text.AsSpan(inner).IndexOfAny('{', '}') is var next and >= 0 && text[inner + next] == '}'
                ? inner + next : -1;
            var placeholder = close < 0 ? null : new Placeholder(text[inner..close]);
            if (placeholder is null || !isKnown(placeholder) || (doubled && !text.AsSpan(close).StartsWith("}}")))
            {
                i = inner - 1;
                continue;
            }
            if (doubled)
                parts.Escape(i, close + 2 - i, placeholder.ToString());
            else
                parts.Add(i, close + 1, placeholder);
            i = doubled ? close + 1 : close;
        }
        return new Template(text, parts.End());
    }

    /// <summary>The text of the template with each placeholder replaced.</summary>
    /// <param name="values">The values of the placeholders.</param>
    public string Fill(IPlaceholderValues values) => Fill(values.ValueOf);

    /// <summary>The text of the template with each placeholder replaced.</summary>
    /// <param name="valueOf">Returns the value of a placeholder.</param>
    public string Fill(Func<Placeholder, string> valueOf) =>
        parts is [{ Placeholder: null, Literal: var literal }] ? literal
        : string.Concat(parts.Select(part => part.Placeholder is { } one ? valueOf(one) : part.Literal));

    /// <summary>
    /// Replaces each placeholder and keeps the rest as written: the result is a template again, in which doubled braces
    /// stay doubled.
    /// </summary>
    /// <param name="valueOf">Returns the replacement of a placeholder.</param>
    public string Rewrite(Func<Placeholder, string> valueOf) =>
        string.Concat(parts.Select(part => part.Placeholder is { } one ? valueOf(one) : part.Written));

    /// <inheritdoc/>
    public override string ToString() => Text;

    private sealed record TemplatePart(string Written, string Literal, Placeholder? Placeholder);

    // Collects the parts of a template; the text between the added parts becomes literals.
    private sealed class Parts(string text)
    {
        private readonly List<TemplatePart> parts = [];
        private readonly StringBuilder literal = new();
        private int begin, copied;

        public void Escape(int at, int length, string value)
        {
            literal.Append(text, copied, at - copied).Append(value);
            copied = at + length;
        }

        public void Add(int at, int end, Placeholder placeholder)
        {
            EndLiteral(at);
            parts.Add(new TemplatePart(text[at..end], "", placeholder));
            begin = copied = end;
        }

        public List<TemplatePart> End()
        {
            EndLiteral(text.Length);
            return parts;
        }

        private void EndLiteral(int at)
        {
            literal.Append(text, copied, at - copied);
            if (at > begin)
                parts.Add(new TemplatePart(text[begin..at], literal.ToString(), null));
            literal.Clear();
        }
    }
}

/// <summary>A placeholder, such as <c>{project}</c>, <c>{tool:NAME}</c> or <c>{source:NAME/rest}</c>.</summary>
/// <param name="Text">The text between the braces.</param>
public sealed record Placeholder(string Text)
{
    /// <summary>The text of the placeholder before its first colon; the whole text when there is no colon.</summary>
    public string Kind { get; } = Text.Split(':', 2)[0];

    /// <summary>The text of the placeholder after its first colon; null when there is no colon.</summary>
    public string? Whole { get; } = Text.Split(':', 2) is [_, var whole] ? whole : null;

    /// <summary>The name in the placeholder: the text after the first colon, up to the first slash. If the placeholder
    /// has no colon, its name is empty.</summary>
    public string Name => Whole?.Split('/', 2)[0] ?? "";

    /// <summary>The text after the first slash that follows the colon; null when there is no such slash.</summary>
    public string? Rest => Whole?.Split('/', 2) is [_, var rest] ? rest : null;

    /// <summary>
    /// The path of the folder that <see cref="Name"/> stands for, or of the file or folder that <see cref="Rest"/>
    /// names below it.
    /// </summary>
    public string Below(string folder) => Rest is null ? folder : $"{folder}/{Rest}";

    /// <summary>The placeholder as written, with its braces.</summary>
    public override string ToString() => $"{{{Text}}}";
}

/// <summary>
/// A source of the values that replace placeholders, such as the values of a cell's axes, the folders of an attempt,
/// sources, tools, or the files of a figure.
/// </summary>
public interface IPlaceholderValues
{
    /// <summary>Returns the value of a placeholder.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The placeholder has no meaning in this text, or the thing that
    /// it names does not exist.</exception>
    string ValueOf(Placeholder placeholder);
}
