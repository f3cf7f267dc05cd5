namespace Verus.Artifact.Common;

/// <summary>An entry somewhere below a folder.</summary>
/// <param name="Relative">The path relative to the folder that is listed, with slashes.</param>
/// <param name="Kind">The kind of the entry; links are not followed.</param>
internal sealed record TreeEntry(string Relative, FileKind Kind)
{
    /// <summary>Why the folder cannot be read; null if the folder can be read, or if the entry is not a
    /// folder.</summary>
    public string? Problem { get; init; }
}

/// <summary>
/// Lists everything below a folder as it really is. Links are listed but never followed, so that they can lead neither
/// out of the tree nor in circles; a folder whose content cannot be listed, or that is nested too deeply, is listed
/// with the reason.
/// </summary>
internal static class FolderTree
{
    /// <summary>The maximum depth of nested folders, which is limited because each level keeps one folder
    /// open.</summary>
    public const int Deepest = 128;

    /// <summary>Enumerates everything below a folder; each folder comes before its contents.</summary>
    /// <param name="root">Absolute path of the folder; if it is a link, it is followed.</param>
    /// <param name="into">Decides by relative path whether to descend into a folder; null to descend into all.</param>
    /// <exception cref="IOException">The folder itself cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder itself cannot be listed because the caller lacks the
    /// permission.</exception>
    public static IEnumerable<TreeEntry> Below(string root, Func<string, bool>? into = null)
    {
        if (!OperatingSystem.IsLinux())
            return BelowManaged(new DirectoryInfo(root), "", 0, into);
        using var folder = OpenFolder.At(root, followLink: true);
        var all = new List<TreeEntry>();
        Visit(folder, "", 0, into,
            (_, entry, relative, problem) => all.Add(new TreeEntry(relative, entry.Kind) { Problem = problem }));
        return all;
    }

    /// <summary>Enumerates an open folder. The visitor may change or remove each entry that it receives.</summary>
    public static void Visit(OpenFolder folder, Func<string, bool>? into,
        Action<OpenFolder, FolderEntry, string, string?> told) =>
        Visit(folder, "", 0, into, told);

    private static void Visit(OpenFolder folder, string prefix, int depth, Func<string, bool>? into,
        Action<OpenFolder, FolderEntry, string, string?> told)
    {
        foreach (var entry in folder.Entries())
        {
            var relative = prefix + entry.Name;
            if (entry.Kind != FileKind.Folder || into?.Invoke(relative) == false)
            {
                told(folder, entry, relative, null);
                continue;
            }
            if (depth == Deepest)
            {
                told(folder, entry, relative, $"has more than {Deepest} folders above it");
                continue;
            }
            OpenFolder below;
            try
            {
                below = folder.Below(entry);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                told(folder, entry, relative, "cannot be listed");
                continue;
            }
            using (below)
            {
                told(folder, entry, relative, null);
                Visit(below, relative + "/", depth + 1, into, told);
            }
        }
    }

    private static IEnumerable<TreeEntry> BelowManaged(DirectoryInfo folder, string prefix, int depth,
        Func<string, bool>? into)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var relative = prefix + entry.Name;
            var kind = entry.LinkTarget is not null
                ? FileKind.Link : entry is DirectoryInfo ? FileKind.Folder : FileKind.Regular;
            yield return new TreeEntry(relative, kind);
            if (kind == FileKind.Folder && depth < Deepest && into?.Invoke(relative) != false)
                foreach (var below in BelowManaged((DirectoryInfo)entry, relative + "/", depth + 1, into))
                    yield return below;
        }
    }
}
