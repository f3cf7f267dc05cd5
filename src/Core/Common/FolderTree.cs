namespace Verus.Artifact.Common;

/// <summary>Something below a folder.</summary>
/// <param name="Relative">Its path from there, with slashes.</param>
/// <param name="Kind">What it is; no link is followed.</param>
internal sealed record TreeEntry(string Relative, FileKind Kind)
{
    /// <summary>Why it cannot be looked into, where it is a folder that cannot; null otherwise.</summary>
    public string? Problem { get; init; }
}

/// <summary>
/// Everything below a folder as it is in the world: links are listed and never followed, so that none of them is a way
/// out or back; a folder that cannot be listed, or is too deep, is listed with the reason.
/// </summary>
internal static class FolderTree
{
    /// <summary>Folders within folders that are looked into; an open one of each level is held.</summary>
    public const int Deepest = 128;

    /// <summary>Goes through all that is below a folder; folders come before what is in them.</summary>
    /// <param name="root">Absolute path of the folder; a link to one is followed.</param>
    /// <param name="into">Whether to look into a folder, by its relative path; null: into all.</param>
    /// <exception cref="IOException">The folder itself cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
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

    /// <summary>Goes through an open folder; what is told of an entry may be done with it.</summary>
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
