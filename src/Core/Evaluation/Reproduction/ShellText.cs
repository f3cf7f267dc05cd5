using System.Text;
using Verus.Artifact.Common;

namespace Verus.Artifact.Evaluation.Reproduction;

/// <summary>
/// Texts for a POSIX shell in which some parts are expressions such as $work. Everything else is quoted, so that a
/// shell reads it as it is written: no text of a declaration is ever run as a part of the script.
/// </summary>
internal static class ShellText
{
    // Stand around expressions until the text is quoted. A declaration can hold any character, so that they are such as
    // nobody can know.
    private static readonly string Open = $"\u0001{Guid.NewGuid():N}\u0001", Close = $"\u0002{Guid.NewGuid():N}\u0002";

    /// <summary>A part of a text that the shell expands, such as <c>$work</c>.</summary>
    public static string Expression(string expression) => Open + expression + Close;

    /// <summary>Whether a text begins with an expression.</summary>
    public static bool IsExpression(string text) => text.StartsWith(Open, StringComparison.Ordinal);

    /// <summary>One word for the shell.</summary>
    public static string Word(string text)
    {
        var word = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf(Open, at, StringComparison.Ordinal);
            var literal = open < 0 ? text[at..] : text[at..open];
            if (literal.Length > 0)
                word.Append(CommandLine.Quote(literal));
            if (open < 0)
                break;
            var from = open + Open.Length;
            var close = text.IndexOf(Close, from, StringComparison.Ordinal);
            word.Append('"').Append(text, from, close - from).Append('"');
            at = close + Close.Length;
        }
        return word.Length == 0 ? "''" : word.ToString();
    }

    /// <summary>Several words, separated by spaces.</summary>
    public static string Words(IEnumerable<string> texts) => string.Join(' ', texts.Select(Word));

    /// <summary>A comment of one line, whatever the text.</summary>
    public static string Comment(string text) => "# " + Plain(text).Trim();

    /// <summary>A text without control characters, which a terminal would obey.</summary>
    public static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
