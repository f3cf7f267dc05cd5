namespace Verus.Artifact.Common;

/// <summary>Copies a checkout to build in, so that the checkout itself stays as it was pinned.</summary>
internal static class SourceCopy
{
    private const string GitPointer = "gitdir:";

    /// <summary>Copies a folder with its links and permissions. A folder with the name <paramref name="target"/> is complete.</summary>
    public static void Make(string source, string target, CancellationToken cancellation)
    {
        var temporary = target + ".incomplete";
        if (Directory.Exists(temporary))
            Directory.Delete(temporary, recursive: true);
        var root = Path.TrimEndingDirectorySeparator(source);
        TreeCopy.Make(source, temporary, (entry, isFolder) => isFolder ? "" : Pointer(entry, root) ?? "", cancellation);
        Directory.Move(temporary, target);
    }

    // A worktree or submodule points to its repository, maybe by a relative path, which would lead elsewhere from the copy.
    private static string? Pointer(string file, string root)
    {
        using var reader = new StreamReader(RegularFile.Open(file));
        var text = reader.ReadToEnd().Trim();
        if (!text.StartsWith(GitPointer, StringComparison.Ordinal))
            return null;
        var repository = Path.GetFullPath(text[GitPointer.Length..].Trim(), Path.GetDirectoryName(file)!);
        return repository.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? null : $"{GitPointer} {repository}\n";
    }
}
