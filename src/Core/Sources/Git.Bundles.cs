using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Verus.Artifact.Common;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

// What bundles need of git.
internal sealed partial class Git
{
    /// <summary>
    /// Writes the files of commits, without history, into a pack. The pack depends on the objects and the version of git only: deltas are made
    /// anew, by one thread.
    /// </summary>
    public async Task PackAsync(ExternalRepo pin, string url, string store, IReadOnlyList<string> commits, string target, CancellationToken cancellation)
    {
        var words = new StringBuilder();
        await using var file = File.Create(target);
        var list = Command(store, ["rev-list", "--objects", "--no-walk", .. commits]).WithStandardErrorPipe(PipeTarget.ToStringBuilder(words));
        var pack = Command(store, ["pack-objects", "--quiet", "--stdout", "--threads=1", "--no-reuse-delta", "--no-reuse-object", "--delta-base-offset"])
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(words));
        var result = await (list | pack | PipeTarget.ToStream(file)).ExecuteAsync(cancellation).ConfigureAwait(false);
        if (result.ExitCode != 0 || words.Length > 0)
            throw GitProblem.Of(pin, url, commits[0], words.ToString());
    }

    /// <summary>
    /// Adds a pack of commits without history to a store; null, or what git said. git computes the name of each object from its content, so that no
    /// other content can pass for a commit.
    /// </summary>
    public async Task<string?> UnpackAsync(string store, IReadOnlyList<string> commits, string pack, CancellationToken cancellation)
    {
        var shallow = Path.Combine(store, "shallow");
        await using var content = File.OpenRead(pack);
        foreach (var step in (Func<Task<BufferedCommandResult>>[])
        [
            () => InitAsync(store, cancellation),
            () => TryAsync(store, ["index-pack", "--stdin"], null, cancellation, PipeSource.FromStream(content)),
            () =>
            {
                var known = File.Exists(shallow) ? File.ReadAllLines(shallow) : [];
                AtomicFile.Write(shallow, string.Concat(known.Union(commits).Select(commit => commit + "\n")));
                return TryAsync(store, ["rev-list", "--objects", "--quiet", .. commits], null, cancellation);
            },
        ])
            if (await step().ConfigureAwait(false) is { ExitCode: not 0 } failed)
                return failed.StandardError.Trim();
        foreach (var commit in commits)
            await TryAsync(store, ["update-ref", ReferenceOf(commit), commit], null, cancellation).ConfigureAwait(false);
        return null;
    }
}
