using System.Text;

namespace Verus.Artifact.Common;

/// <summary>
/// Splits a command as written in a declaration into arguments. The rules are those of a POSIX shell's quoting and nothing else:
/// white space separates, '…' is literal, "…" allows \" and \\, a backslash outside quotes takes the next character as it is.
/// No shell ever sees the command: no expansion, no pipes.
/// </summary>
public static class CommandLine
{
    /// <summary>The arguments; null when a quote is not closed.</summary>
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

    /// <summary>Writes arguments so that a POSIX shell reads them back as they are; for people who copy a command.</summary>
    public static string Join(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));

    /// <summary>One argument, quoted where it must be.</summary>
    public static string Quote(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=:,+@%".Contains(c))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // Appends what stands between the quote at 'open' and its partner, whose index is returned; -1 when there is none.
    private static int Quoted(string command, int open, StringBuilder into)
    {
        for (var i = open + 1; i < command.Length; i++)
        {
            if (command[i] == command[open])
                return i;
            var escaped = command[open] == '"' && command[i] == '\\' && i + 1 < command.Length && command[i + 1] is ('"' or '\\');
            into.Append(escaped ? command[++i] : command[i]);
        }
        return -1;
    }
}
