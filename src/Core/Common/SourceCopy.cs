namespace Verus.Artifact.Common;

/// <summary>Copies a checkout to build in, so that the checkout itself stays exactly as pinned.</summary>
internal static class SourceCopy
{
    private const string GitPointer = "gitdir:";

    /// <summary>
    /// Copies a folder with its links and permissions. The copy gets its final name only when it is complete.
    /// </summary>
    public static void Make(string source, string target, CancellationToken cancellation)
    {
        var temporary = target + ".incomplete";
        FolderRemoval.Remove(temporary);
        var root = Path.TrimEndingDirectorySeparator(source);
        TreeCopy.Make(source, temporary, (entry, isFolder) => isFolder ? "" : Pointer(entry, root) ?? "", cancellation);
        Lend(source, temporary);
        Directory.Move(temporary, target);
    }

    // A checkout, or one of its submodules, may borrow git objects through a relative path. Links in the copy are not
    // followed when alternates are searched, because they lead out of the copy.
    private static void Lend(string source, string copy)
    {
        var owned = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
            IgnoreInaccessible = true
        };
        foreach (var own in Directory.EnumerateDirectories(copy, ".git", owned).ToList())
            if (Path.Combine(own, "objects/info/alternates") is var borrowed && File.Exists(borrowed))
                File.WriteAllLines(borrowed,
                    File.ReadAllLines(borrowed)
                        .Select(store => Path.GetFullPath(store,
                            Path.Combine(source, Path.GetRelativePath(copy, own), "objects"))));
    }

    // A worktree or submodule points to its repository, possibly by a relative path, which would lead to another place
    // from the copy.
    private static string? Pointer(string file, string root)
    {
        using var reader = new StreamReader(RegularFile.Open(file));
        var text = reader.ReadToEnd().Trim();
        if (!text.StartsWith(GitPointer, StringComparison.Ordinal))
            return null;
        var repository = Path.GetFullPath(text[GitPointer.Length..].Trim(), Path.GetDirectoryName(file)!);
        return repository.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? null : $"{GitPointer} {repository}\n";
    }
}
