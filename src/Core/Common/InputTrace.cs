using System.Globalization;
using System.Text;

namespace Verus.Artifact.Common;

/// <summary>
/// What a call asked of the world outside its declarations, and the answers that it acted on: files, folders, patterns,
/// variables of the environment, machines, images. A later call asks the same questions again; where every answer is
/// the same, so is all that follows from them. The first answer counts: a file that changes while the call runs differs
/// for the next one. Safe for several threads.
/// </summary>
public sealed class InputTrace
{
    private readonly SortedDictionary<string, string> answers = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    /// <summary>A file by its stat tuple, or that it is not there. A folder counts by all files below it.</summary>
    public void File(string path) => Add("file", path, () => StampOf(path));

    /// <summary>A file that this call itself has written: what it is now counts, whatever was asked before.</summary>
    public void Wrote(string path)
    {
        lock (gate)
            answers[$"file\t{path}"] = StampOf(path);
    }

    /// <summary>Whether there is a file; both answers are part of the trace.</summary>
    public bool Exists(string path)
    {
        File(path);
        return System.IO.File.Exists(path);
    }

    /// <summary>The files that a pattern finds; a new one, or one that is gone, is another answer.</summary>
    public IReadOnlyList<string> Matches(string pattern)
    {
        var found = Globbing.Files(pattern);
        Add("glob", pattern, () => HashOf(found));
        foreach (var path in found)
            File(path);
        return found;
    }

    /// <summary>The value of a variable of the environment; null when it is not set.</summary>
    public string? Variable(string name)
    {
        Add("variable", name, () => ValueOf(name));
        return Environment.GetEnvironmentVariable(name);
    }

    /// <summary>An answer that only the one who asked knows how to get again, such as the machine of a place.</summary>
    public void Fact(string kind, string question, string answer) =>
        Add(kind, question, () => ContentHashes.OfText(answer)[..16]);

    /// <summary>
    /// The trace as lines: kind, answer and question between tabs. A question with a line break cannot be asked again
    /// and fails every check.
    /// </summary>
    public IReadOnlyList<string> Lines()
    {
        lock (gate)
            return [.. answers.Select(pair => Line(pair.Key, pair.Value))];
    }

    /// <summary>The line of a file that this call wrote, as it is now.</summary>
    public static string LineOfOutput(string path) => Line($"file\t{path}", StampOf(path));

    /// <summary>Whether a line of an earlier trace gets the same answer now.</summary>
    /// <param name="line">The line.</param>
    /// <param name="ask">Answers questions of other kinds than this class knows; null: cannot be answered.</param>
    public static bool StillHolds(string line, Func<string, string, string?> ask)
    {
        var parts = line.Split('\t', 3);
        if (parts is not [var kind, var answer, var question])
            return false;
        return answer == kind switch
        {
            "file" => StampOf(question),
            "glob" => HashOf(Globbing.Files(question)),
            "variable" => ValueOf(question),
            _ => ask(kind, question) is { } now ? ContentHashes.OfText(now)[..16] : null,
        };
    }

    private static string Line(string question, string answer)
    {
        var (kind, rest) = (question[..question.IndexOf('\t', StringComparison.Ordinal)],
            question[(question.IndexOf('\t', StringComparison.Ordinal) + 1)..]);
        return rest.AsSpan().IndexOfAny('\n', '\r') >= 0 ? "unanswerable" : $"{kind}\t{answer}\t{rest}";
    }

    private void Add(string kind, string question, Func<string> answer)
    {
        lock (gate)
            if (!answers.ContainsKey($"{kind}\t{question}"))
                answers[$"{kind}\t{question}"] = answer();
    }

    // Values may be secrets.
    private static string ValueOf(string name) =>
        Environment.GetEnvironmentVariable(name) is { } value ? ContentHashes.OfText(value)[..16] : "unset";

    private static string HashOf(IEnumerable<string> paths) => ContentHashes.OfText(string.Join('\n', paths))[..16];

    private static string StampOf(string path)
    {
        try
        {
            if (!Directory.Exists(path))
                return System.IO.File.Exists(path) ? Text(path) : "none";
            var all = new StringBuilder();
            foreach (var entry in Globbing.Files(path))
                all.Append(entry).Append(' ').Append(Text(entry)).Append('\n');
            return ContentHashes.OfText(all.ToString())[..16];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Whoever needs the file says what is wrong with it; here it is only different from one that can be read.
            return "unreadable";
        }
    }

    private static string Text(string path)
    {
        var stamp = FileStamp.Of(path);
        // Of a link, where it leads counts as well: a key has the target's path.
        var link = new FileInfo(path).LinkTarget is { } target ? "." + ContentHashes.OfText(target)[..8] : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{stamp.Size}.{stamp.Modified}.{stamp.Changed}.{stamp.Inode}{link}");
    }
}
