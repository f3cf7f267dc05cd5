using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

// The git operations that bundles need. The ids of commits come from the author of the bundle; they have been checked
// to be hexadecimal digits before they are passed to git.
internal sealed partial class Git
{
    /// <summary>What git says about its version, on which the content of a pack depends.</summary>
    public async Task<string> VersionAsync(CancellationToken cancellation) =>
        (await TryAsync(Path.GetTempPath(), ["--version"], null, cancellation).ConfigureAwait(false)).StandardOutput
            .Trim();

    /// <summary>
    /// Writes the files of commits, without history, into a pack. The content of a pack depends only on the objects and
    /// the version of git: deltas are computed afresh, by one thread.
    /// </summary>
    public async Task PackAsync(ExternalRepo pin, string url, string store, IReadOnlyList<string> commits,
        string target, CancellationToken cancellation)
    {
        if (await PackAsync(store, url, commits, target, pin, cancellation).ConfigureAwait(false) is { } problem)
            throw GitProblem.Of(pin, url, commits[0], problem);
    }

    /// <summary>
    /// Unpacks a pack into a separate repository, and checks that everything that belongs to the commits is there and
    /// well-formed. The result is null on success, and otherwise git's message. Git computes the name of each object
    /// from its content, so that no other content can be mistaken for a commit.
    /// </summary>
    /// <param name="repository">The repository, which is created.</param>
    /// <param name="commits">The commits that the pack must have.</param>
    /// <param name="pack">The pack.</param>
    /// <param name="part">The pin whose part of the repository the pack must have; null for the whole.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<string?> StageAsync(string repository, IReadOnlyList<string> commits, string pack,
        ExternalRepo? part, CancellationToken cancellation)
    {
        const int sha256 = 64;
        Directory.CreateDirectory(repository);
        IReadOnlyList<string> format = commits[0].Length == sha256 ? ["--object-format=sha256"] : [];
        if (await SaidAsync(repository, ["init", "--quiet", "--bare", "--template=", .. format, "."], cancellation)
            .ConfigureAwait(false) is { } failed)
            return failed;
        AtomicFile.Write(Path.Combine(repository, "shallow"), string.Concat(commits.Select(commit => commit + "\n")));
        await using (var content = File.OpenRead(pack))
            if (await TryAsync(repository, ["index-pack", "--stdin", "--fsck-objects"], null, cancellation,
                PipeSource.FromStream(content)).ConfigureAwait(false) is { ExitCode: not 0 } refused)
                return refused.StandardError.Trim();
        foreach (var commit in commits)
        {
            var named = await TryAsync(repository,
                ["rev-parse", "--quiet", "--verify", "--end-of-options", commit + "^{commit}"], null, cancellation)
                .ConfigureAwait(false);
            if (named.ExitCode != 0 || named.StandardOutput.Trim() != commit)
                return $"{commit} is not one of its commits";
        }
        if (await ChooseAsync(part, repository, commits, cancellation).ConfigureAwait(false) is { } unsuitable)
            return unsuitable;
        return await SaidAsync(repository, ["rev-list", "--objects", "--quiet", "--end-of-options",
            .. part is null ? commits : commits.Select(commit => PartOf(part, commit))],
            cancellation).ConfigureAwait(false);
    }

    /// <summary>The commits of the submodules that the tree of a commit names.</summary>
    public async Task<IReadOnlyList<string>> LinksAsync(string repository, string commit,
        CancellationToken cancellation)
    {
        var tree = await TryAsync(repository, ["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit], null,
            cancellation).ConfigureAwait(false);
        return [.. tree.StandardOutput.Split('\0').Where(line => line.StartsWith("160000 ", StringComparison.Ordinal))
            .Select(line => line.Split(' ', '\t')[2])];
    }

    /// <summary>
    /// Copies commits and everything that belongs to them, but nothing else, from a repository that
    /// <see cref="StageAsync"/> made to a store. The result is null on success, and otherwise git's message.
    /// </summary>
    public async Task<string?> TakeAsync(string repository, IReadOnlyList<string> commits, string store,
        ExternalRepo? part, CancellationToken cancellation)
    {
        var missing = new List<string>();
        foreach (var commit in commits)
            if (!await HasAsync(store, commit, cancellation).ConfigureAwait(false))
                missing.Add(commit);
        if (missing.Count == 0)
            return null;
        var pack = Path.Combine(repository, "taken.pack");
        if (await PackAsync(repository, part?.Url ?? "", missing, pack, part,
            cancellation).ConfigureAwait(false) is { } unpacked)
            return unpacked;
        if (await InitAsync(store, cancellation).ConfigureAwait(false) is { ExitCode: not 0 } failed)
            return failed.StandardError.Trim();
        await using (var content = File.OpenRead(pack))
            if (await TryAsync(store, ["index-pack", "--stdin"], null, cancellation, PipeSource.FromStream(content))
                .ConfigureAwait(false) is { ExitCode: not 0 } refused)
                return refused.StandardError.Trim();
        // The parents of the commits are not in the repository, and git must not look for them.
        var shallow = Path.Combine(store, "shallow");
        var known = File.Exists(shallow) ? File.ReadAllLines(shallow) : [];
        AtomicFile.Write(shallow, string.Concat(known.Union(missing).Select(commit => commit + "\n")));
        if (await ChooseAsync(part, store, missing, cancellation).ConfigureAwait(false) is { } unsuitable)
            return unsuitable;
        foreach (var commit in missing)
            if (await SaidAsync(store, ["update-ref", ReferenceOf(commit), commit],
                cancellation).ConfigureAwait(false) is { } said)
                return said;
        return null;
    }

    private async Task<string?> ChooseAsync(ExternalRepo? part, string store, IReadOnlyList<string> commits,
        CancellationToken cancellation)
    {
        try
        {
            foreach (var commit in part is null ? [] : commits)
                await ChooseAsync(part!, part!.Url, commit, store, cancellation).ConfigureAwait(false);
            return null;
        }
        catch (DiagnosticException problem)
        {
            return problem.Diagnostics[0].Message;
        }
    }

    private async Task<string?> PackAsync(string store, string url, IReadOnlyList<string> commits, string target,
        ExternalRepo? pin, CancellationToken cancellation)
    {
        var words = new StringBuilder();
        await using var file = File.Create(target);
        var list = Command(store, ["rev-list", "--objects", "--no-walk",
            .. pin?.SparsePaths is null ? (string[])[] : [OnlyFolders], "--end-of-options", .. commits])
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(words));
        var pack = Command(store, ["pack-objects", "--quiet", "--stdout", "--threads=1", "--no-reuse-delta",
            "--no-reuse-object", "--delta-base-offset"])
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(words)) | PipeTarget.ToStream(file);
        if (pin?.SparsePaths is null)
            return Problem(await (list | pack).ExecuteAsync(cancellation).ConfigureAwait(false));
        var folders = await list.ExecuteBufferedAsync(cancellation).ConfigureAwait(false);
        if (folders.ExitCode != 0)
            return folders.StandardError;
        var files = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var commit in commits)
            files.UnionWith((await FilesAsync(pin, url, commit, store, cancellation).ConfigureAwait(false))
                .Where(IsStored).Select(entry => entry.Id));
        return Problem(await (Lines([folders.StandardOutput.TrimEnd(), .. files]) | pack)
            .ExecuteAsync(cancellation).ConfigureAwait(false));

        string? Problem(CommandResult result) => result.ExitCode != 0 || words.Length > 0 ? words.ToString() : null;
    }

    private async Task<string?> SaidAsync(string repository, IReadOnlyList<string> arguments,
        CancellationToken cancellation) =>
        await TryAsync(repository, arguments, null, cancellation).ConfigureAwait(false) is { ExitCode: not 0 } failed
            ? failed.StandardError.Trim() is { Length: > 0 } words
                ? words : $"git {arguments[0]} ended with exit code {failed.ExitCode}" : null;
}
