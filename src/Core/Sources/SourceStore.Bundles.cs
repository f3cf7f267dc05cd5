using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

// What bundles need of the store.
public sealed partial class SourceStore
{
    /// <summary>Packs the objects of checkouts, submodules included, into a folder: one file for each repository, without history.</summary>
    /// <exception cref="DiagnosticException">There is no git, or objects are missing.</exception>
    public async Task<IReadOnlyList<BundleInput>> PackAsync(IReadOnlyList<ExternalRepo> repos, IReadOnlyList<AcquiredSource> acquired, string folder, CancellationToken cancellation)
    {
        if (repos.Count == 0)
            return [];
        var packer = git ?? throw BundleRules.NeedsGit.Throw(SourceLocation.None);
        var wanted = new SortedDictionary<string, (ExternalRepo Repo, string Url, SortedSet<string> Commits)>(StringComparer.Ordinal);
        foreach (var (repo, source) in repos.Zip(acquired))
            await WantAsync(repo, repo.Url, source.Commit, source.Path).ConfigureAwait(false);
        var inputs = new List<BundleInput>();
        foreach (var (name, (repo, url, commits)) in wanted)
        {
            var pack = Path.Combine(folder, Path.GetFileNameWithoutExtension(StoreOf(url)) + ".pack");
            await packer.PackAsync(repo, url, StoreOf(url), [.. commits], pack, cancellation).ConfigureAwait(false);
            inputs.Add(new BundleInput("objects/" + Path.GetFileName(pack), BundleKind.Objects, name, pack) { Commits = [.. commits] });
        }
        return inputs;

        async Task WantAsync(ExternalRepo repo, string url, string commit, string path)
        {
            // A checkout that libgit2 made has objects of its own; the store gets them here.
            await packer.FetchAsync(repo, url, commit, StoreOf(url), text => log.Progress($"{repo.Name}: {text}"), cancellation).ConfigureAwait(false);
            if (!wanted.TryGetValue(PinLedger.Normalised(url), out var entry))
                wanted[PinLedger.Normalised(url)] = entry = (repo, url, new SortedSet<string>(StringComparer.Ordinal));
            entry.Commits.Add(commit);
            if (repo.Submodules)
                foreach (var module in await packer.SubmodulesAsync(repo, url, commit, path, cancellation).ConfigureAwait(false))
                    await WantAsync(repo, module.Url, module.Commit, Path.Combine(path, module.Path)).ConfigureAwait(false);
        }
    }

    /// <summary>Adds the objects of a bundle to the store of their repository; null, or what is wrong with them.</summary>
    /// <exception cref="DiagnosticException">There is no git.</exception>
    public Task<string?> UnpackAsync(BundleEntry entry, string pack, CancellationToken cancellation) =>
        (git ?? throw BundleRules.NeedsGit.Throw(SourceLocation.None))
        .UnpackAsync(StoreNamed(Path.GetFileNameWithoutExtension(entry.Path)), entry.Commits, pack, cancellation);
}
