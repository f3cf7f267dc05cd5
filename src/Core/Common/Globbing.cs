using System.Text.RegularExpressions;

namespace Verus.Artifact.Common;

/// <summary>A file that a path, folder or pattern leads to.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Kind">What it is: regular, a link, or what is no file to read.</param>
/// <param name="Problem">Why it cannot be looked into, where it is a folder that cannot; null otherwise.</param>
public sealed record FoundFile(string Path, FileKind Kind, string? Problem = null);

/// <summary>
/// Files by path, folder or pattern: <c>*</c> and <c>?</c> within a name, <c>**</c> across folders. Links below are
/// found and never followed, and a pattern takes no more time than there are files.
/// </summary>
public static class Globbing
{
    /// <summary>Paths of what <see cref="Find"/> finds.</summary>
    public static IReadOnlyList<string> Files(string path) => [.. Find(path).Select(file => file.Path)];

    /// <summary>
    /// The file, everything below the folder but folders, or what the pattern matches, sorted; empty when there is
    /// nothing. A folder that cannot be looked into and a link to a folder, which a pattern would go through, are among
    /// them.
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

    /// <summary>What stands at a path, no link followed; null when there is nothing.</summary>
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

    /// <summary>Reads a pattern.</summary>
    public PathPattern(string pattern)
    {
        whole = new Regex($@"^{Expression(pattern)}\z",
            RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking);
        depth = pattern.Contains("**", StringComparison.Ordinal) ? int.MaxValue : pattern.Count(c => c == '/');
    }

    /// <summary>The regular expression of a pattern, which stands for all of a path.</summary>
    public static string Expression(string pattern) =>
        Regex.Escape(pattern).Replace(@"\*\*/", "(?:.*/)?", StringComparison.Ordinal)
        .Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal)
        .Replace(@"\?", "[^/]", StringComparison.Ordinal);

    /// <summary>Whether it matches a relative path with slashes.</summary>
    public bool Matches(string relative) => whole.IsMatch(relative);

    /// <summary>Whether it can match something in a folder.</summary>
    public bool MayMatchBelow(string folder) => folder.Count(c => c == '/') < depth;
}
