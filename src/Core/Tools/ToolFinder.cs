using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Verus.Artifact.Common;

namespace Verus.Artifact.Tools;

/// <summary>Looks for tools one after another, each after those it needs. What was found so far is <see cref="Found"/>.</summary>
internal sealed class ToolFinder(ToolOptions options, ToolMemory memory, ICommandRunner runner)
{
    /// <summary>Folders of the system, in the order of its PATH.</summary>
    internal static readonly IReadOnlyList<string> SystemFolders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    public Dictionary<string, ToolResult> Found { get; } = new(StringComparer.OrdinalIgnoreCase);

    public ToolOptions Options => options;

    public ToolMemory Memory => memory;

    /// <summary>What runs commands where a tool is built and runs; null while its image is not here.</summary>
    public ICommandRunner? RunnerOf(ToolDeclaration tool) => tool.Image is { } image ? options.InImage(image) : runner;

    /// <summary>The rule that counts for a tool, and the pinned one.</summary>
    public (VersionRule? Rule, VersionRule? Pin) Rules(ToolDeclaration tool)
    {
        var pin = tool.Version ?? options.Pins.GetValueOrDefault(tool.Name);
        return (tool.VersionOverride ?? pin, pin);
    }

    /// <summary>Resolves one tool; those it needs are in <see cref="Found"/>.</summary>
    public async Task<ToolResult> FindAsync(ToolDeclaration tool, CancellationToken cancellation) =>
        Found[tool.Name] = await LookAsync(tool, cancellation).ConfigureAwait(false);

    private async Task<ToolResult> LookAsync(ToolDeclaration tool, CancellationToken cancellation)
    {
        var (rule, pin) = Rules(tool);
        var needed = rule?.Text ?? "any version";
        var lacking = tool.Needs.Select(name => Found.GetValueOrDefault(name)).OfType<MissingTool>().FirstOrDefault();
        if (lacking is not null)
            return new MissingTool(tool.Name, needed, $"it needs {lacking.Name} {lacking.Needed}, and there is {lacking.Found}", lacking.Remedy)
            {
                Provision = lacking.Provision is null ? null : $"{lacking.Provision}, then {tool.Name}",
                Failure = lacking.Failure,
                Root = lacking.Root ?? lacking,
            };
        var findings = new List<string>();
        foreach (var candidate in Candidates(tool, rule))
        {
            if (Unusable(candidate) is not { } reason)
            {
                var (resolved, problem) = await ExamineAsync(tool, candidate, rule, pin, cancellation).ConfigureAwait(false);
                if (resolved is not null)
                    return resolved;
                findings.Add($"{candidate.Path} {problem}");
            }
            else if (reason.Length > 0)
                findings.Add($"{candidate.Path} {reason}");
            else if (tool.Path is not null)
                findings.Add($"nothing at {candidate.Path}");
        }
        var (provision, obstacle) = Provision(tool, rule);
        if (findings.Count == 0)
            findings.Add("nothing");
        if (obstacle is not null)
            findings.Add($"building it needs {obstacle.Name} {obstacle.Needed}, and there is {obstacle.Found}");
        return new MissingTool(tool.Name, needed, string.Join("; ", findings),
            obstacle?.Remedy ?? tool.Remedy ?? $"Install {tool.Name}, or set the metadata Path of the item to its executable.")
        {
            Provision = provision,
            Root = obstacle?.Root ?? obstacle,
        };
    }

    // How the tool can be provided; and what stands in the way of building it: null when nothing does, or another way is open.
    private (string? Provision, MissingTool? Obstacle) Provision(ToolDeclaration tool, VersionRule? rule)
    {
        if (tool.Path is not null)
            return (null, null);
        if (DotNetToolInstaller.Describe(tool, rule, options) is { } install)
            return (install, null);
        // Another version than the pinned one is not what the pinned commit builds.
        if (tool.Build is null || tool.VersionOverride is not null || options.ToolsDirectory is null || (options.Offline && tool.Build.Helpers.Count > 0))
            return (null, null);
        var obstacle = tool.Build.Needs.Select(name => Found.GetValueOrDefault(name)).OfType<MissingTool>().FirstOrDefault(missing => missing.Provision is null);
        return obstacle is null ? ($"build {tool.Name} from source{(tool.Image is { } image ? $" in the image {image}" : "")}", null) : (null, obstacle);
    }

    // An explicit path is the user's word: falling back to PATH would measure another program than the one named.
    private List<Candidate> Candidates(ToolDeclaration tool, VersionRule? rule)
    {
        if (tool.Path is { } path)
            return [new(System.IO.Path.GetFullPath(path, options.ProjectDirectory))];
        var found = new List<Candidate>();
        if (DotNetToolInstaller.InstalledAt(tool, rule, options) is { } installed)
            found.Add(installed);
        if (tool.VersionOverride is null && RunnerOf(tool) is { } place && ToolBuild.Of(tool, Found, options, place.Identity) is { } build && build.BuiltHash() is { } hash)
            found.Add(new Candidate(build.Executable, Kind: $"built {build.Key}") { Commit = build.Commit, ContentHash = hash, Folder = build.Folder });
        // Without a version rule nothing says that a program of that name is what the pinned commit builds.
        if (tool.Image is null && (tool.Build is null || rule is not null))
            found.AddRange(options.SearchPath.Select(folder => new Candidate(System.IO.Path.Combine(folder, tool.Command))));
        return found;
    }

    // Null: can be tried. Empty: nothing is there. Else: what is wrong with it. What was built here may be a library, which nobody starts.
    private static string? Unusable(Candidate candidate)
    {
        var path = candidate.Path;
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (Directory.Exists(path))
            return "is a folder";
        if (!File.Exists(path))
            return "";
        return !OperatingSystem.IsWindows() && candidate.Commit is null && (File.GetUnixFileMode(path) & execute) == 0 ? "is not executable" : null;
    }

    private async Task<(ResolvedTool? Tool, string Problem)> ExamineAsync(
        ToolDeclaration tool, Candidate candidate, VersionRule? rule, VersionRule? pin, CancellationToken cancellation)
    {
        if (Surround(tool, candidate, out var environment, out var pathEntries) is { } unfit)
            return (null, unfit);
        string content;
        try
        {
            content = Content(tool, candidate);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return (null, $"lacks what is part of its identity: {problem.Message}");
        }
        if (candidate.ContentHash is { } built && built != memory.Hashes.OfFile(candidate.Path))
            return (null, $"is not what was built there; delete {candidate.Folder} to build it anew");
        if (candidate.Commit is not null && tool.DeclaredVersionPattern is null)
            return (Resolved(candidate.Commit, ""), "");
        var (output, failure) = await VersionOutputAsync(tool, candidate.Path, content, environment, pathEntries, cancellation).ConfigureAwait(false);
        if (failure is not null)
            return (null, failure);
        string? version;
        try
        {
            version = UserPattern.Of(tool.VersionPattern, multiline: false).Matches(output).FirstOrDefault()?.Groups[1].Value;
        }
        catch (FormatException problem)
        {
            return (null, problem.Message);
        }
        if (version is null && candidate.Commit is { } commit)
            return (Resolved(commit, output), "");
        // What is only ever built need not tell a version; one that is given in its place is known by its content.
        if (version is null && tool is { Path: not null, Build: not null, DeclaredVersionPattern: null } && rule is null)
            return (Resolved("given", ""), "");
        if (version is null)
            return (null, $"printed no version for '{CommandLine.Join(tool.VersionArguments)}'");
        return rule is null || candidate.Commit is not null || rule.Accepts(version) ? (Resolved(version, output), "") : (null, $"is {version}");

        ResolvedTool Resolved(string version, string output) =>
            new(tool.Name, candidate.Path, version, ContentHashes.OfText(content + "\n" + output), Deviation(tool, candidate, pin, version))
            {
                Environment = environment,
                PathEntries = pathEntries,
            };
    }

    private string? Deviation(ToolDeclaration tool, Candidate candidate, VersionRule? pin, string version)
    {
        // What is built with something else than pinned is something else, too.
        if (candidate.Commit is not null)
            return tool.Build!.Deciding.Select(name => (Found.GetValueOrDefault(name) as ResolvedTool)?.Deviation).OfType<string>().ToList() is { Count: > 0 } others
                ? $"{tool.Name} built with {string.Join(" and ", others)}" : null;
        if (pin?.Accepts(version) == true)
            return null;
        if (pin is not null)
            return $"{tool.Name} {version} in place of the pinned {pin.Text}";
        return tool.Build is { } recipe ? $"{tool.Name} {version} in place of a build of {recipe.Source} {options.Sources.GetValueOrDefault(recipe.Source)?.Identity}".TrimEnd() : null;
    }

    // Everything that decides what the tool does, by content: names count relative to what was declared, so that an equal
    // installation elsewhere has an equal identity.
    private string Content(ToolDeclaration tool, Candidate candidate)
    {
        var text = new StringBuilder("identity format 2\n");
        if (candidate.Closure is { } closure)
            text.Append(candidate.Kind).Append(' ').Append(memory.Hashes.OfTree(closure)).Append('\n');
        else if (candidate.Commit is not null)
            text.Append(candidate.Kind).Append('\n');
        else
            text.Append(memory.Hashes.OfFile(File.ResolveLinkTarget(candidate.Path, returnFinalTarget: true)?.FullName ?? candidate.Path)).Append('\n');
        foreach (var entry in tool.IdentityFiles.Select(entry => System.IO.Path.GetFullPath(entry, options.ProjectDirectory)))
            text.Append(memory.Hashes.OfTree(entry)).Append('\n');
        foreach (var name in tool.Needs.Order(StringComparer.OrdinalIgnoreCase))
            text.Append(name).Append(' ').Append((Found.GetValueOrDefault(name) as ResolvedTool)?.Identity).Append('\n');
        foreach (var (name, value) in tool.Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            text.Append(name).Append('=').Append(value).Append('\n');
        foreach (var source in tool.Environment.Values.Concat(tool.PathEntries).SelectMany(Placeholders.Names).Where(name => name.StartsWith("source:", StringComparison.Ordinal)))
            text.Append(source).Append(' ').Append(options.Sources.GetValueOrDefault(source["source:".Length..])?.Identity).Append('\n');
        return text.ToString();
    }

    // The environment that the tool needs, and the folders for PATH. Folders of the system come last: they hold other tools, too,
    // which must not hide a dependency that stands elsewhere.
    private string? Surround(ToolDeclaration tool, Candidate candidate, out Dictionary<string, string> environment, out List<string> pathEntries)
    {
        var needs = tool.Needs.Select(name => Found.GetValueOrDefault(name)).OfType<ResolvedTool>().ToList();
        var path = candidate.Path;
        string? unknown = null;
        string Expand(string text) => Placeholders.Expand(text, name => Meaning(name, path) ?? (unknown = name));
        environment = new(StringComparer.Ordinal);
        foreach (var (name, value) in needs.SelectMany(need => need.Environment))
            environment[name] = value;
        if (candidate.DotNetRoot is { } root)
            environment["DOTNET_ROOT"] = root;
        foreach (var (name, value) in tool.Environment)
            environment[name] = Expand(value);
        pathEntries =
        [
            .. tool.PathEntries.Select(entry => System.IO.Path.GetFullPath(Expand(entry), options.ProjectDirectory))
                .Append(System.IO.Path.GetDirectoryName(path)!).Concat(needs.SelectMany(need => need.PathEntries))
                .Distinct(StringComparer.Ordinal).OrderBy(SystemFolders.Contains),
        ];
        if (unknown is not null)
            return $"cannot be set up: {{{unknown}}} in its Environment or PathEntries means nothing here";
        foreach (var need in needs.Where(need => tool.Depends.Contains(need.Name, StringComparer.OrdinalIgnoreCase)))
        {
            var command = System.IO.Path.GetFileName(need.Path);
            var first = pathEntries.Select(folder => System.IO.Path.Combine(folder, command)).First(File.Exists);
            if (first != need.Path)
                return $"would start {first} in place of {need.Path}, which stands in a later folder of PATH";
        }
        return null;
    }

    private string? Meaning(string name, string path)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var (kind, rest) = colon < 0 ? (name, "") : (name[..colon], name[(colon + 1)..]);
        return kind switch
        {
            "folder" => System.IO.Path.GetDirectoryName(path),
            "project" => options.ProjectDirectory,
            "home" => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            "tool" => (Found.GetValueOrDefault(rest) as ResolvedTool)?.Path,
            "source" => options.Sources.GetValueOrDefault(rest)?.Path,
            _ => null,
        };
    }

    // Some tools print their version on stderr or leave with a code other than 0, so neither counts against them.
    private async Task<(string Output, string? Problem)> VersionOutputAsync(ToolDeclaration tool, string path, string content,
        Dictionary<string, string> environment, List<string> pathEntries, CancellationToken cancellation)
    {
        var key = ContentHashes.OfText($"{content}\n{path}\n{CommandLine.Join(tool.VersionArguments)}");
        if (memory.Output(key) is { } known)
            return (known, null);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.VersionTimeout);
        try
        {
            if (tool.Image is not null)
            {
                var words = await AskInImageAsync(tool, path, environment, pathEntries, limit.Token).ConfigureAwait(false);
                memory.Remember(key, words);
                return (words, null);
            }
            var run = await Cli.Wrap(path).WithArguments(tool.VersionArguments).WithValidation(CommandResultValidation.None)
                .WithWorkingDirectory(System.IO.Path.GetPathRoot(path)!)
                .WithEnvironmentVariables(variables =>
                {
                    foreach (var (name, value) in environment)
                        variables.Set(name, value);
                    variables.Set("PATH", string.Join(System.IO.Path.PathSeparator, pathEntries.Concat(options.SearchPath).Concat(SystemFolders))).Set("LC_ALL", "C");
                }).ExecuteBufferedAsync(limit.Token).ConfigureAwait(false);
            var output = run.StandardOutput + "\n" + run.StandardError;
            memory.Remember(key, output);
            return (output, null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ("", $"did not print its version within {options.VersionTimeout.TotalSeconds:0.#} s");
        }
        catch (Exception problem) when (problem is System.ComponentModel.Win32Exception or InvalidOperationException or FileNotFoundException)
        {
            return ("", $"cannot be started: {problem.Message}");
        }
    }

    private async Task<string> AskInImageAsync(ToolDeclaration tool, string path, Dictionary<string, string> environment, List<string> pathEntries, CancellationToken cancellation)
    {
        var words = new StringBuilder();
        var own = new Dictionary<string, string>(environment) { ["PATH"] = string.Join(':', pathEntries.Concat(SystemFolders)), ["LC_ALL"] = "C" };
        await RunnerOf(tool)!.RunAsync(new BuildCommand([path, .. tool.VersionArguments], "/", own, line => words.Append(line).Append('\n')) { Reads = [options.ToolsDirectory!] }, cancellation)
            .ConfigureAwait(false);
        return words.ToString();
    }
}

/// <summary>A file that may be the tool.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Closure">The folder whose content the tool is; null where the executable is all that is known.</param>
/// <param name="Kind">What provided it, part of the identity.</param>
internal sealed record Candidate(string Path, string? Closure = null, string Kind = "")
{
    /// <summary>The commit it was built from; null when it was not built here.</summary>
    public string? Commit { get; init; }

    /// <summary>Folder of the .NET installation that it runs on; null when it is no .NET tool. A runtime at an unusual place is not found otherwise.</summary>
    public string? DotNetRoot { get; init; }

    /// <summary>The folder of its build; null when it was not built here.</summary>
    public string? Folder { get; init; }

    /// <summary>What the hash of the executable must be; null when anything will do.</summary>
    public string? ContentHash { get; init; }
}
