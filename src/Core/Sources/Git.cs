using System.Collections.Concurrent;
using CliWrap.Buffered;
using Verus.Artifact.Common;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>
/// The implementation of the operations on repositories that uses the git command. Git fetches a single commit by its
/// id, without history, which libgit2 cannot do, and git is the authority on whether a checkout is clean.
/// </summary>
internal sealed partial class Git : IGit
{
    // Irregularities that occur in trees and commits of legitimate old repositories and that cause no problem for this
    // SDK.
    private static readonly string[] Harmless =
    [
        "badFilemode", "zeroPaddedFilemode", "missingSpaceBeforeDate", "missingSpaceBeforeEmail",
        "missingNameBeforeEmail", "missingEmail", "badEmail", "badName", "badDate", "badDateOverflow",
        "badTimezone", "zeroPaddedDate", "multipleAuthors", "badTagName", "missingTaggerEntry", "missingTagEntry",
        "gitignoreSymlink", "gitattributesSymlink", "mailmapSymlink", "nulInCommit",
        "gitmodulesParse",
    ];

    private static readonly string[] FetchOptions =
    [
        "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.hooksPath=/dev/null", "-c",
        "transfer.fsckObjects=true", "-c", "fetch.fsckObjects=true",
        .. Harmless.SelectMany(harmless => (string[])["-c", $"fetch.fsck.{harmless}=ignore"]),
        "fetch", "--progress", "--no-tags", "--no-prune", "--no-recurse-submodules", "--no-write-fetch-head",
        "--no-auto-maintenance",
    ];

    private readonly ConcurrentDictionary<string, bool> swept = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task<bool> HasAsync(string store, string commit, CancellationToken cancellation) =>
        File.Exists(Path.Combine(store, "HEAD"))
        && await TryAsync(store, ["rev-parse", "--quiet", "--verify", ReferenceOf(commit) + "^{commit}"], null,
            cancellation).ConfigureAwait(false) is { ExitCode: 0 } found
        && found.StandardOutput.Trim() == commit;

    /// <inheritdoc/>
    public async Task FetchAsync(ExternalRepo pin, string url, string commit, string store, Action<string> progress,
        CancellationToken cancellation)
    {
        if (swept.TryAdd(store, true))
            SweepLocks(store);
        if (await HasAsync(store, commit, cancellation).ConfigureAwait(false))
            return;
        await CheckFormatAsync(pin, url, commit, store, cancellation).ConfigureAwait(false);
        if (await InitAsync(store, cancellation, commit).ConfigureAwait(false) is { ExitCode: not 0 } failed)
            throw GitProblem.Of(pin, url, commit, failed.StandardError);
        if (pin.SparsePaths is null)
            await FetchCommitAsync(pin, url, commit, store, ReferenceOf(commit), [], progress, cancellation)
                .ConfigureAwait(false);
        else
        {
            var unfinished = UnfinishedOf(commit);
            await FetchCommitAsync(pin, url, commit, store, unfinished, [OnlyFolders], progress, cancellation)
                .ConfigureAwait(false);
            if (!await FetchFilesAsync(pin, url, commit, store, progress, cancellation).ConfigureAwait(false))
                await FetchCommitAsync(pin, url, commit, store, unfinished, ["--refetch"], progress, cancellation)
                    .ConfigureAwait(false);
            await ChooseAsync(pin, url, commit, store, cancellation).ConfigureAwait(false);
            await RunAsync(pin, url, Alone(store, ["update-ref", ReferenceOf(commit), commit]), cancellation)
                .ConfigureAwait(false);
            await RunAsync(pin, url, Alone(store, ["update-ref", "-d", unfinished]), cancellation)
                .ConfigureAwait(false);
        }
    }

    private async Task FetchCommitAsync(ExternalRepo pin, string url, string commit, string store, string reference,
        IReadOnlyList<string> how, Action<string> progress, CancellationToken cancellation)
    {
        var one = await AsUserAsync(store, [.. FetchOptions, .. how, "--depth=1", "--", url, $"+{commit}:{reference}"],
            progress, cancellation).ConfigureAwait(false);
        if (one.ExitCode != 0)
        {
            if (!one.StandardError.Contains("unadvertised object", StringComparison.Ordinal))
                throw GitProblem.Of(pin, url, commit, one.StandardError);
            // If a server offers only the tips of branches, all of them are fetched, and the commit is looked up among
            // them.
            string[] all = ["--", url, "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/remote-tags/*"];
            var whole = File.Exists(Path.Combine(store, "shallow"))
                ? (string[])[.. FetchOptions, .. how, "--unshallow", .. all] : [.. FetchOptions, .. how, .. all];
            if (await AsUserAsync(store, whole, progress,
                cancellation).ConfigureAwait(false) is { ExitCode: not 0 } broken)
                throw GitProblem.Of(pin, url, commit, broken.StandardError);
            if (await TryAsync(store, ["update-ref", reference, commit], null,
                cancellation).ConfigureAwait(false) is not { ExitCode: 0 })
                throw GitProblem.Missing(pin, url, commit);
        }
        await CheckTypeAsync(pin, url, commit, store, reference, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task CheckOutAsync(ExternalRepo pin, string url, string commit, string store, string path,
        CancellationToken cancellation)
    {
        Checkout.Create(path);
        await RunAsync(pin, url, InCheckout(path, ["init", "--quiet", "--template=", FormatOf(commit)]),
            cancellation).ConfigureAwait(false);
        Checkout.Borrow(path, store);
        await RunAsync(pin, url, InCheckout(path, ["config", "remote.origin.url", url]),
            cancellation).ConfigureAwait(false);
        await RunAsync(pin, url,
            InCheckout(path, ["config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"]),
            cancellation).ConfigureAwait(false);
        if (pin.SparsePaths is not null)
            await CheckOutPartAsync(pin, url, commit, store, path, cancellation).ConfigureAwait(false);
        else
            await RunAsync(pin, url,
                InCheckout(path, ["checkout", "--quiet", "--detach", "--no-recurse-submodules", commit]), cancellation)
                .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<SubmoduleList> SubmodulesAsync(ExternalRepo pin, string url, string commit, string store,
        CancellationToken cancellation)
    {
        var links = (await TreeAsync(pin, url, PartOf(pin, commit), store, cancellation).ConfigureAwait(false))
            .Where(entry => entry.Mode == "160000").Select(entry => (entry.Path, entry.Id)).ToList();
        if (links.Count == 0)
            return SubmoduleList.None;
        var settings = await TryAsync(store, ["config", "--blob", commit + ":.gitmodules", "--null", "--list"], null,
            cancellation).ConfigureAwait(false);
        // If the file .gitmodules is missing or is not a valid configuration, the submodules have no URL.
        return new SubmoduleList(links, settings.ExitCode != 0 ? [] :
        [
            .. settings.StandardOutput.Split('\0', StringSplitOptions.RemoveEmptyEntries)
                .Select(entry => entry.Split('\n', 2)).Where(entry => entry.Length == 2)
                .Select(entry => (entry[0], entry[1])),
        ]);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Difference>> CompareAsync(ExternalRepo pin, string url, string commit, string store,
        string path, string index, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(index)!);
        File.Delete(index + ".lock");
        commit = PartOf(pin, commit);
        if (File.Exists(index) && await Compared(["diff-index", "--cached", "--quiet", "--ignore-submodules=all",
            commit, "--"]).ExecuteBufferedAsync(cancellation).ConfigureAwait(false) is not { ExitCode: 0 })
            File.Delete(index);
        if (!File.Exists(index))
            await RunAsync(pin, url, Compared(["read-tree", commit]), cancellation).ConfigureAwait(false);
        var status = await RunAsync(pin, url,
            Compared(["status", "--porcelain=v2", "-z", "--no-renames", "--ignore-submodules=all",
                "--untracked-files=normal", "--ignored=traditional"]), cancellation).ConfigureAwait(false);
        return [.. status.StandardOutput.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(Parse)
            .OfType<Difference>()];

        CliWrap.Command Compared(IReadOnlyList<string> arguments) => Alone(store, path, index, arguments);

        // Of the two letters that git status prints, the second compares the file with the index; the first compares
        // the index with a HEAD, which the store does not have.
        static Difference? Parse(string line) => line switch
        {
            ['?', ' ', ..] => new Difference(line[2..], "new"),
            ['!', ' ', ..] => new Difference(line[2..], "ignored"),
            ['1', ' ', _, '.', ..] => null,
            ['1', ' ', _, 'D', ..] => new Difference(line.Split(' ', 9)[8], "deleted"),
            ['1', ' ', ..] => new Difference(line.Split(' ', 9)[8], "changed"),
            _ => new Difference(line, "changed"),
        };
    }

    /// <inheritdoc/>
    public async Task<string?> DistrustAsync(string path, CancellationToken cancellation) =>
        await Command(path, AsUser(), ["rev-parse", "--git-dir"]).ExecuteBufferedAsync(cancellation)
            .ConfigureAwait(false) is { ExitCode: not 0 } refused
        && refused.StandardError.Contains("safe.directory", StringComparison.Ordinal)
        ? GitProblem.Words(refused.StandardError) : null;

    // A store uses one object format, so an empty store that was created for a wrong pin is created again.
    private async Task CheckFormatAsync(ExternalRepo pin, string url, string commit, string store,
        CancellationToken cancellation)
    {
        if (!File.Exists(Path.Combine(store, "HEAD"))
            || (await TryAsync(store, ["rev-parse", "--show-object-format"], null,
                cancellation).ConfigureAwait(false)).StandardOutput.Trim() is not { Length: > 0 } format
            || FormatOf(commit).EndsWith(format, StringComparison.Ordinal))
            return;
        if ((await TryAsync(store, ["for-each-ref", "refs/pins"], null,
            cancellation).ConfigureAwait(false)).StandardOutput.Length > 0)
            throw SourceRules.OtherFormat.Error(pin.Item.Where, pin.Name, url,
                $"other commits of it are {format.ToUpperInvariant()}");
        FolderRemoval.Remove(store);
    }

    // The pinned id may be that of a tag, which looks like that of a commit.
    private async Task CheckTypeAsync(ExternalRepo pin, string url, string id, string store, string reference,
        CancellationToken cancellation)
    {
        var type = (await TryAsync(store, ["cat-file", "-t", id], null,
            cancellation).ConfigureAwait(false)).StandardOutput.Trim();
        if (type == "commit")
            return;
        var commit = (await TryAsync(store, ["rev-parse", "--quiet", "--verify", id + "^{commit}"], null,
            cancellation).ConfigureAwait(false)).StandardOutput.Trim();
        await TryAsync(store, ["update-ref", "-d", reference], null, cancellation).ConfigureAwait(false);
        throw GitProblem.NoCommit(pin, url, id, type, commit);
    }

    private async Task<List<(string Mode, string Id, long Size, string Path)>> TreeAsync(ExternalRepo pin, string url,
        string commit, string store, CancellationToken cancellation) =>
    [
        .. (await RunAsync(pin, url, Alone(store, ["ls-tree", "-r", "-l", "-z", commit]),
            cancellation).ConfigureAwait(false)).StandardOutput
            .Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t', 2))
            .Select(parts => (Words: parts[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), Path: parts[1]))
            .Select(entry => (entry.Words[0], entry.Words[2], long.TryParse(entry.Words[3], out var size) ? size : 0,
                entry.Path)),
    ];

    // The reference is written when the objects are complete, and protects them from garbage collection.
    private static string ReferenceOf(string commit) => $"refs/pins/{commit}";

    private static string FormatOf(string commit) => commit.Length == 64
        ? "--object-format=sha256" : "--object-format=sha1";

    // The settings of a new store are also applied to an existing one.
    private async Task<BufferedCommandResult> InitAsync(string store, CancellationToken cancellation,
        string commit = "")
    {
        Directory.CreateDirectory(store);
        return await TryAsync(store, ["init", "--quiet", "--bare", "--template=", FormatOf(commit)], null,
            cancellation).ConfigureAwait(false);
    }

    // A git command that was killed leaves its locks behind, at which every later git command would stop. The locks of
    // a killed git command can be removed, since the lock of the evaluation ensures that no other build is working in
    // the folder.
    private static void SweepLocks(string store)
    {
        if (Directory.Exists(store))
            foreach (var left in Directory.EnumerateFiles(store,
                "*.lock").Concat(Directory.Exists(Path.Combine(store, "refs"))
                    ? Directory.EnumerateFiles(Path.Combine(store, "refs"), "*.lock", SearchOption.AllDirectories)
                    : []))
                File.Delete(left);
    }
}
