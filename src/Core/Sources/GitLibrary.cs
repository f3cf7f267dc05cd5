using System.Text;
using LibGit2Sharp;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>
/// libgit2, for machines without git. libgit2 cannot fetch a single commit without history, so the whole history is
/// fetched. This class reports the cases that libgit2 cannot judge: it runs no filters, knows no working-tree encodings
/// and reads no SHA-256 repositories.
/// </summary>
internal sealed class GitLibrary : IGit
{
    private static readonly string[] Branches = ["+refs/heads/*:refs/remotes/origin/*",
        "+refs/tags/*:refs/remote-tags/*"];

    /// <inheritdoc/>
    public Task<bool> HasAsync(string store, string commit, CancellationToken cancellation) =>
        Task.Run(() => Has(store, commit), cancellation);

    /// <inheritdoc/>
    public Task FetchAsync(ExternalRepo pin, string url, string commit, string store, Action<string> progress,
        CancellationToken cancellation) => Run(pin, url, commit, () =>
    {
        if (commit.Length != 40)
            throw SourceRules.NotWithoutGit.Error(pin.Item.Where, pin.Name, "its commit has a SHA-256 name");
        if (pin.SparsePaths is not null)
            throw SourceRules.NotWithoutGit.Error(pin.Item.Where, pin.Name,
                "only a part of it is wanted (SparsePaths)");
        if (Has(store, commit))
            return true;
        using var repository = new Repository(Repository.Init(store, isBare: true));
        if (repository.Lookup(commit) is null)
        {
            if (repository.Network.Remotes["origin"] is null)
                repository.Network.Remotes.Add("origin", url);
            else
                repository.Network.Remotes.Update("origin", remote => remote.Url = url);
            Commands.Fetch(repository, "origin", Branches, new FetchOptions
            {
                TagFetchMode = TagFetchMode.None,
                OnTransferProgress = state =>
                {
                    progress($"{state.ReceivedObjects} of {state.TotalObjects} objects");
                    return !cancellation.IsCancellationRequested;
                },
            }, null);
        }
        switch (repository.Lookup(commit))
        {
            case Commit:
                repository.Refs.Add(ReferenceOf(commit), commit, allowOverwrite: true);
                return true;
            case null:
                throw GitProblem.Missing(pin, url, commit);
            case var other:
                throw GitProblem.NoCommit(pin, url, commit,
                    other is TagAnnotation ? "tag" : other is Tree ? "tree" : "blob", TaggedBy(other)?.Sha ?? "");
        }
    }, cancellation);

    /// <inheritdoc/>
    public Task CheckOutAsync(ExternalRepo pin, string url, string commit, string store, string path,
        CancellationToken cancellation) => Run(pin, url, commit, () =>
    {
        using (var whole = new Repository(store))
        {
            var tree = whole.Lookup<Commit>(commit).Tree;
            if (Entries(tree, "").FirstOrDefault(entry => entry.Path.Contains('\uFFFD', StringComparison.Ordinal)).Path
                is { } odd)
                throw SourceRules.NotWithoutGit.Error(pin.Item.Where, pin.Name,
                    $"it has names that are not UTF-8, such as '{odd}'");
            if (Problem(tree) is { } problem)
                throw SourceRules.Rejected.Error(pin.Item.Where, pin.Name, url, problem);
        }
        Checkout.Create(path);
        Repository.Init(path);
        Checkout.Borrow(path, store);
        using (var repository = new Repository(path))
        {
            Isolate(repository);
            repository.Network.Remotes.Add("origin", url);
        }
        using (var repository = new Repository(path))
            Commands.Checkout(repository, repository.Lookup<Commit>(commit),
                new CheckoutOptions { CheckoutModifiers = CheckoutModifiers.Force });
        return true;
    }, cancellation);

    /// <inheritdoc/>
    public Task<SubmoduleList> SubmodulesAsync(ExternalRepo pin, string url, string commit, string store,
        CancellationToken cancellation) => Run(pin, url, commit, () =>
    {
        using var repository = new Repository(store);
        var tree = repository.Lookup<Commit>(commit).Tree;
        var links = Entries(tree, "").Where(entry => entry.Entry.Mode == Mode.GitLink)
            .Select(entry => (entry.Path, entry.Entry.Target.Id.Sha)).ToList();
        return links.Count == 0 ? SubmoduleList.None
            : new SubmoduleList(links, tree[".gitmodules"]?.Target is Blob blob ? Settings(blob.GetContentText()) : []);
    }, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<LfsPointer>> PointersAsync(ExternalRepo pin, string url, string commit, string store,
        CancellationToken cancellation) => Run(pin, url, commit, () =>
    {
        using var repository = new Repository(store);
        var entries = Entries(repository.Lookup<Commit>(commit).Tree, "").Where(entry => entry.Entry.Target is Blob)
            .ToList();
        var attributes = entries.Where(entry => entry.Entry.Name == ".gitattributes")
            .Select(entry => ((Blob)entry.Entry.Target).GetContentText()).ToList();
        if (attributes.Exists(text => text.Contains("working-tree-encoding=", StringComparison.Ordinal)))
            throw SourceRules.NotWithoutGit.Error(pin.Item.Where, pin.Name,
                "it has files whose encoding git changes (working-tree-encoding)");
        return (IReadOnlyList<LfsPointer>)(!attributes.Exists(text =>
            text.Contains("filter=lfs", StringComparison.Ordinal)) ? [] :
        [
            .. entries.Where(entry => entry.Entry.Mode is Mode.NonExecutableFile or Mode.ExecutableFile
                && ((Blob)entry.Entry.Target).Size < LfsPointer.Longest)
                .Select(entry => LfsPointer.Parse(entry.Path,
                    Encoding.UTF8.GetBytes(((Blob)entry.Entry.Target).GetContentText()))).OfType<LfsPointer>(),
        ]);
    }, cancellation);

    /// <inheritdoc/>
    public Task FetchLfsAsync(ExternalRepo pin, string url, string commit, string store, string path,
        IReadOnlyList<LfsPointer> missing, CancellationToken cancellation) =>
        throw SourceRules.LfsNotFetched.Error(pin.Item.Where, pin.Name,
            Common.Amount.Count(missing.Count, "file"), missing[0].Path,
            "neither git nor git-lfs is installed (Debian: apt-get install git git-lfs)");

    /// <inheritdoc/>
    public Task SettleLfsAsync(ExternalRepo pin, string url, string store, string path,
        CancellationToken cancellation) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<IReadOnlyList<Difference>> CompareAsync(ExternalRepo pin, string url, string commit, string store,
        string path, string index, CancellationToken cancellation) => Run(pin, url, commit, () =>
    {
        Directory.CreateDirectory(Path.GetDirectoryName(index)!);
        // The index of git itself is not reused, because a version of git with features that libgit2 does not know may
        // have written it.
        using var repository = new Repository(store,
            new RepositoryOptions { WorkingDirectoryPath = path, IndexPath = index + ".libgit2" });
        Isolate(repository);
        repository.Index.Replace(repository.Lookup<Commit>(commit));
        repository.Index.Write();
        var status = repository.RetrieveStatus(new StatusOptions
        {
            Show = StatusShowOption.WorkDirOnly,
            ExcludeSubmodules = true,
            IncludeIgnored = true,
            IncludeUntracked = true,
            RecurseIgnoredDirs = false,
            RecurseUntrackedDirs = false,
            DetectRenamesInIndex = false,
            DetectRenamesInWorkDir = false,
        });
        return (IReadOnlyList<Difference>)[.. status.Where(entry => entry.State != FileStatus.Unaltered)
            .Select(entry => new Difference(entry.FilePath, Words(entry.State)))];
    }, cancellation);

    /// <inheritdoc/>
    public Task<string?> DistrustAsync(string path, CancellationToken cancellation) => Task.Run(() =>
    {
        try
        {
            using var repository = new Repository(path);
            return null;
        }
        catch (LibGit2SharpException problem)
        {
            return problem.Message.Contains("owned by", StringComparison.Ordinal) ? problem.Message : null;
        }
    }, cancellation);

    private static bool Has(string store, string commit)
    {
        if (commit.Length != 40 || !File.Exists(Path.Combine(store, "HEAD")))
            return false;
        using var repository = new Repository(store);
        return repository.Refs[ReferenceOf(commit)] is not null && repository.Lookup<Commit>(commit) is not null;
    }

    // Tags are followed repeatedly, since a tag can point to another tag.
    private static Commit? TaggedBy(GitObject? found) => found is TagAnnotation tag
        ? TaggedBy(tag.Target) : found as Commit;

    private static string ReferenceOf(string commit) => $"refs/pins/{commit}";

    // The repository's configuration overrides that of the user, which must not decide how files are written and
    // compared.
    private static void Isolate(Repository repository)
    {
        foreach (var (key, value) in new[] { ("core.autocrlf", "false"), ("core.safecrlf", "false"),
            ("core.attributesFile", ""), ("core.excludesFile", "") })
            repository.Config.Set(key, value);
    }

    private static IEnumerable<(string Path, TreeEntry Entry)> Entries(Tree tree, string prefix) =>
        tree.SelectMany(entry =>
        entry.Mode == Mode.Directory
            ? Entries((Tree)entry.Target, prefix + entry.Name + "/") : [(prefix + entry.Name, entry)]);

    // A tree is checked for links with the name of a folder beside them, since libgit2 would write through such a link;
    // git itself checks for such links when it fetches.
    private static string? Problem(Tree tree)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in tree)
            if (!names.Add(entry.Name))
                return $"a folder of it has '{entry.Name}' twice";
            else if (entry.Name is "" or "." or ".." || entry.Name.Contains('/', StringComparison.Ordinal)
                || SubmodulePlace.Problem(entry.Name) is { } problem
                    && problem.Contains("git's own", StringComparison.Ordinal))
                return $"a folder of it has the name '{entry.Name}'";
            else if (entry.Mode == Mode.Directory && Problem((Tree)entry.Target) is { } below)
                return below;
        return null;
    }

    private static IReadOnlyList<(string Key, string Value)> Settings(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            // The file .gitmodules must not include other configuration files.
            File.WriteAllText(file, text.Contains("[include", StringComparison.OrdinalIgnoreCase) ? "" : text);
            using var configuration = Configuration.BuildFrom(file);
            return [.. configuration.Where(entry => entry.Level == ConfigurationLevel.Local)
                .Select(entry => (entry.Key, entry.Value))];
        }
        catch (LibGit2SharpException)
        {
            return [];
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Words(FileStatus state) =>
        state.HasFlag(FileStatus.Ignored)
            ? "ignored" : state.HasFlag(FileStatus.NewInWorkdir)
                ? "new" : state.HasFlag(FileStatus.DeletedFromWorkdir) ? "deleted" : "changed";

    private static Task<T> Run<T>(ExternalRepo pin, string url, string commit, Func<T> action,
        CancellationToken cancellation) => Task.Run(() =>
    {
        try
        {
            return action();
        }
        catch (UserCancelledException)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (LibGit2SharpException problem)
        {
            cancellation.ThrowIfCancellationRequested();
            if (problem.Message.Contains("invalid entry mode", StringComparison.Ordinal))
                throw SourceRules.NotWithoutGit.Error(pin.Item.Where, pin.Name,
                    "it has files with a mode that only git supports");
            throw GitProblem.Of(pin, url, commit, problem.Message);
        }
    }, cancellation);
}
