using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tests.Sources;

/// <summary>Repositories made by git in a folder, and an evaluation that fetches them.</summary>
public abstract class GitFolder : IDisposable
{
    protected GitFolder()
    {
        Layout = new EvaluationLayout(Path.Combine(Folder, "evaluation"), Folder);
        File.WriteAllText(Path.Combine(Folder, "gitconfig"),
            "[user]\nname=t\nemail=t@t\n[protocol \"file\"]\nallow=always\n[init]\ndefaultBranch=main\n");
    }

    protected string Folder { get; } = Directory.CreateTempSubdirectory("git-test-").FullName;

    protected EvaluationLayout Layout { get; }

    protected CollectedLog Log { get; } = new();

    protected Dictionary<string, string?> Variables =>
        new() { ["GIT_CONFIG_GLOBAL"] = Path.Combine(Folder, "gitconfig"), ["GIT_CONFIG_NOSYSTEM"] = "1" };

    public void Dispose()
    {
        FolderRemoval.Remove(Folder).ShouldBeNull();
        GC.SuppressFinalize(this);
    }

    protected string Git(string directory, params string[] arguments) =>
        GitCommand.Run(directory, arguments, Variables);

    protected string GitReading(byte[] input, string directory, params string[] arguments) =>
        GitCommand.Run(directory, arguments, Variables, input);

    /// <summary>Makes a repository with a commit for each text, and returns the commits.</summary>
    protected string[] Remote(string name, params string[] texts)
    {
        var path = Url(name);
        Directory.CreateDirectory(path);
        if (!Directory.Exists(Path.Combine(path, ".git")))
            Git(path, "init", "--quiet");
        return [.. texts.Select(text =>
        {
            Directory.CreateDirectory(Path.Combine(path, "sub"));
            File.WriteAllText(Path.Combine(path, "file.txt"), text);
            File.WriteAllText(Path.Combine(path, "sub/other.txt"), "same");
            Git(path, "add", "--all");
            Git(path, "commit", "--quiet", "--message", text);
            return Git(path, "rev-parse", "HEAD");
        })];
    }

    /// <summary>Commits the files in the folder of a remote, and returns the commit.</summary>
    protected string Commit(string name, string message = "more")
    {
        Git(Url(name), "add", "--all");
        Git(Url(name), "commit", "--quiet", "--message", message);
        return Git(Url(name), "rev-parse", "HEAD");
    }

    /// <summary>
    /// Makes a commit of a tree that git itself would not write: mode, name and id of each entry, in the order given.
    /// </summary>
    protected string CommitOf(string name, params (string Mode, byte[] Name, string Id)[] entries)
    {
        var commit = Git(Url(name), "commit-tree", Tree(name, entries), "-m", "odd");
        Git(Url(name), "update-ref", "refs/heads/odd-" + commit[..8], commit);
        return commit;
    }

    /// <summary>Makes a tree that git itself would not write.</summary>
    protected string Tree(string name, params (string Mode, byte[] Name, string Id)[] entries) =>
        GitReading(
            [.. entries.SelectMany(entry => (byte[])[.. Encoding.ASCII.GetBytes(entry.Mode + " "), .. entry.Name, 0,
                .. Convert.FromHexString(entry.Id)])],
            Url(name), "hash-object", "-t", "tree", "-w", "--stdin", "--literally");

    /// <summary>Writes a file into the store of a remote, and returns its id.</summary>
    protected string Blob(string name, string text) =>
        GitReading(Encoding.UTF8.GetBytes(text), Url(name), "hash-object", "-w", "--stdin");

    protected string Url(string name) => Path.Combine(Folder, "remotes", name);

    protected static ExternalRepo Pin(string name, string url, string commit, string? fallback = null) => new()
    {
        Name = name,
        Item = new DeclarationItem("ExternalRepo", name, new Dictionary<string, string>(),
            () => new SourceLocation("pins.props", 7)),
        Url = url,
        Commit = commit,
        Fallback = fallback,
    };

    protected SourceOptions Options(bool offline = false, IReadOnlyList<string>? searchPath = null,
        params string[] fallbacks) => new(Layout, offline, fallbacks)
        {
            SearchPath = searchPath ?? ["/usr/local/bin", "/usr/bin", "/bin"],
            Environment = Variables,
        };

    protected SourceOptions Options(bool git) => Options(searchPath: git ? null : []);

    protected Task<IReadOnlyList<AcquiredSource>> AcquireAsync(params ExternalRepo[] pins) =>
        AcquireAsync(Options(), pins);

    protected async Task<IReadOnlyList<AcquiredSource>> AcquireAsync(SourceOptions options, params ExternalRepo[] pins)
    {
        var problems = new AcquisitionProblems();
        var acquired = await new SourceStore(options, Log).AcquireAsync(pins, problems,
            TestContext.Current.CancellationToken);
        problems.ThrowIfAny();
        return acquired;
    }

    protected async Task<Diagnostic> FailAsync(SourceOptions options, params ExternalRepo[] pins) =>
        (await Should.ThrowAsync<DiagnosticException>(() => AcquireAsync(options, pins))).Diagnostics[0];

    protected static string Read(AcquiredSource source, string file = "file.txt") =>
        File.ReadAllText(Path.Combine(source.Path, file));
}
