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
        Copy(new DirectoryInfo(source), temporary, Path.TrimEndingDirectorySeparator(source), cancellation);
        Directory.Move(temporary, target);
    }

    private static void Copy(DirectoryInfo folder, string target, string root, CancellationToken cancellation)
    {
        Directory.CreateDirectory(target);
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            cancellation.ThrowIfCancellationRequested();
            var path = Path.Combine(target, entry.Name);
            if (entry.LinkTarget is { } link)
                File.CreateSymbolicLink(path, link);
            else if (entry is DirectoryInfo below)
                Copy(below, path, root, cancellation);
            else if (entry.Name == ".git" && Pointer(entry.FullName, root) is { } pointer)
                File.WriteAllText(path, pointer);
            else
                File.Copy(entry.FullName, path);
        }
    }

    // A worktree or submodule points to its repository, maybe by a relative path, which would lead elsewhere from the copy.
    private static string? Pointer(string file, string root)
    {
        var text = File.ReadAllText(file).Trim();
        if (!text.StartsWith(GitPointer, StringComparison.Ordinal))
            return null;
        var repository = Path.GetFullPath(text[GitPointer.Length..].Trim(), Path.GetDirectoryName(file)!);
        return repository.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? null : $"{GitPointer} {repository}\n";
    }
}
