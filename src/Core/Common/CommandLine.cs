using System.Text;

namespace Verus.Artifact.Common;

/// <summary>
/// Splits a command as written in a declaration into arguments. Only the quoting rules of a POSIX shell apply: white
/// space separates arguments, '…' is literal, "…" allows \" and \\, and a backslash outside quotes takes the next
/// character literally. No shell ever sees a declared command, so there is no expansion and there are no pipes.
/// </summary>
public static class CommandLine
{
    /// <summary>Splits a command into arguments; null when a quote is not closed.</summary>
    public static IReadOnlyList<string>? Split(string command)
    {
        var arguments = new List<string>();
        StringBuilder? current = null;
        for (var i = 0; i < command.Length; i++)
        {
            var c = command[i];
            if (char.IsWhiteSpace(c))
            {
                if (current is not null)
                    arguments.Add(current.ToString());
                current = null;
                continue;
            }
            current ??= new StringBuilder();
            if (c is '\'' or '"')
            {
                if ((i = Quoted(command, i, current)) < 0)
                    return null;
            }
            else
                current.Append(c == '\\' && i + 1 < command.Length ? command[++i] : c);
        }
        if (current is not null)
            arguments.Add(current.ToString());
        return arguments;
    }

    /// <summary>
    /// The unquoted characters of a command that a shell would interpret but that this SDK passes on literally: <c>|
    /// &gt; &lt; &amp; ; ` * ? $NAME ~</c>, in order of appearance, each once.
    /// </summary>
    public static IReadOnlyList<string> ShellSigns(string command)
    {
        var signs = new List<string>();
        for (var i = 0; i < command.Length; i++)
        {
            var c = command[i];
            if (c is '\'' or '"')
            {
                if ((i = Quoted(command, i, new StringBuilder())) < 0)
                    break;
            }
            else if (c == '\\')
                i++;
            else if (SignAt(command, i) is { } sign)
            {
                signs.Add(sign);
                i += sign.Length - 1;
            }
        }
        return [.. signs.Distinct()];
    }

    private static string? SignAt(string command, int at)
    {
        var next = at + 1 < command.Length ? command[at + 1] : ' ';
        switch (command[at])
        {
            case '|' or '&' or '>' or '<' when next == command[at]:
                return command.Substring(at, 2);
            case '|' or '&' or '>' or '<' or ';' or '`' or '*' or '?':
                return command[at].ToString();
            case '~' when (at == 0 || char.IsWhiteSpace(command[at - 1]))
                && (next == '/' || char.IsWhiteSpace(next) || char.IsAsciiLetter(next)):
                return "~";
            case '$' when next is '{' or '(' or '_' or '@' or '#' or '?' || char.IsAsciiLetterOrDigit(next):
                var end = at + 2;
                while (end < command.Length && (char.IsAsciiLetterOrDigit(command[end]) || command[end] == '_'))
                    end++;
                return command[at..end];
            default:
                return null;
        }
    }

    /// <summary>
    /// Joins arguments into a command line that a POSIX shell splits into the same arguments, so that people can copy
    /// the line into a shell.
    /// </summary>
    public static string Join(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));

    /// <summary>Quotes an argument of a command if it needs quoting.</summary>
    public static string Quote(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=:,+@%".Contains(c))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // Appends the text between the quote at 'open' and the closing quote, and returns the index of the closing quote;
    // -1 when there is none.
    private static int Quoted(string command, int open, StringBuilder into)
    {
        for (var i = open + 1; i < command.Length; i++)
        {
            if (command[i] == command[open])
                return i;
            var escaped = command[open] == '"' && command[i] == '\\' && i + 1 < command.Length
                && command[i + 1] is ('"' or '\\');
            into.Append(escaped ? command[++i] : command[i]);
        }
        return -1;
    }
}
