using Verus.Artifact.Common;

namespace Verus.Artifact.Evaluation.Reproduction;

/// <summary>
/// Texts for a POSIX shell in which some parts are expressions such as $work. All parts that are not expressions are
/// quoted, so that the shell takes them literally: no text of a declaration is ever run as part of the script.
/// </summary>
internal static class ShellText
{
    // Two marks surround expressions until the text is quoted. The marks around expressions are random, since a
    // declaration can contain any character. The opening mark of an expression begins with a slash, so that an
    // expression is treated as an absolute path, which most expressions are.
    private static readonly string Open = $"/\u0001{Guid.NewGuid():N}\u0001", Close = $"\u0002{Guid.NewGuid():N}\u0002";

    /// <summary>A part of a text that the shell expands, such as <c>$work</c>.</summary>
    public static string Expression(string expression) => Open + expression + Close;

    /// <summary>Whether a text begins with an expression for the shell.</summary>
    public static bool IsExpression(string text) => text.StartsWith(Open, StringComparison.Ordinal);

    /// <summary>Quotes one word for the shell.</summary>
    public static string Word(string text)
    {
        var word = string.Concat(
            Parts(text).Select(part => part.IsExpression ? $"\"{part.Text}\"" : CommandLine.Quote(part.Text)));
        return word.Length == 0 ? "''" : word;
    }

    /// <summary>Applies a change to the parts of a text that are not expressions.</summary>
    public static string Map(string text, Func<string, string> change) =>
        string.Concat(Parts(text).Select(part => part.IsExpression ? Expression(part.Text) : change(part.Text)));

    /// <summary>A text for people to read, not for the shell.</summary>
    public static string Shown(string text) => string.Concat(Parts(text).Select(part => part.Text));

    private static IEnumerable<(string Text, bool IsExpression)> Parts(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf(Open, at, StringComparison.Ordinal);
            if (open != at)
                yield return (open < 0 ? text[at..] : text[at..open], false);
            if (open < 0)
                break;
            var from = open + Open.Length;
            var close = text.IndexOf(Close, from, StringComparison.Ordinal);
            yield return (text[from..close], true);
            at = close + Close.Length;
        }
    }

    /// <summary>Quotes several words, separated by spaces.</summary>
    public static string Words(IEnumerable<string> texts) => string.Join(' ', texts.Select(Word));

    /// <summary>Makes a comment of one line from any text.</summary>
    public static string Comment(string text) => "# " + Plain(text).Trim();

    /// <summary>Returns a text without control characters, which a terminal would interpret.</summary>
    public static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
