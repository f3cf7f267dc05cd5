using System.Text.RegularExpressions;

namespace Verus.Artifact.Common;

/// <summary>A file that was found by a path, folder or pattern.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Kind">The kind: a regular file, a link, or something that cannot be read as a file.</param>
/// <param name="Problem">Why the folder cannot be read; null if the folder can be read, or if the entry is not a
/// folder.</param>
public sealed record FoundFile(string Path, FileKind Kind, string? Problem = null);

/// <summary>
/// Finds files by path, folder or pattern: <c>*</c> and <c>?</c> match within a name, <c>**</c> matches across folders.
/// Links below a folder are found but never followed, and the time for matching a pattern grows at most linearly with
/// the number of files.
/// </summary>
public static class Globbing
{
    /// <summary>The paths of the files that <see cref="Find"/> returns.</summary>
    public static IReadOnlyList<string> Files(string path) => [.. Find(path).Select(file => file.Path)];

    /// <summary>
    /// Returns, sorted, the file at a path, everything below a folder except folders, or the matches of a pattern;
    /// empty when nothing is found. The result includes folders that cannot be read, and links to folders that a
    /// pattern would have to traverse.
    /// </summary>
    public static IReadOnlyList<FoundFile> Find(string path)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        if (Directory.Exists(path))
            return Below(path, null);
        if (KindOf(path) is { } kind)
            return [new FoundFile(path, kind)];
        var wild = path.AsSpan().IndexOfAny('*', '?');
        if (wild < 0 || Path.GetDirectoryName(path[..(wild + 1)]) is not { } root || !Directory.Exists(root))
            return [];
        return Below(root, new PathPattern(path[root.Length..].TrimStart(Path.DirectorySeparatorChar,
            Path.AltDirectorySeparatorChar)));
    }

    /// <summary>The kind of entry at a path, without following links; null when the path does not exist.</summary>
    public static FileKind? KindOf(string path) => FileFacts.Of(path, followLink: false) is { } facts ? facts.Kind
        : OperatingSystem.IsLinux() || !Path.Exists(path) ? null
        : new FileInfo(path).LinkTarget is not null
            ? FileKind.Link : Directory.Exists(path) ? FileKind.Folder : FileKind.Regular;

    private static List<FoundFile> Below(string root, PathPattern? pattern)
    {
        try
        {
            return
            [
                .. FolderTree.Below(root, pattern is null ? null : pattern.MayMatchBelow)
                    .Where(entry => entry.Problem is not null
                        || (entry.Kind != FileKind.Folder && (pattern is null || pattern.Matches(entry.Relative)
                        || (entry.Kind == FileKind.Link && pattern.MayMatchBelow(entry.Relative)
                            && Directory.Exists(Path.Combine(root, entry.Relative))))))
                    .Select(entry => new FoundFile(Path.Combine(root, entry.Relative), entry.Kind, entry.Problem))
                    .OrderBy(file => file.Path, StringComparer.Ordinal),
            ];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [new FoundFile(root, FileKind.Folder, "cannot be listed")];
        }
    }
}

/// <summary>A relative path with wildcards.</summary>
internal sealed class PathPattern
{
    private readonly Regex whole;
    private readonly int depth;

    /// <summary>Parses a pattern.</summary>
    public PathPattern(string pattern)
    {
        whole = new Regex($@"^{Expression(pattern)}\z",
            RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking);
        depth = pattern.Contains("**", StringComparison.Ordinal) ? int.MaxValue : pattern.Count(c => c == '/');
    }

    /// <summary>The regular expression of a pattern, which must match the whole path.</summary>
    public static string Expression(string pattern) =>
        Regex.Escape(pattern).Replace(@"\*\*/", "(?:.*/)?", StringComparison.Ordinal)
        .Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal)
        .Replace(@"\?", "[^/]", StringComparison.Ordinal);

    /// <summary>Whether the pattern matches a relative path with slashes.</summary>
    public bool Matches(string relative) => whole.IsMatch(relative);

    /// <summary>Whether the pattern can match something below a folder.</summary>
    public bool MayMatchBelow(string folder) => folder.Count(c => c == '/') < depth;
}
