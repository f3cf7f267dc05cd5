using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Verus.Artifact.Common;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

// Fetches and checks out a part of a repository (SparsePaths). The store of a part has the commit and all of its
// folders, but only the files of the part. A commit that the SDK makes in the store holds exactly the files of the
// part; everything that reads or compares files uses that commit in place of the pinned one.
internal sealed partial class Git
{
    private const string OnlyFolders = "--filter=blob:none";

    // git reads these files, wherever they are, while it checks the objects of a commit. The first one decides how git
    // converts other files.
    private static readonly string[] Rules = [".gitattributes", ".gitmodules"];

    // Names for the author of the commit that holds a part, so that equal parts have equal ids.
    private static readonly string[] Authors = ["GIT_AUTHOR_", "GIT_COMMITTER_"];

    /// <summary>The commit that has exactly the files which a pin wants of a commit.</summary>
    private static string PartOf(ExternalRepo pin, string commit) =>
        pin.SparsePaths is null ? commit : $"refs/parts/{commit}";

    // Until all files of a part are in the store, the commit has a reference of this name.
    private static string UnfinishedOf(string commit) => $"refs/unfinished/{commit}";

    // Fetches the files of a part. The result is false if the server does not give away single files.
    private async Task<bool> FetchFilesAsync(ExternalRepo pin, string url, string commit, string store,
        Action<string> progress, CancellationToken cancellation)
    {
        await ForgetRemoteAsync(url, store, cancellation).ConfigureAwait(false);
        var files = (await FilesAsync(pin, url, commit, store, cancellation).ConfigureAwait(false))
            .Where(IsStored).Select(file => file.Id).Distinct().ToList();
        var missing = await MissingAsync(pin, url, store, files, cancellation).ConfigureAwait(false);
        if (missing.Count > 0)
        {
            progress(Amount.Count(missing.Count, "file"));
            var fetched = await AsUserAsync(store,
                ["-c", "fetch.negotiationAlgorithm=noop", .. FetchOptions, OnlyFolders, "--stdin", "--", url],
                progress, cancellation, Lines(missing)).ConfigureAwait(false);
            await ForgetRemoteAsync(url, store, cancellation).ConfigureAwait(false);
            if (fetched.ExitCode != 0)
                return GitProblem.Of(pin, url, commit, fetched.StandardError).Diagnostics[0].Rule
                    == SourceRules.MissingCommit
                    ? false : throw GitProblem.Of(pin, url, commit, fetched.StandardError);
            if (await MissingAsync(pin, url, store, files, cancellation).ConfigureAwait(false) is [var lost, ..])
                throw SourceRules.Damaged.Error(pin.Item.Where, pin.Name, url, $"missing blob {lost}");
        }
        return true;
    }

    // Makes the commit that holds the part. The commit depends only on the pinned commit and the paths.
    private async Task ChooseAsync(ExternalRepo pin, string url, string commit, string store,
        CancellationToken cancellation)
    {
        var files = await FilesAsync(pin, url, commit, store, cancellation).ConfigureAwait(false);
        if (pin.SparsePaths!.WithoutMatch([.. files.Select(file => file.Path)]) is { Count: > 0 } none)
            throw SourceRules.NoSparsePath.Error(pin.Item.Where, pin.Name, commit,
                string.Join(", ", none.Select(path => $"'{path}'")));
        var index = Path.Combine(store, $"part-{Guid.NewGuid():N}.lock");
        await RunAsync(pin, url, Alone(store, store, index, ["update-index", "-z", "--index-info"])
            .WithStandardInputPipe(Raw(files.Where(file => file.IsWanted)
                .Select(file => $"{file.Mode} {file.Id}\t{file.Raw}\0"))), cancellation).ConfigureAwait(false);
        var tree = await RunAsync(pin, url, Alone(store, store, index, ["write-tree", "--missing-ok"]), cancellation)
            .ConfigureAwait(false);
        File.Delete(index);
        var variables = Alone();
        variables["GIT_DIR"] = store;
        foreach (var name in Authors)
            (variables[name + "NAME"], variables[name + "EMAIL"], variables[name + "DATE"]) =
                ("part", "part@localhost", "@0 +0000");
        var made = await RunAsync(pin, url, Command(store, variables,
            ["commit-tree", "-m", $"Part of {commit}", tree.StandardOutput.Trim()]), cancellation)
            .ConfigureAwait(false);
        await RunAsync(pin, url, Alone(store, ["update-ref", PartOf(pin, commit), made.StandardOutput.Trim()]),
            cancellation).ConfigureAwait(false);
    }

    // The index of a checkout of a part marks the files outside of the part, so that git itself sees no difference.
    private async Task IndexPartAsync(ExternalRepo pin, string url, string commit, string store, string path,
        CancellationToken cancellation)
    {
        await RunAsync(pin, url, InCheckout(path, ["read-tree", commit]), cancellation).ConfigureAwait(false);
        var files = await FilesAsync(pin, url, commit, store, cancellation).ConfigureAwait(false);
        await RunAsync(pin, url, InCheckout(path, ["update-index", "-z", "--skip-worktree", "--stdin"])
            .WithStandardInputPipe(Raw(files.Where(file => !file.IsWanted).Select(file => file.Raw + "\0"))),
            cancellation).ConfigureAwait(false);
    }

    private async Task CheckOutPartAsync(ExternalRepo pin, string url, string commit, string store, string path,
        CancellationToken cancellation)
    {
        await IndexPartAsync(pin, url, commit, store, path, cancellation).ConfigureAwait(false);
        var files = await FilesAsync(pin, url, commit, store, cancellation).ConfigureAwait(false);
        await RunAsync(pin, url, InCheckout(path, ["checkout-index", "--quiet", "--index", "-z", "--stdin"])
            .WithStandardInputPipe(Raw(files.Where(file => file.IsWanted && file.Mode != Link)
                .Select(file => file.Raw + "\0"))), cancellation).ConfigureAwait(false);
        foreach (var module in files.Where(file => file.IsWanted && file.Mode == Link)
            .Where(module => SubmodulePlace.Problem(module.Path) is null
                && SubmodulePlace.Obstacle(path, module.Path) is null))
            Checkout.Create(Path.Combine(path, module.Path));
        await RunAsync(pin, url, InCheckout(path, ["update-ref", "--no-deref", "HEAD", commit]), cancellation)
            .ConfigureAwait(false);
    }

    // All files and submodules of a commit. Files in a store of a part may be missing, so that their sizes are unknown.
    private async Task<List<TreeFile>> FilesAsync(ExternalRepo pin, string url, string commit, string store,
        CancellationToken cancellation)
    {
        // Names are read byte for byte, since they need not be UTF-8.
        var result = await Alone(store, ["ls-tree", "-r", "-z", "--full-tree", commit])
            .ExecuteBufferedAsync(Encoding.Latin1, cancellation).ConfigureAwait(false);
        if (result.ExitCode != 0)
            throw GitProblem.Of(pin, url, commit, result.StandardError);
        var files = result.StandardOutput.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t', 2)).Select(parts => (Words: parts[0].Split(' '), Raw: parts[1]))
            .Select(entry => new TreeFile(entry.Words[0], entry.Words[2], entry.Raw,
                Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(entry.Raw)), true)).ToList();
        if (pin.SparsePaths is not { } paths)
            return files;
        // The attributes in the folders above a file decide how git converts the file.
        var wanted = files.Select(file => paths.Includes(file.Path)).ToList();
        var folders = files.Zip(wanted).Where(pair => pair.Second).SelectMany(pair => Above(pair.First.Path))
            .ToHashSet(StringComparer.Ordinal);
        return [.. files.Zip(wanted, (file, isWanted) => file with
        {
            IsWanted = isWanted || Path.GetFileName(file.Path) == Rules[0]
                && folders.Contains(file.Path[..^Rules[0].Length]),
        })];

        static IEnumerable<string> Above(string file)
        {
            for (var at = file.LastIndexOf('/'); at > 0; at = file.LastIndexOf('/', at - 1))
                yield return file[..(at + 1)];
            yield return "";
        }
    }

    private static bool IsStored(TreeFile file) =>
        file.Mode != Link && (file.IsWanted || Rules.Contains(Path.GetFileName(file.Path)));

    private async Task<IReadOnlyList<string>> MissingAsync(ExternalRepo pin, string url, string store,
        IReadOnlyList<string> ids, CancellationToken cancellation) =>
        [.. (await RunAsync(pin, url, Alone(store, ["cat-file", "--batch-check"]).WithStandardInputPipe(Lines(ids)),
            cancellation).ConfigureAwait(false)).StandardOutput.Split('\n')
            .Where(line => line.EndsWith(" missing", StringComparison.Ordinal)).Select(line => line.Split(' ')[0])];

    // git remembers the remote of a partial fetch, and would ask it for each file that is not there. No later command
    // may need the network.
    private async Task ForgetRemoteAsync(string url, string store, CancellationToken cancellation)
    {
        await TryAsync(store, ["config", "--remove-section", "remote." + url], null, cancellation)
            .ConfigureAwait(false);
        await TryAsync(store, ["config", "--unset", "extensions.partialClone"], null, cancellation)
            .ConfigureAwait(false);
    }

    private static PipeSource Lines(IEnumerable<string> lines) => Raw(lines.Select(line => line + "\n"));

    private static PipeSource Raw(IEnumerable<string> texts) =>
        PipeSource.FromBytes(Encoding.Latin1.GetBytes(string.Concat(texts)));

    private const string Link = "160000";

    // A file or submodule of a commit. Raw is the name with a character for each byte.
    private sealed record TreeFile(string Mode, string Id, string Raw, string Path, bool IsWanted);
}
