using System.Collections.Concurrent;
using System.Diagnostics;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>What acquiring depends on besides the pins.</summary>
/// <param name="Layout">Where checkouts go.</param>
/// <param name="Offline">Whether the network is off limits.</param>
/// <param name="AllowFallback">Names of pins whose fallback may be used.</param>
public sealed record SourceOptions(EvaluationLayout Layout, bool Offline, IReadOnlyCollection<string> AllowFallback)
{
    /// <summary>Repositories that are fetched side by side.</summary>
    public int Parallelism { get; init; } = 4;
    /// <summary>Folders in which git is looked up.</summary>
    public IReadOnlyList<string> SearchPath { get; init; } = [];
    /// <summary>Variables for git beside those of this process, such as GIT_CONFIG_GLOBAL.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();
}

/// <summary>A checkout that is exactly at its commit.</summary>
/// <param name="Name">Name of the pin.</param>
/// <param name="Path">Absolute path of the checkout.</param>
/// <param name="Commit">The commit.</param>
/// <param name="Deviation">A sentence when it is not the pinned commit; null otherwise.</param>
public sealed record AcquiredSource(string Name, string Path, string Commit, string? Deviation);

/// <summary>
/// Brings repositories to their commits. A checkout is made under another name, verified, and then renamed: what has its name is whole. The
/// caller holds the lock of the evaluation's folder.
/// </summary>
public sealed partial class SourceStore(SourceOptions options, IBuildLog log)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> stores = new(StringComparer.Ordinal);
    private readonly Git? git = Git.Find(options.SearchPath, options.Environment);
    private readonly string partial = Path.Combine(options.Layout.Sources, ".partial");
    private int done;

    /// <summary>Brings all repositories to their commits that can be brought; <paramref name="problems"/> takes what stands in the way of the others.</summary>
    public async Task<IReadOnlyList<AcquiredSource>> AcquireAsync(IReadOnlyList<ExternalRepo> repos, AcquisitionProblems problems, CancellationToken cancellation)
    {
        var acquired = new ConcurrentDictionary<string, AcquiredSource>(StringComparer.OrdinalIgnoreCase);
        var missing = new List<ExternalRepo>();
        foreach (var repo in repos)
        {
            try
            {
                if (Present(repo) is { } source)
                    acquired[repo.Name] = source;
                else
                    missing.Add(repo);
            }
            catch (DiagnosticException problem)
            {
                problems.Add(repo, problem);
            }
        }
        if (missing.Count > 0)
        {
            Attempts.Remove(partial);
            log.Info($"{(options.Offline ? "Unpacking" : "Fetching")} {missing.Count} repositories");
            await Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellation }, async (repo, token) =>
            {
                try
                {
                    acquired[repo.Name] = await FetchAsync(repo, missing.Count, token).ConfigureAwait(false);
                }
                catch (DiagnosticException problem)
                {
                    problems.Add(repo, problem);
                }
            }).ConfigureAwait(false);
            Attempts.Remove(partial);
        }
        return [.. repos.Select(repo => acquired.GetValueOrDefault(repo.Name)).OfType<AcquiredSource>()];
    }

    // The checkout that is there, after a look at every file of it; null when there is none.
    private AcquiredSource? Present(ExternalRepo repo)
    {
        var path = PathOf(repo);
        if (!Directory.Exists(path))
            return null;
        var commit = Checkout.CommitOf(path);
        var deviation = commit == repo.Fallback && commit != repo.Commit && IsFallbackAllowed(repo) ? Deviation(repo) : null;
        // A pin that was moved to another commit is fetched anew; the old checkout is moved aside only when nobody edited it.
        if (Checkout.Differences(path, commit) is { Count: > 0 } differences)
            throw SourceRules.Edited.Throw(repo.Item.Where, repo.Name, path, string.Join(", ", differences.Take(5)) + (differences.Count > 5 ? $" and {differences.Count - 5} more" : ""));
        if (commit == repo.Commit || deviation is not null)
            return new AcquiredSource(repo.Name, path, commit!, deviation);
        Attempts.Remove(path);
        return null;
    }

    private async Task<AcquiredSource> FetchAsync(ExternalRepo repo, int count, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var commit = repo.Commit;
        string? deviation = null;
        var temporary = Path.Combine(partial, repo.Name + "-" + Guid.NewGuid().ToString("N")[..8]);
        try
        {
            await MakeAsync(repo, repo.Url, commit, temporary, repo.Submodules, cancellation).ConfigureAwait(false);
        }
        catch (DiagnosticException problem) when ((problem.Diagnostics[0].Rule == SourceRules.MissingCommit || problem.Diagnostics[0].Rule == SourceRules.Offline) && repo.Fallback is not null && IsFallbackAllowed(repo))
        {
            (commit, deviation) = (repo.Fallback, Deviation(repo));
            log.Report(SourceRules.FallbackUsed.At(repo.Item.Where, repo.Name, repo.Fallback, repo.Commit));
            Attempts.Remove(temporary);
            await MakeAsync(repo, repo.Url, commit, temporary, repo.Submodules, cancellation).ConfigureAwait(false);
        }
        if (Checkout.CommitOf(temporary) != commit || Checkout.Differences(temporary, commit) is { Count: > 0 })
            throw SourceRules.GitFailed.Throw(repo.Item.Where, repo.Name, repo.Url, $"the new checkout is not clean at {commit}");
        var path = PathOf(repo);
        Directory.Move(temporary, path);
        log.Info($"[{Interlocked.Increment(ref done)}/{count}] {repo.Name} at {commit[..12]}, {Amount.Duration(watch.Elapsed.TotalSeconds)}");
        return new AcquiredSource(repo.Name, path, commit, deviation);
    }

    private async Task MakeAsync(ExternalRepo repo, string url, string commit, string path, bool submodules, CancellationToken cancellation)
    {
        log.Progress($"Fetching {repo.Name}");
        var store = StoreOf(url);
        if (options.Offline && (git is null || !await git.HasAsync(store, commit, cancellation).ConfigureAwait(false)))
            throw SourceRules.Offline.Throw(repo.Item.Where, repo.Name);
        if (git is null)
        {
            GitLibrary.Clone(repo, url, commit, path, submodules, cancellation);
            return;
        }
        var gate = stores.GetOrAdd(store, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await git.FetchAsync(repo, url, commit, store, text => log.Progress($"{repo.Name}: {text}"), cancellation).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
        await git.CheckOutAsync(repo, url, commit, store, path, cancellation).ConfigureAwait(false);
        if (submodules)
            foreach (var module in await git.SubmodulesAsync(repo, url, commit, path, cancellation).ConfigureAwait(false))
                await MakeAsync(repo, module.Url, module.Commit, Path.Combine(path, module.Path), submodules, cancellation).ConfigureAwait(false);
    }

    private string StoreOf(string url) => StoreNamed(ContentHashes.OfText(PinLedger.Normalised(url))[..16]);

    private string StoreNamed(string name) => Path.Combine(options.Layout.Sources, ".objects", name + ".git");

    /// <summary>Where the checkout of a repository is, or will be.</summary>
    public static string PathOf(EvaluationLayout layout, ExternalRepo repo) => Path.Combine(layout.Sources, repo.Name);

    private string PathOf(ExternalRepo repo) => PathOf(options.Layout, repo);

    private bool IsFallbackAllowed(ExternalRepo repo) => options.AllowFallback.Contains(repo.Name, StringComparer.OrdinalIgnoreCase);

    private static string Deviation(ExternalRepo repo) => $"{repo.Name} at {repo.Fallback![..12]} in place of the pinned {repo.Commit[..12]}";
}
