using System.Text.RegularExpressions;

namespace Verus.Artifact.Pins;

/// <summary>An instruction of a Dockerfile.</summary>
/// <param name="Line">The line on which the instruction begins, counted from 1.</param>
/// <param name="Name">The name in upper case, such as RUN.</param>
/// <param name="Arguments">The text after the name, with continued lines joined.</param>
public sealed record DockerfileInstruction(int Line, string Name, string Arguments);

/// <summary>
/// The parts of a Dockerfile that pins and messages need: its instructions, which builders number in their order, with
/// their lines. Executing the instructions of a Dockerfile is left to the builder.
/// </summary>
public sealed partial class Dockerfile
{
    private Dockerfile(IReadOnlyList<DockerfileInstruction> instructions) => Instructions = instructions;

    /// <summary>The instructions in order.</summary>
    public IReadOnlyList<DockerfileInstruction> Instructions { get; }

    /// <summary>Reads the text of a Dockerfile.</summary>
    public static Dockerfile Parse(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var escape = EscapeOf(lines);
        var instructions = new List<DockerfileInstruction>();
        var (begin, joined) = (0, "");
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            // In a Dockerfile, comments and empty lines may occur between the lines of one instruction.
            if (line.Length == 0 || line[0] == '#')
                continue;
            begin = joined.Length == 0 ? i + 1 : begin;
            var continues = line[^1] == escape;
            joined += continues ? line[..^1].TrimEnd() + " " : line;
            if (!continues)
                End();
        }
        End();
        return new Dockerfile(instructions);

        void End()
        {
            if (joined.Trim() is { Length: > 0 } whole)
            {
                var space = whole.IndexOfAny([' ', '\t']);
                var (name, rest) = space < 0 ? (whole, "") : (whole[..space], whole[space..].Trim());
                instructions.Add(new DockerfileInstruction(begin, name.ToUpperInvariant(), rest));
            }
            joined = "";
        }
    }

    /// <summary>
    /// The FROM instructions whose image may change: neither an earlier stage, nor scratch, nor pinned by a digest, nor
    /// the base that the pin names.
    /// </summary>
    /// <param name="hasBase">Whether the pin names a base, which the builder receives as the argument BASE.</param>
    public IEnumerable<(int Line, string Image)> Floating(bool hasBase)
    {
        var stages = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "scratch" };
        foreach (var from in Instructions.Where(instruction => instruction.Name == "FROM"))
        {
            var words = Flag().Replace(from.Arguments, "").Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            var image = words.FirstOrDefault() ?? "";
            if (!stages.Contains(image) && !Digest().IsMatch(image) && !(hasBase && image is "$BASE" or "${BASE}"))
                yield return (from.Line, image);
            if (words is [_, var word, var stage] && word.Equals("AS", StringComparison.OrdinalIgnoreCase))
                stages.Add(stage);
        }
    }

    // The directives of a Dockerfile precede everything else; the only directive that affects how lines are read is
    // escape.
    private static char EscapeOf(string[] lines) =>
        lines.TakeWhile(line => DirectiveForm().IsMatch(line)).Select(line => DirectiveForm().Match(line))
        .FirstOrDefault(match =>
            match.Groups[1].Value.Equals("escape", StringComparison.OrdinalIgnoreCase))?.Groups[2].Value is "`"
            ? '`' : '\\';

    [GeneratedRegex(@"^#\s*(\w+)\s*=\s*(\S+)\s*$")]
    private static partial Regex DirectiveForm();

    [GeneratedRegex(@"^(?:--\S+\s+)+")]
    private static partial Regex Flag();

    [GeneratedRegex("@sha256:[0-9a-f]{64}$")]
    private static partial Regex Digest();
}
