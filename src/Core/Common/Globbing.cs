using System.Text.RegularExpressions;

namespace Verus.Artifact.Common;

/// <summary>Files by path, folder or pattern: <c>*</c> and <c>?</c> within a name, <c>**</c> across folders.</summary>
public static class Globbing
{
    /// <summary>The file, all files below the folder, or all files that the pattern matches, sorted; empty when there is none.</summary>
    public static IReadOnlyList<string> Files(string path)
    {
        if (File.Exists(path))
            return [path];
        if (Directory.Exists(path))
            return Below(path);
        var wild = path.AsSpan().IndexOfAny('*', '?');
        if (wild < 0 || Path.GetDirectoryName(path[..(wild + 1)]) is not { } root || !Directory.Exists(root))
            return [];
        var pattern = new Regex("^" + Regex.Escape(path).Replace(@"\*\*/", "(?:.*/)?", StringComparison.Ordinal)
            .Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal)
            .Replace(@"\?", "[^/]", StringComparison.Ordinal) + "$", RegexOptions.CultureInvariant);
        return [.. Below(root).Where(file => pattern.IsMatch(file.Replace('\\', '/')))];
    }

    private static List<string> Below(string root) =>
        [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
