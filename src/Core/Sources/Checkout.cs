using LibGit2Sharp;

namespace Verus.Artifact.Sources;

/// <summary>Looks at a checkout with libgit2: no process, and every tracked file is compared by stat tuple or content.</summary>
internal static class Checkout
{
    /// <summary>The commit that is checked out; null when this is no checkout.</summary>
    public static string? CommitOf(string path)
    {
        try
        {
            using var repository = new Repository(path);
            return repository.Head.Tip?.Sha;
        }
        catch (LibGit2SharpException)
        {
            return null;
        }
    }

    /// <summary>How a checkout, its submodules included, differs from its commit: changed, missing and new files, paths below it.</summary>
    public static IReadOnlyList<string> Differences(string path, string? commit)
    {
        if (commit is null)
            return ["it is no git checkout"];
        var differences = new List<string>();
        using var repository = new Repository(path);
        foreach (var entry in repository.RetrieveStatus(new StatusOptions { ExcludeSubmodules = true, IncludeIgnored = false, RecurseUntrackedDirs = false }))
            if (entry.State is not (FileStatus.Unaltered or FileStatus.Ignored))
                differences.Add($"{entry.FilePath} ({Words(entry.State)})");
        foreach (var link in repository.Index.Where(entry => entry.Mode == Mode.GitLink))
        {
            var module = Path.Combine(path, link.Path);
            if (!Directory.Exists(Path.Combine(module, ".git")))
                continue;
            var at = CommitOf(module);
            if (at != link.Id.Sha)
                differences.Add($"{link.Path} (at {at ?? "nothing"}, not {link.Id.Sha})");
            else
                differences.AddRange(Differences(module, at).Select(difference => $"{link.Path}/{difference}"));
        }
        return differences;
    }

    private static string Words(FileStatus state) =>
        state.HasFlag(FileStatus.NewInWorkdir) || state.HasFlag(FileStatus.NewInIndex) ? "new"
        : state.HasFlag(FileStatus.DeletedFromWorkdir) || state.HasFlag(FileStatus.DeletedFromIndex) ? "deleted" : "changed";
}
