using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

// The operations of the store of sources that bundles need.
public sealed partial class SourceStore
{
    /// <summary>
    /// Whether a repository is available at its commit without a network: either its checkout or its objects are
    /// present.
    /// </summary>
    public async Task<bool> IsHereAsync(ExternalRepo repo, CancellationToken cancellation) =>
        Directory.Exists(PathOf(repo))
            || git is not null && await git.HasAsync(StoreOf(repo, repo.Url), repo.Commit,
                cancellation).ConfigureAwait(false);

    /// <summary>
    /// Packs the objects of checkouts, including submodules, into files, one for each repository, without history. A
    /// pack of the same commits that an earlier bundle left is used again.
    /// </summary>
    /// <param name="repos">The repositories.</param>
    /// <param name="acquired">Their checkouts, in the same order.</param>
    /// <param name="folder">An empty folder to work in, on the same disk as the sources.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="DiagnosticException">git is not installed, or objects are missing.</exception>
    public async Task<IReadOnlyList<BundleInput>> PackAsync(IReadOnlyList<ExternalRepo> repos,
        IReadOnlyList<AcquiredSource> acquired, string folder, CancellationToken cancellation)
    {
        if (repos.Count == 0)
            return [];
        var packer = git ?? throw BundleRules.NeedsGit.Error(SourceLocation.None);
        var wanted = new SortedDictionary<string, (ExternalRepo Repo, string Url, SortedSet<string> Commits)>(
            StringComparer.Ordinal);
        foreach (var (repo, source) in repos.Zip(acquired))
            await WantAsync(repo, repo.Url, source.Commit, source.Path).ConfigureAwait(false);
        return await PackAsync(packer, wanted, folder, cancellation).ConfigureAwait(false);

        async Task WantAsync(ExternalRepo repo, string url, string commit, string path)
        {
            // A checkout that libgit2 made has its own objects, which are copied to the store.
            await packer.FetchAsync(repo, url, commit, StoreOf(repo, url), text => log.Progress($"{repo.Name}: {text}"),
                cancellation).ConfigureAwait(false);
            var name = PinLedger.Normalised(url) + (repo.SparsePaths is { } paths ? $" (only {paths})" : "");
            if (!wanted.TryGetValue(name, out var entry))
                wanted[name] = entry = (repo, url, new SortedSet<string>(StringComparer.Ordinal));
            entry.Commits.Add(commit);
            if (repo.Submodules)
                foreach (var module in (await packer.SubmodulesAsync(repo, url, commit, StoreOf(repo, url),
                    cancellation).ConfigureAwait(false)).Checked(repo, url))
                    await WantAsync(Whole(repo), module.Url, module.Commit, Path.Combine(path, module.Path))
                        .ConfigureAwait(false);
        }
    }

    // The packs of different repositories are made side by side, and each by one thread, so that its content depends on
    // its objects only.
    private async Task<IReadOnlyList<BundleInput>> PackAsync(Git packer,
        SortedDictionary<string, (ExternalRepo Repo, string Url, SortedSet<string> Commits)> wanted, string folder,
        CancellationToken cancellation)
    {
        var version = await packer.VersionAsync(cancellation).ConfigureAwait(false);
        var inputs = new BundleInput[wanted.Count];
        await Parallel.ForEachAsync(wanted.Select((one, index) => (one.Key, one.Value, index)), cancellation,
            async (one, token) =>
            {
                var (repo, url, commits) = one.Value;
                var store = StoreOf(repo, url);
                var pack = await KeptPackAsync(Path.GetFileNameWithoutExtension(store),
                    [version, one.Key, .. commits], folder, file => packer.PackAsync(repo, url, store, [.. commits],
                        file, token)).ConfigureAwait(false);
                inputs[one.index] = new BundleInput($"objects/{Path.GetFileNameWithoutExtension(store)}.pack",
                    BundleKind.Objects, one.Key, pack)
                {
                    Commits = [.. commits],
                };
            }).ConfigureAwait(false);
        return inputs;
    }

    // Making a pack takes much longer than anything else about a bundle, so the last pack of each repository is kept
    // for the next bundle. The folder of kept packs may be deleted at any time.
    private async Task<string> KeptPackAsync(string store, IReadOnlyList<string> content, string folder,
        Func<string, Task> make)
    {
        var kept = Path.Combine(options.Layout.Sources, ".packs", store);
        var pack = Path.Combine(kept, ContentHashes.OfText(string.Join('\n', content))[..32] + ".pack");
        var hash = pack + ".sha256";
        if (File.Exists(pack) && File.Exists(hash) && File.ReadAllText(hash) == new ContentHashes().OfFile(pack))
            return pack;
        var made = Path.Combine(folder, store + ".pack");
        await make(made).ConfigureAwait(false);
        FolderRemoval.Remove(kept);
        Directory.CreateDirectory(kept);
        File.Move(made, pack);
        AtomicFile.Write(hash, new ContentHashes().OfFile(pack));
        return pack;
    }

    /// <summary>
    /// Adds the objects of a bundle to the stores of their repositories, as far as they belong to pinned commits or to
    /// the submodules that the trees of these commits name. All packs are checked before any object is taken, each in a
    /// separate repository.
    /// </summary>
    /// <param name="packs">The packs, each with its entry of the bundle.</param>
    /// <param name="pins">The repositories in the ledger.</param>
    /// <param name="folder">An empty folder to work in.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The problem with a pack, in which case no object was taken, and the commits that were not asked
    /// for.</returns>
    /// <exception cref="DiagnosticException">git is not installed.</exception>
    internal async Task<(string? Problem, IReadOnlyList<string> LeftOut)> UnpackAsync(
        IReadOnlyList<(BundleEntry Entry, string Pack)> packs, IReadOnlyList<ExternalRepo> pins, string folder,
        CancellationToken cancellation)
    {
        if (packs.Count == 0)
            return (null, []);
        var unpacker = git ?? throw BundleRules.NeedsGit.Error(SourceLocation.None);
        var staged = packs.Select(pack =>
            (pack.Entry, pack.Pack, Folder: Path.Combine(folder, Path.GetFileName(pack.Pack) + ".git"))).ToList();
        var parts = pins.Where(pin => pin.SparsePaths is not null)
            .ToLookup(pin => Path.GetFileNameWithoutExtension(StoreOf(pin, pin.Url)));
        foreach (var (entry, pack, repository) in staged)
            if (await unpacker.StageAsync(repository, entry.Commits, pack, PartOf(entry),
                cancellation).ConfigureAwait(false) is { } problem)
                return ($"git cannot use '{entry.Path}' ({problem})", []);
        var wanted = pins.SelectMany(pin => new[] { pin.Commit, pin.Fallback }).OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        var taken = new HashSet<(string Repository, string Commit)>();
        // Submodules are added in a loop, since a submodule may itself have submodules.
        for (var before = -1; before != taken.Count;)
        {
            before = taken.Count;
            foreach (var (entry, _, repository) in staged)
                foreach (var commit in entry.Commits.Where(wanted.Contains))
                    if (taken.Add((repository, commit)))
                        wanted.UnionWith(await unpacker.LinksAsync(repository, commit,
                            cancellation).ConfigureAwait(false));
        }
        foreach (var (entry, _, repository) in staged)
            if (entry.Commits.Where(commit => taken.Contains((repository, commit))).ToList() is { Count: > 0 } commits
                && await unpacker.TakeAsync(repository, commits,
                    StoreNamed(Path.GetFileNameWithoutExtension(entry.Path)), PartOf(entry),
                    cancellation).ConfigureAwait(false) is { } problem)
                return ($"git cannot take '{entry.Path}' ({problem})", []);
        return (null,
            [.. staged.SelectMany(pack => pack.Entry.Commits.Where(commit => !taken.Contains((pack.Folder, commit)))
                .Select(commit => $"the commit {commit}: no pin and no submodule of one is at it"))]);

        ExternalRepo? PartOf(BundleEntry entry) => parts[Path.GetFileNameWithoutExtension(entry.Path)].FirstOrDefault();
    }
}
