using Verus.Artifact.Common;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// Which request wrote which results, so that a file which its request no longer makes goes: it would pass for a
/// present result. A file that another request made as well stays. Without the register nothing is removed.
/// </summary>
/// <param name="options">The call.</param>
internal sealed class OutputRegister(EvaluationOptions options)
{
    private readonly string file = Path.Combine(options.Layout.State, "outputs.tsv");

    /// <summary>Notes what the request wrote, and removes what it wrote before and did not write now.</summary>
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

    // The register can be edited by anyone who can write the folder: it only ever leads to files of results.
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
