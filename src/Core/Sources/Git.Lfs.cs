using System.Globalization;
using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Verus.Artifact.Common;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

// Fetches files in Git LFS, for which git stores a pointer, and the program git-lfs fetches the content.
internal sealed partial class Git
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<LfsPointer>> PointersAsync(ExternalRepo pin, string url, string commit,
        string store, CancellationToken cancellation)
    {
        commit = PartOf(pin, commit);
        if (await TryAsync(store,
            ["grep", "--quiet", "--fixed-strings", "filter=lfs", commit, "--", ":(glob)**/.gitattributes"], null,
            cancellation).ConfigureAwait(false) is not { ExitCode: 0 })
            return [];
        var small = (await TreeAsync(pin, url, commit, store, cancellation).ConfigureAwait(false))
            .Where(entry => entry.Mode is "100644" or "100755" && entry.Size is > 0 and < LfsPointer.Longest).ToList();
        var pointers = small.Zip(await ReadAsync(pin, url, store, [.. small.Select(entry => entry.Id)],
            cancellation).ConfigureAwait(false))
            .Select(pair => LfsPointer.Parse(pair.First.Path, pair.Second)).OfType<LfsPointer>().ToList();
        if (pointers.Count == 0)
            return [];
        var index = Path.Combine(store, $"attributes-{Guid.NewGuid():N}.lock");
        await RunAsync(pin, url, Alone(store, store, index, ["read-tree", commit]), cancellation).ConfigureAwait(false);
        var attributes = await RunAsync(pin, url,
            Alone(store, store, index, ["check-attr", "--cached", "-z", "--stdin", "filter"])
            .WithStandardInputPipe(PipeSource.FromString(string.Concat(pointers.Select(pointer => pointer.Path + "\0")),
                new UTF8Encoding(false))), cancellation).ConfigureAwait(false);
        File.Delete(index);
        var kept = attributes.StandardOutput.Split('\0').Chunk(3).Where(words => words is [_, _, "lfs"])
            .Select(words => words[0]).ToHashSet(StringComparer.Ordinal);
        return [.. pointers.Where(pointer =>
            kept.Contains(pointer.Path) || pointer.Path.Contains('\uFFFD', StringComparison.Ordinal))];
    }

    /// <inheritdoc/>
    public async Task FetchLfsAsync(ExternalRepo pin, string url, string commit, string store, string path,
        IReadOnlyList<LfsPointer> missing, CancellationToken cancellation)
    {
        if (await AsUserAsync(store, ["lfs", "version"], null,
            cancellation).ConfigureAwait(false) is { ExitCode: not 0 })
            throw SourceRules.LfsNotFetched.Error(pin.Item.Where, pin.Name,
            Amount.Count(missing.Count, "file"), missing[0].Path,
                "the program git-lfs is not installed (Debian: apt-get install git-lfs)");
        var variables = AsUser();
        // GIT_DIR is not set, because a helper of git-lfs looks for the repository of a file: URL, and would find the
        // checkout's repository instead. git-lfs does not understand that a checkout borrows its objects by a relative
        // path.
        variables["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = Path.Combine(store, "objects");
        // The setting goes into the configuration of the checkout, because the helper of git-lfs would apply a
        // command-line setting to the other repository.
        await RunAsync(pin, url, InCheckout(path, ["config", "lfs.storage", Path.Combine(store, "lfs")]),
            cancellation).ConfigureAwait(false);
        var part = await RunAsync(pin, url, Alone(store, ["rev-parse", PartOf(pin, commit)]), cancellation)
            .ConfigureAwait(false);
        var fetched = await Command(path, variables,
            ["-c", "core.hooksPath=" + Empty, "lfs", "fetch", "--include=", "--exclude=", "origin",
                part.StandardOutput.Trim()])
            .ExecuteBufferedAsync(cancellation).ConfigureAwait(false);
        await RunAsync(pin, url, InCheckout(path, ["config", "--unset", "lfs.storage"]),
            cancellation).ConfigureAwait(false);
        if (fetched.ExitCode != 0)
            throw SourceRules.LfsNotFetched.Error(pin.Item.Where, pin.Name,
            Amount.Count(missing.Count, "file"), missing[0].Path,
                "git-lfs said: " + GitProblem.Words(fetched.StandardError));
    }

    /// <inheritdoc/>
    public async Task SettleLfsAsync(ExternalRepo pin, string url, string store, string path,
        CancellationToken cancellation)
    {
        foreach (var (key, value) in new[] { ("clean", "git-lfs clean -- %f"), ("smudge", "git-lfs smudge -- %f"),
            ("process", "git-lfs filter-process"), ("required", "true") })
            await RunAsync(pin, url, InCheckout(path, ["config", "filter.lfs." + key, value]), cancellation)
                .ConfigureAwait(false);
        // The index is written again, because an index that contains the sizes of pointers would report the files as
        // changed.
        File.Delete(Path.Combine(path, ".git/index"));
        if (pin.SparsePaths is not null)
            await IndexPartAsync(pin, url, Checkout.CommitOf(path)!, store, path, cancellation).ConfigureAwait(false);
        else
            await RunAsync(pin, url, InCheckout(path, ["read-tree", "HEAD"]), cancellation).ConfigureAwait(false);
        await TryAsync(InCheckout(path,
            ["-c", "lfs.storage=" + Path.Combine(store, "lfs"), "update-index", "-q", "--refresh"]))
            .ConfigureAwait(false);

        async Task TryAsync(Command command) => await command.ExecuteAsync(cancellation).ConfigureAwait(false);
    }

    // The contents of git objects, in the order of the request.
    private async Task<List<byte[]>> ReadAsync(ExternalRepo pin, string url, string store, IReadOnlyList<string> ids,
        CancellationToken cancellation)
    {
        using var output = new MemoryStream();
        var words = new StringBuilder();
        var result = await Alone(store, ["cat-file", "--batch"])
            .WithStandardInputPipe(PipeSource.FromString(string.Concat(ids.Select(id => id + "\n"))))
            .WithStandardOutputPipe(PipeTarget.ToStream(output))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(words)).ExecuteAsync(cancellation).ConfigureAwait(false);
        var bytes = output.GetBuffer().AsSpan(0, (int)output.Length);
        var contents = new List<byte[]>();
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end
            && Encoding.ASCII.GetString(bytes[..end]).Split(' ') is [_, "blob", var size])
        {
            var length = int.Parse(size, CultureInfo.InvariantCulture);
            contents.Add(bytes.Slice(end + 1, length).ToArray());
            bytes = bytes[(end + 1 + length + 1)..];
        }
        return result.ExitCode == 0 && contents.Count == ids.Count
            ? contents : throw GitProblem.Of(pin, url, pin.Commit, words.ToString());
    }
}
