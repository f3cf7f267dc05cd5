using System.Collections.Concurrent;
using System.Diagnostics;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>The options for fetching sources, in addition to the pins.</summary>
/// <param name="Layout">The layout, with the folder for checkouts.</param>
/// <param name="Offline">Whether offline mode is on.</param>
/// <param name="AllowFallback">Names of pins whose fallback may be used.</param>
public sealed record SourceOptions(EvaluationLayout Layout, bool Offline, IReadOnlyCollection<string> AllowFallback)
{
    /// <summary>The number of repositories that are fetched in parallel.</summary>
    public int Parallelism { get; init; } = 4;
    /// <summary>The folders in which git is looked up.</summary>
    public IReadOnlyList<string> SearchPath { get; init; } = [];
    /// <summary>Environment variables for git in addition to those of this process, such as
    /// GIT_CONFIG_GLOBAL.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();
}

/// <summary>A checkout that is exactly at its commit.</summary>
/// <param name="Name">Name of the pin.</param>
/// <param name="Path">Absolute path of the checkout.</param>
/// <param name="Commit">The commit that is checked out.</param>
/// <param name="Deviation">A sentence about the deviation when the checkout is not at the pinned commit; null
/// otherwise.</param>
public sealed record AcquiredSource(string Name, string Path, string Commit, string? Deviation)
{
    /// <summary>The part of the repository that is checked out; null for the whole repository.</summary>
    public SparsePaths? Paths { get; init; }

    /// <summary>What identifies the content of the checkout: its commit and, if it is a part, the paths.</summary>
    public string Identity => Paths is null ? Commit : $"{Commit} ({Paths})";
}

/// <summary>
/// Checks repositories out at their commits. A checkout is made under a temporary name, verified, and then renamed, so
/// that a checkout with its final name is complete. The caller holds the lock of the evaluation's folder.
/// </summary>
public sealed partial class SourceStore(SourceOptions options, IBuildLog log)
{
    private const int MostSubmodules = 1000;
    private const int Deepest = 20;

    private readonly ConcurrentDictionary<string, SemaphoreSlim> stores = new(StringComparer.Ordinal);
    private readonly Git? git = Git.Find(options.SearchPath, options.Environment);
    private readonly GitLibrary library = new();
    private readonly string partial = Path.Combine(options.Layout.Sources, ".partial");
    private int done;

    // The git command is used if it is installed, because it is the authority on checkouts.
    private IGit Engine => git is null ? library : git;

    /// <summary>
    /// Checks all repositories out at their commits; failures are added to <paramref name="problems"/>, and the
    /// other repositories are still checked out.
    /// </summary>
    public async Task<IReadOnlyList<AcquiredSource>> AcquireAsync(IReadOnlyList<ExternalRepo> repos,
        AcquisitionProblems problems, CancellationToken cancellation)
    {
        var acquired = new ConcurrentDictionary<string, AcquiredSource>(StringComparer.OrdinalIgnoreCase);
        var missing = new List<ExternalRepo>();
        foreach (var repo in repos)
            await TryAsync(repo, async () =>
            {
                if (await PresentAsync(repo, cancellation).ConfigureAwait(false) is { } source)
                    acquired[repo.Name] = source;
                else
                    missing.Add(repo);
            }).ConfigureAwait(false);
        if (missing.Count > 0)
        {
            FolderRemoval.Remove(partial);
            log.Info($"{(options.Offline ? "Unpacking" : "Fetching")} {Amount.Count(missing.Count, "repository")}");
            await Parallel.ForEachAsync(missing,
                new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellation },
                async (repo, token) =>
                await TryAsync(repo, async () => acquired[repo.Name] = await FetchAsync(repo, missing.Count,
                    token).ConfigureAwait(false)).ConfigureAwait(false)).ConfigureAwait(false);
            FolderRemoval.Remove(partial);
        }
        return [.. repos.Select(repo => acquired.GetValueOrDefault(repo.Name)).OfType<AcquiredSource>()];

        async Task TryAsync(ExternalRepo repo, Func<Task> action)
        {
            try
            {
                await action().ConfigureAwait(false);
            }
            catch (DiagnosticException problem)
            {
                problems.Add(repo, problem);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                problems.Add(repo, SystemProblem.Explain(PathOf(repo), problem));
            }
        }
    }

    // The present checkout of a pin, after a check of all its files; null when there is none, or when it was the
    // checkout of another commit and has been removed.
    private async Task<AcquiredSource?> PresentAsync(ExternalRepo repo, CancellationToken cancellation)
    {
        var path = PathOf(repo);
        if (!Path.Exists(path) && new FileInfo(path).LinkTarget is null)
            return null;
        if (Directory.Exists(path)
            && await Engine.DistrustAsync(path, cancellation).ConfigureAwait(false) is { } distrust)
            throw SourceRules.OtherOwner.Error(repo.Item.Where, repo.Name, distrust);
        var head = Checkout.CommitOf(path)
            ?? throw SourceRules.Edited.Error(repo.Item.Where, repo.Name, path, "it is not a git checkout");
        var notes = Checkout.NotesOn(options.Layout.Sources, repo.Name);
        var made = Checkout.Made(notes) ?? head;
        if (head != made)
            throw SourceRules.OwnCommits.Error(repo.Item.Where, repo.Name, path,
                $"its HEAD is at {head}, but it was checked out at {made}");
        // Without notes, the checkout is compared with the part that the pin names.
        var was = repo with { SparsePaths = Checkout.Made(notes) is null ? repo.SparsePaths : Checkout.PathsOf(notes) };
        var deviation = made == repo.Fallback && made != repo.Commit && IsFallbackAllowed(repo)
            ? Deviation(repo) : null;
        var kept = (made == repo.Commit || deviation is not null)
            && was.SparsePaths?.ToString() == repo.SparsePaths?.ToString();
        if (!kept && !await Engine.HasAsync(StoreOf(was, repo.Url), made, cancellation).ConfigureAwait(false))
            throw SourceRules.OwnCommits.Error(repo.Item.Where, repo.Name, path,
                $"its HEAD is at {head}, which is not among what was fetched");
        if (kept && repo.Lfs)
            await FillAsync(repo, repo.Url, made, path, cancellation).ConfigureAwait(false);
        if (await DifferencesAsync(was, repo.Url, made, path, notes, "",
            cancellation).ConfigureAwait(false) is { Count: > 0 } differences)
            throw SourceRules.Edited.Error(repo.Item.Where, repo.Name, path,
                string.Join(", ", differences.Take(5))
                    + (differences.Count > 5 ? $" and {differences.Count - 5} more" : ""));
        if (kept)
            return new AcquiredSource(repo.Name, path, made, deviation) { Paths = repo.SparsePaths };
        // If a pin was changed to another commit or other paths, the source is fetched again, and the old checkout is
        // removed, because its files are in the store.
        if (await OwnCommitsAsync(was, repo.Url, made, path, cancellation).ConfigureAwait(false) is { Count: > 0 } own)
            throw SourceRules.OwnCommits.Error(repo.Item.Where, repo.Name, path, string.Join(", ", own));
        FolderRemoval.Remove(notes);
        FolderRemoval.Remove(path);
        return null;
    }

    private async Task<AcquiredSource> FetchAsync(ExternalRepo repo, int count, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var commit = repo.Commit;
        string? deviation = null;
        var temporary = Path.Combine(partial, repo.Name + "-" + Guid.NewGuid().ToString("N")[..8]);
        var parts = new List<(string Path, string Store)>();
        try
        {
            await MakeAsync(repo, repo.Url, commit, temporary, parts, 0, cancellation).ConfigureAwait(false);
        }
        catch (DiagnosticException problem)
            when ((problem.Diagnostics[0].Rule == SourceRules.MissingCommit
                || problem.Diagnostics[0].Rule == SourceRules.Offline) && repo.Fallback is not null
                && IsFallbackAllowed(repo))
        {
            (commit, deviation) = (repo.Fallback, Deviation(repo));
            log.Report(SourceRules.FallbackUsed.At(repo.Item.Where, repo.Name, repo.Fallback, repo.Commit));
            FolderRemoval.Remove(temporary);
            parts.Clear();
            await MakeAsync(repo, repo.Url, commit, temporary, parts, 0, cancellation).ConfigureAwait(false);
        }
        var path = PathOf(repo);
        var notes = Checkout.NotesOn(options.Layout.Sources, repo.Name);
        FolderRemoval.Remove(notes);
        if (await DifferencesAsync(repo, repo.Url, commit, temporary, notes, "",
            cancellation).ConfigureAwait(false) is { Count: > 0 } differences)
            throw SourceRules.GitFailed.Error(repo.Item.Where, repo.Name, repo.Url,
                $"the new checkout is not clean at {commit}: {string.Join(", ", differences.Take(5))}");
        foreach (var (part, store) in parts)
            Checkout.Borrow(part, store, Path.Combine(path, Path.GetRelativePath(temporary, part)));
        Directory.Move(temporary, path);
        Checkout.Note(notes, commit, repo.SparsePaths);
        log.Info(
            $"[{Interlocked.Increment(ref done)}/{count}] {repo.Name} at {commit[..12]}, "
                + (repo.SparsePaths is { } paths ? $"only {paths}, " : "")
                + $"{Amount.Duration(watch.Elapsed.TotalSeconds)}");
        return new AcquiredSource(repo.Name, path, commit, deviation) { Paths = repo.SparsePaths };
    }

    private async Task MakeAsync(ExternalRepo repo, string url, string commit, string path,
        List<(string Path, string Store)> parts, int depth, CancellationToken cancellation)
    {
        log.Progress($"Fetching {repo.Name}");
        await BringAsync(repo, url, commit, cancellation).ConfigureAwait(false);
        var store = StoreOf(repo, url);
        await Engine.CheckOutAsync(repo, url, commit, store, path, cancellation).ConfigureAwait(false);
        parts.Add((path, store));
        if (repo.Lfs)
            await FillAsync(repo, url, commit, path, cancellation).ConfigureAwait(false);
        var list = repo.Submodules
            ? await Engine.SubmodulesAsync(repo, url, commit, store, cancellation).ConfigureAwait(false)
            : SubmoduleList.None;
        if (list.WithoutUrl().ToList() is { Count: > 0 } empty)
            log.Report(SourceRules.SubmoduleWithoutUrl.At(repo.Item.Where, repo.Name, string.Join(", ", empty)));
        foreach (var module in list.Checked(repo, url))
        {
            if (parts.Count > MostSubmodules || depth >= Deepest)
                throw SourceRules.TooManySubmodules.Error(repo.Item.Where, repo.Name, MostSubmodules, Deepest);
            // The path of a submodule is checked just before files are written to it, because a link can come with the
            // tree, or with an earlier submodule.
            if (SubmodulePlace.Obstacle(path, module.Path) is { } obstacle)
                throw SourceRules.SubmodulePlace.Error(repo.Item.Where, repo.Name, module.Path,
                    $"'{obstacle}' on the way to it is a link or a file");
            await MakeAsync(Whole(repo), module.Url, module.Commit, Path.Combine(path, module.Path), parts, depth + 1,
                cancellation).ConfigureAwait(false);
        }
    }

    // Ensures that a commit is in the store of its repository.
    private async Task BringAsync(ExternalRepo repo, string url, string commit, CancellationToken cancellation)
    {
        var store = StoreOf(repo, url);
        if (options.Offline && !await Engine.HasAsync(store, commit, cancellation).ConfigureAwait(false))
            throw SourceRules.Offline.Error(repo.Item.Where, repo.Name);
        var gate = stores.GetOrAdd(store, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await Engine.FetchAsync(repo, url, commit, store, text => log.Progress($"{repo.Name}: {text}"),
                cancellation).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    // Replaces pointers of Git LFS with the content that they stand for.
    private async Task FillAsync(ExternalRepo repo, string url, string commit, string path,
        CancellationToken cancellation)
    {
        await BringAsync(repo, url, commit, cancellation).ConfigureAwait(false);
        var store = StoreOf(repo, url);
        var pointers = (await Engine.PointersAsync(repo, url, commit, store, cancellation).ConfigureAwait(false))
            .Where(pointer => pointer.IsIn(Path.Combine(path, pointer.Path))).ToList();
        if (pointers.Count == 0)
            return;
        if (pointers.Where(pointer => !File.Exists(pointer.ObjectIn(store))).ToList() is { Count: > 0 } missing)
        {
            if (options.Offline)
                throw SourceRules.LfsNotFetched.Error(repo.Item.Where, repo.Name,
                    Amount.Count(missing.Count, "file"), missing[0].Path,
                    "Offline is true");
            log.Progress($"{repo.Name}: {Amount.Count(missing.Count, "file")} of Git LFS");
            await Engine.FetchLfsAsync(repo, url, commit, store, path, missing, cancellation).ConfigureAwait(false);
        }
        foreach (var pointer in pointers)
        {
            var (content, file) = (pointer.ObjectIn(store), Path.Combine(path, pointer.Path));
            if (!pointer.IsContentOf(content))
                throw SourceRules.LfsNotFetched.Error(repo.Item.Where, repo.Name,
                    Amount.Count(pointers.Count, "file"), pointer.Path,
                    "its content could not be fetched, or differs from the pointer");
            if (SubmodulePlace.Obstacle(path, pointer.Path) != pointer.Path.Replace('/', Path.DirectorySeparatorChar))
                throw SourceRules.SubmodulePlace.Error(repo.Item.Where, repo.Name, pointer.Path,
                    "a link points to a file in Git LFS");
            var mode = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(file);
            File.Copy(content, file, overwrite: true);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(file, mode);
        }
        await Engine.SettleLfsAsync(repo, url, store, path, cancellation).ConfigureAwait(false);
    }

    // The differences between a checkout, including its submodules, and its commit: paths below the checkout, each with
    // a word for the kind of difference.
    private async Task<IReadOnlyList<string>> DifferencesAsync(ExternalRepo repo, string url, string commit,
        string path, string notes, string below, CancellationToken cancellation)
    {
        await BringAsync(repo, url, commit, cancellation).ConfigureAwait(false);
        var store = StoreOf(repo, url);
        var index = Path.Combine(notes, below.Length == 0 ? "index" : "index-" + ContentHashes.OfText(below)[..16]);
        var pointers = (await Engine.PointersAsync(repo, url, commit, store, cancellation).ConfigureAwait(false))
            .ToDictionary(pointer => pointer.Path);
        var differences = (await Engine.CompareAsync(repo, url, commit, store, path, index,
            cancellation).ConfigureAwait(false))
            .Where(difference => difference.How != "changed" || !pointers.TryGetValue(difference.Path, out var pointer)
                || !pointer.IsContentOf(Path.Combine(path, difference.Path)))
            .Select(difference => $"{below}{difference}").ToList();
        var list = await Engine.SubmodulesAsync(repo, url, commit, store, cancellation).ConfigureAwait(false);
        var modules = repo.Submodules ? list.Checked(repo, url).ToDictionary(module => module.Path) : [];
        foreach (var link in list.Links)
        {
            var folder = Path.Combine(path, link.Path);
            if (SubmodulePlace.Obstacle(path, link.Path) is { } obstacle)
                differences.Add($"{below}{obstacle} (no folder)");
            else if (!modules.TryGetValue(link.Path, out var module))
                differences.AddRange(!Directory.Exists(folder)
                    ? [$"{below}{link.Path} (deleted)"] : Directory.EnumerateFileSystemEntries(folder).Any()
                        ? [$"{below}{link.Path}/ (new)"] : []);
            else if (Checkout.CommitOf(folder) is not { } at)
                differences.Add($"{below}{link.Path} (it is not a git checkout)");
            else
            {
                if (at != link.Commit)
                    differences.Add($"{below}{link.Path} (at {at}, not {link.Commit})");
                differences.AddRange(await DifferencesAsync(Whole(repo), module.Url, module.Commit, folder, notes,
                    $"{below}{link.Path}/", cancellation).ConfigureAwait(false));
            }
        }
        return differences;
    }

    private async Task<IReadOnlyList<string>> OwnCommitsAsync(ExternalRepo repo, string url, string commit, string path,
        CancellationToken cancellation)
    {
        var own = Checkout.OwnCommits(path, commit).ToList();
        if (repo.Submodules)
            foreach (var module in (await Engine.SubmodulesAsync(repo, url, commit, StoreOf(repo, url),
                cancellation).ConfigureAwait(false)).Checked(repo, url))
                own.AddRange(await OwnCommitsAsync(Whole(repo), module.Url, module.Commit,
                    Path.Combine(path, module.Path),
                    cancellation).ConfigureAwait(false));
        return own;
    }

    // A part of a repository has a store of its own, so that a store always has everything that its pins want.
    private string StoreOf(ExternalRepo repo, string url) =>
        StoreNamed(ContentHashes.OfText(PinLedger.Normalised(url)
            + (repo.SparsePaths is { } paths ? "\n" + paths : ""))[..16]);

    // Sparse paths concern the repository itself; a submodule in one of them is wanted as a whole.
    private static ExternalRepo Whole(ExternalRepo repo) =>
        repo.SparsePaths is null ? repo : repo with { SparsePaths = null };

    private string StoreNamed(string name) => Path.Combine(options.Layout.Sources, ".objects", name + ".git");

    /// <summary>The path of a repository's checkout, whether or not it exists yet.</summary>
    public static string PathOf(EvaluationLayout layout, ExternalRepo repo) => Path.Combine(layout.Sources, repo.Name);

    private string PathOf(ExternalRepo repo) => PathOf(options.Layout, repo);

    private bool IsFallbackAllowed(ExternalRepo repo) =>
        options.AllowFallback.Contains(repo.Name, StringComparer.OrdinalIgnoreCase);

    private static string Deviation(ExternalRepo repo) =>
        $"{repo.Name} at {repo.Fallback![..12]} instead of the pinned {repo.Commit[..12]}";
}
