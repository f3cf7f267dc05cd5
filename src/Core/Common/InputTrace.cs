using System.Globalization;
using System.Text;

namespace Verus.Artifact.Common;

/// <summary>
/// Records what a call asked of its environment outside its declarations, and the answers that it acted on: files,
/// folders, patterns, environment variables, machines, images. A later call asks the same questions again; if every
/// answer is the same, the results are still valid. The first answer to a question is recorded, so that a file that
/// changes while the call runs is changed for the next call. This class is thread-safe.
/// </summary>
public sealed class InputTrace
{
    private readonly SortedDictionary<string, string> answers = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    /// <summary>Records a file by its stat tuple, or its absence. A folder is recorded by all files below it.</summary>
    public void File(string path) => Add("file", path, () => StampOf(path));

    /// <summary>
    /// Records a file that the call itself has written, in its current state, regardless of earlier questions about the
    /// file.
    /// </summary>
    public void Wrote(string path)
    {
        lock (gate)
            answers[$"file\t{path}"] = StampOf(path);
    }

    /// <summary>Whether a file exists; the answer becomes part of the trace.</summary>
    public bool Exists(string path)
    {
        File(path);
        return System.IO.File.Exists(path);
    }

    /// <summary>The files that a pattern finds; the answer changes when a file appears or disappears.</summary>
    public IReadOnlyList<string> Matches(string pattern)
    {
        var found = Globbing.Files(pattern);
        Add("glob", pattern, () => HashOf(found));
        foreach (var path in found)
            File(path);
        return found;
    }

    /// <summary>The value of an environment variable; null when the variable is not set.</summary>
    public string? Variable(string name)
    {
        Add("variable", name, () => ValueOf(name));
        return Environment.GetEnvironmentVariable(name);
    }

    /// <summary>
    /// Records an answer that only the caller knows how to obtain again, such as the machine of a place.
    /// </summary>
    public void Fact(string kind, string question, string answer) =>
        Add(kind, question, () => ContentHashes.OfText(answer)[..16]);

    /// <summary>
    /// The trace as lines: kind, answer and question separated by tabs. A question with a line break cannot be asked
    /// again, so it fails every check.
    /// </summary>
    public IReadOnlyList<string> Lines()
    {
        lock (gate)
            return [.. answers.Select(pair => Line(pair.Key, pair.Value))];
    }

    /// <summary>The line of the trace for a file that the call wrote, in its current state.</summary>
    public static string LineOfOutput(string path) => Line($"file\t{path}", StampOf(path));

    /// <summary>Whether a line of an earlier trace still gets the same answer.</summary>
    /// <param name="line">The line.</param>
    /// <param name="ask">Answers questions of kinds that this class does not know; returns null for a question that
    /// cannot be answered.</param>
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

    // Values of environment variables may be secrets, so only their hashes are recorded.
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
            // For a file that cannot be read, the trace only needs an answer that differs from that of a readable file;
            // code that needs the file will report what is wrong with it.
            return "unreadable";
        }
    }

    private static string Text(string path)
    {
        var stamp = FileStamp.Of(path);
        // The recorded state of a link includes its target path, since that path is part of a key.
        var link = new FileInfo(path).LinkTarget is { } target ? "." + ContentHashes.OfText(target)[..8] : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{stamp.Size}.{stamp.Modified}.{stamp.Changed}.{stamp.Inode}{link}");
    }
}
