using Verus.Artifact.Common;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// Records which request wrote which results, so that a file is removed once its request no longer produces it;
/// otherwise the file would be mistaken for a current result. A file that another request also produced is kept.
/// Without the register no file is removed.
/// </summary>
/// <param name="options">The call.</param>
internal sealed class OutputRegister(EvaluationOptions options)
{
    private readonly string file = Path.Combine(options.Layout.State, "outputs.tsv");

    /// <summary>Records the files that the request wrote, and removes those that it wrote in an earlier call but not in
    /// the present one.</summary>
    public void Replace(IReadOnlyList<string> written)
    {
        var all = Read();
        var now = written.Select(path => Path.GetRelativePath(options.Layout.Root, path))
            .ToHashSet(StringComparer.Ordinal);
        var others = all.Where(line => line.Request != options.RequestName).ToList();
        var kept = others.Select(line => line.Path).Concat(now).ToHashSet(StringComparer.Ordinal);
        foreach (var (_, path) in all.Where(line => line.Request == options.RequestName && !kept.Contains(line.Path)
            && IsResult(line.Path)))
            AtomicFile.Remove(Path.Combine(options.Layout.Root, path));
        AtomicFile.Write(file, string.Concat(
            others.Concat(now.Order(StringComparer.Ordinal).Select(path => (Request: options.RequestName, Path: path)))
            .Where(line => line.Path.AsSpan().IndexOfAny('\n', '\t') < 0)
            .Select(line => $"{line.Request}\t{line.Path}\n")));
    }

    // Anyone who can write to the folder can edit the register, so a file is removed only if it is a result.
    private bool IsResult(string path)
    {
        var full = Path.GetFullPath(path, options.Layout.Root);
        return new[] { options.Layout.Data, options.Layout.Figures, options.Layout.Claims, options.Layout.Report }
            .Any(folder => full.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal));
    }

    private List<(string Request, string Path)> Read()
    {
        try
        {
            return !File.Exists(file) ? []
                : [.. File.ReadAllLines(file).Select(line => line.Split('\t')).Where(fields => fields.Length == 2)
                    .Select(fields => (fields[0], fields[1]))];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
