using CliWrap;
using CliWrap.Buffered;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>A submodule as a tree names it.</summary>
internal sealed record Submodule(string Path, string Url, string Commit);

/// <summary>
/// The git command, for what libgit2 cannot do: one commit, by its id, without history. Objects of a repository are kept once, in a bare store
/// that all its checkouts share.
/// </summary>
internal sealed partial class Git(string program, IReadOnlyDictionary<string, string?> environment)
{
    /// <summary>The git of the search path; null where none is installed.</summary>
    public static Git? Find(IReadOnlyList<string> searchPath, IReadOnlyDictionary<string, string?> environment) =>
        searchPath.Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "git.exe" : "git")).FirstOrDefault(File.Exists) is { } program
            ? new Git(program, environment) : null;

    /// <summary>Whether a store has a commit with all that belongs to it.</summary>
    public async Task<bool> HasAsync(string store, string commit, CancellationToken cancellation) => Directory.Exists(Path.Combine(store, "refs"))
        && await TryAsync(store, ["rev-parse", "--quiet", "--verify", ReferenceOf(commit) + "^{commit}"], null, cancellation).ConfigureAwait(false) is { ExitCode: 0 };

    /// <summary>Brings a commit to a store, unless it is there.</summary>
    public async Task FetchAsync(ExternalRepo pin, string url, string commit, string store, Action<string> progress, CancellationToken cancellation)
    {
        if (await HasAsync(store, commit, cancellation).ConfigureAwait(false))
            return;
        if (await InitAsync(store, cancellation).ConfigureAwait(false) is { ExitCode: not 0 } failed)
            throw GitProblem.Of(pin, url, commit, failed.StandardError);
        var reference = ReferenceOf(commit);
        var one = await TryAsync(store, ["-c", "gc.auto=0", "fetch", "--progress", "--no-tags", "--no-auto-maintenance", "--depth=1", url, $"+{commit}:{reference}"], progress, cancellation).ConfigureAwait(false);
        if (one.ExitCode == 0)
            return;
        var problem = GitProblem.Of(pin, url, commit, one.StandardError);
        if (!one.StandardError.Contains("unadvertised object", StringComparison.Ordinal))
            throw problem;
        // This server gives away tips of branches only: all of them are fetched, and the commit is looked for.
        await RunAsync(pin, url, store, ["-c", "gc.auto=0", "fetch", "--progress", "--no-tags", "--no-auto-maintenance", "--unshallow", url, "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"], progress, cancellation, retryWithout: "--unshallow").ConfigureAwait(false);
        if (await TryAsync(store, ["update-ref", reference, commit], null, cancellation).ConfigureAwait(false) is not { ExitCode: 0 })
            throw GitProblem.Missing(pin, url, commit);
    }

    /// <summary>Makes a checkout that borrows the objects of a store.</summary>
    public async Task CheckOutAsync(ExternalRepo pin, string url, string commit, string store, string path, CancellationToken cancellation)
    {
        Directory.CreateDirectory(path);
        await RunAsync(pin, url, path, ["init", "--quiet", "."], null, cancellation).ConfigureAwait(false);
        var own = Path.Combine(path, ".git");
        Directory.CreateDirectory(Path.Combine(own, "objects/info"));
        await File.WriteAllTextAsync(Path.Combine(own, "objects/info/alternates"), Path.Combine(store, "objects") + "\n", cancellation).ConfigureAwait(false);
        if (File.Exists(Path.Combine(store, "shallow")))
            File.Copy(Path.Combine(store, "shallow"), Path.Combine(own, "shallow"), overwrite: true);
        await RunAsync(pin, url, path, ["remote", "add", "origin", url], null, cancellation).ConfigureAwait(false);
        await RunAsync(pin, url, path, ["-c", "advice.detachedHead=false", "-c", "core.autocrlf=false", "checkout", "--quiet", "--detach", commit], null, cancellation).ConfigureAwait(false);
    }

    /// <summary>The submodules of a checkout, with their URLs made absolute.</summary>
    public async Task<IReadOnlyList<Submodule>> SubmodulesAsync(ExternalRepo pin, string url, string commit, string path, CancellationToken cancellation)
    {
        if (!File.Exists(Path.Combine(path, ".gitmodules")))
            return [];
        // Exit code 1: the file names none.
        var config = await RunAsync(pin, url, path, ["config", "--file", ".gitmodules", "--null", "--get-regexp", @"^submodule\..*\.(path|url)$"], null, cancellation, alsoGood: 1).ConfigureAwait(false);
        var values = config.StandardOutput.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split('\n', 2)).Where(entry => entry.Length == 2)
            .GroupBy(entry => entry[0][..entry[0].LastIndexOf('.')]).Select(group => group.ToDictionary(entry => entry[0][(entry[0].LastIndexOf('.') + 1)..], entry => entry[1]));
        var links = (await RunAsync(pin, url, path, ["ls-tree", "-r", "-z", commit], null, cancellation).ConfigureAwait(false)).StandardOutput
            .Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("160000 ", StringComparison.Ordinal))
            .ToDictionary(line => line[(line.IndexOf('\t', StringComparison.Ordinal) + 1)..], line => line.Split(' ', '\t')[2]);
        return
        [
            .. values.Where(module => module.ContainsKey("path") && module.ContainsKey("url") && links.ContainsKey(module["path"]))
                .Select(module => new Submodule(module["path"], Absolute(module["url"], url), links[module["path"]])),
        ];
    }

    /// <summary>A submodule's URL may be relative to that of the repository it is in.</summary>
    internal static string Absolute(string url, string parent)
    {
        if (!url.StartsWith("./", StringComparison.Ordinal) && !url.StartsWith("../", StringComparison.Ordinal))
            return url;
        var place = parent.TrimEnd('/');
        while (true)
        {
            if (url.StartsWith("../", StringComparison.Ordinal))
                (place, url) = (place[..Math.Max(0, place.LastIndexOfAny(['/', ':']))], url[3..]);
            else if (url.StartsWith("./", StringComparison.Ordinal))
                url = url[2..];
            else
                return $"{place}/{url}";
        }
    }

    // Written when the objects are complete; it keeps them from being collected.
    private static string ReferenceOf(string commit) => $"refs/pins/{commit}";

    // Says the same to a store that is there.
    private Task<BufferedCommandResult> InitAsync(string store, CancellationToken cancellation)
    {
        Directory.CreateDirectory(store);
        return TryAsync(store, ["init", "--quiet", "--bare", "."], null, cancellation);
    }

    private async Task<BufferedCommandResult> RunAsync(ExternalRepo pin, string url, string directory, IReadOnlyList<string> arguments, Action<string>? progress, CancellationToken cancellation,
        string? retryWithout = null, int alsoGood = 0)
    {
        var result = await TryAsync(directory, arguments, progress, cancellation).ConfigureAwait(false);
        if (result.ExitCode != 0 && retryWithout is not null)
            result = await TryAsync(directory, [.. arguments.Where(argument => argument != retryWithout)], progress, cancellation).ConfigureAwait(false);
        return result.ExitCode == 0 || result.ExitCode == alsoGood ? result : throw GitProblem.Of(pin, url, pin.Commit, result.StandardError);
    }

    private async Task<BufferedCommandResult> TryAsync(string directory, IReadOnlyList<string> arguments, Action<string>? progress, CancellationToken cancellation, PipeSource? input = null)
    {
        var command = Command(directory, arguments);
        if (progress is not null)
            command = command.WithStandardErrorPipe(PipeTarget.ToDelegate(progress));
        if (input is not null)
            command = command.WithStandardInputPipe(input);
        return await command.ExecuteBufferedAsync(cancellation).ConfigureAwait(false);
    }

    private Command Command(string directory, IReadOnlyList<string> arguments)
    {
        var variables = new Dictionary<string, string?>(environment, StringComparer.Ordinal)
        {
            // Never asks; always speaks English, so that what it says can be told apart.
            ["GIT_TERMINAL_PROMPT"] = "0",
            ["GIT_ASKPASS"] = "true",
            ["SSH_ASKPASS"] = "true",
            ["GIT_SSH_COMMAND"] = Environment.GetEnvironmentVariable("GIT_SSH_COMMAND") ?? "ssh -o BatchMode=yes",
            ["LC_ALL"] = "C",
            ["GIT_DIR"] = null,
            ["GIT_WORK_TREE"] = null,
            ["GIT_INDEX_FILE"] = null,
        };
        return Cli.Wrap(program).WithArguments(arguments).WithWorkingDirectory(directory).WithEnvironmentVariables(variables).WithValidation(CommandResultValidation.None);
    }
}
