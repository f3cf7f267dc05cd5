using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Tools;

/// <summary>
/// Looks for tools one after another, each after those it needs. What was found so far is <see cref="Found"/>.
/// </summary>
internal sealed class ToolFinder(ToolOptions options, ToolMemory memory, ICommandRunner runner)
{
    private const string OtherVersion = "is ";
    private const string Unversioned = "unversioned";

    // A shell's own way to say where a program is may leave out the folder of one that it has built in.
    private const string FindInImage =
        """case $0 in /*) [ -x "$0" ] && echo "$0"; exit;; esac; IFS=:; for d in $PATH; do [ -f "$d/$0" ] && [ -x "$d/$0" ] && echo "$d/$0" && exit; done""";

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
        var lacking = tool.Needs.Select(name => Found.GetValueOrDefault(name)).OfType<MissingTool>().ToList();
        var findings = new List<string>();
        var mayBeRight = false;
        var candidates = tool.IsOfImage
            ? await OfImageAsync(tool, findings, cancellation).ConfigureAwait(false) : Candidates(tool, rule);
        foreach (var candidate in candidates)
        {
            if (Unusable(candidate) is { } reason)
            {
                findings.AddRange(Words(tool, candidate, reason));
                continue;
            }
            var (resolved, problem) = await ExamineAsync(tool, candidate, rule, pin,
                cancellation).ConfigureAwait(false);
            if (resolved is not null && lacking.Count == 0)
                return resolved;
            // Without what it needs a tool may tell nothing; only one that tells another version is surely not the one.
            mayBeRight |= resolved is not null
                || lacking.Count > 0 && !problem.StartsWith(OtherVersion, StringComparison.Ordinal);
            if (resolved is null && !mayBeRight)
                findings.Add($"{candidate.Path} {problem}");
        }
        return Missing(tool, rule, findings, lacking, mayBeRight);
    }

    private MissingTool Missing(ToolDeclaration tool, VersionRule? rule, List<string> findings,
        List<MissingTool> lacking, bool mayBeRight)
    {
        var (provision, obstacles) = mayBeRight ? (null, []) : Provision(tool, rule);
        if (findings.Count == 0 && !mayBeRight)
            findings.Add("nothing");
        findings.AddRange(lacking.Select(need => $"it needs {need.Name} {need.Needed}, but found {need.Found}"));
        findings.AddRange(obstacles.Select(need =>
            $"building it needs {need.Name} {need.Needed}, but found {need.Found}"));
        if (!mayBeRight && provision is null && obstacles.Count == 0 && WhyNot(tool, rule) is { } why)
            findings.Add(why);
        var missing = new MissingTool(tool.Name, rule?.Text ?? "any version", string.Join("; ", findings),
            tool.Remedy ?? $"Install {tool.Name}, or set the metadata Path of the item to its executable.");
        List<MissingTool> roots = [.. lacking.Concat(obstacles).SelectMany(need => need.Obstacles)
            .DistinctBy(root => root.Name, StringComparer.OrdinalIgnoreCase)];
        // Nothing provides it, whatever becomes of the others.
        if (roots.Count > 0 && !mayBeRight && provision is null && obstacles.Count == 0)
            roots.Add(missing);
        var steps = lacking.Select(need => need.Provision).Append(provision).OfType<string>().ToList();
        return missing with
        {
            Remedy = roots.Count > 0
                ? string.Join(' ', roots.Select(root => root.Remedy).Distinct(StringComparer.Ordinal)) : missing.Remedy,
            Provision = roots.Count > 0 || !mayBeRight && provision is null
                ? null : string.Join(", then ", provision is null ? [.. steps, tool.Name] : steps),
            Failure = lacking.Select(need => need.Failure).OfType<Diagnostic>().FirstOrDefault(),
            Roots = roots,
        };
    }

    private static IEnumerable<string> Words(ToolDeclaration tool, Candidate candidate, string reason) =>
        reason.Length > 0 ? [$"{candidate.Path} {reason}"] : tool.Path is not null
            ? [$"nothing at {candidate.Path}"] : [];

    // How the tool can be provided; and what stands in the way of building it: nothing when another way is open, or
    // there is none at all.
    private (string? Provision, IReadOnlyList<MissingTool> Obstacles) Provision(ToolDeclaration tool, VersionRule? rule)
    {
        if (tool.Path is not null)
            return (null, []);
        if ((ToolArchive.Describe(tool, options) ?? DotNetToolInstaller.Describe(tool, rule, options)) is { } install)
            return (install, []);
        if (tool.IsOfImage && RunnerOf(tool) is null && !options.Offline)
            return ($"pull the image {tool.Image}", []);
        // Another version than the pinned one is not what the pinned commit builds.
        if (tool.Build is null || tool.VersionOverride is not null || options.ToolsDirectory is null
            || (options.Offline && tool.Build.Helpers.Count > 0))
            return (null, []);
        var obstacles = tool.Build.Needs.Select(name => Found.GetValueOrDefault(name)).OfType<MissingTool>()
            .Where(missing => missing.Provision is null).ToList();
        return obstacles.Count == 0
            ? ($"build {tool.Name} from source{(tool.Image is { } image ? $" in the image {image}" : "")}", [])
            : (null, obstacles);
    }

    // Why a tool that could be provided elsewhere cannot be provided here, in words; null when there never was a way.
    private string? WhyNot(ToolDeclaration tool, VersionRule? rule) => tool switch
    {
        { Path: not null } => null,
        { Archive.File: var file } when options.Offline => $"offline mode is on, and the download '{file}' is not here",
        { IsOfImage: true } when options.Offline => $"offline mode is on, and the image {tool.Image} is not here",
        { DotNetTool: { } package } when options.DotNetHost is null =>
            $"its package {package} cannot be installed, since there is no dotnet program",
        { DotNetTool: { } package } when rule?.Exact is null =>
            $"its package {package} is installed in one version only, and the rule names none",
        { DotNetTool: { } package } when options.Offline =>
            $"offline mode is on, and no bundle contains its package {package} {rule.Exact} with a hash from the "
                + "ledger",
        { Build: not null, VersionOverride: not null } => "another version than the pinned one is not built",
        { Build.Helpers: { Count: > 0 } helpers } when options.Offline =>
            $"offline mode is on, and building it downloads with {string.Join(", ", helpers)}",
        _ => null,
    };

    // An explicit path is the user's word: falling back to PATH would measure another program than the one named.
    private List<Candidate> Candidates(ToolDeclaration tool, VersionRule? rule)
    {
        if (tool.Path is { } path)
            return [new(System.IO.Path.GetFullPath(path, options.ProjectDirectory))];
        var found = new List<Candidate>();
        if (ToolArchive.UnpackedAt(tool, options) is { } unpacked && tool.VersionOverride is null)
            found.Add(unpacked);
        if (DotNetToolInstaller.InstalledAt(tool, rule, options, memory.Hashes) is { } installed)
            found.Add(installed);
        if (tool.VersionOverride is null && RunnerOf(tool) is { } place
            && ToolBuild.Of(tool, Found, options, place.Identity) is { } build && build.BuiltHash() is { } hash)
            found.Add(new Candidate(build.Executable, Kind: $"built {build.Key}")
            {
                Commit = build.Commit,
                ContentHash = hash,
                Folder = build.Folder
            });
        // Without a version rule nothing says that a program of that name is what the pinned commit builds.
        if (tool.Image is null && ((tool.Build is null && tool.Archive is null) || rule is not null))
            found.AddRange(options.SearchPath
                .Select(folder => new Candidate(System.IO.Path.Combine(folder, tool.Command))));
        return found;
    }

    // A program of the image, where the image's PATH or a path says; nothing while the image is not here.
    private async Task<List<Candidate>> OfImageAsync(ToolDeclaration tool, List<string> findings,
        CancellationToken cancellation)
    {
        if (RunnerOf(tool) is not { } place)
            return [];
        var key = ContentHashes.OfText($"program {place.Identity}\n{tool.Command}");
        var path = memory.Output(key);
        if (path is null)
        {
            var words = new List<string>();
            var search = new BuildCommand(["/bin/sh", "-c", FindInImage, tool.Command], "/",
                new Dictionary<string, string> { ["PATH"] = SearchPath.System }, words.Add);
            try
            {
                _ = await place.RunAsync(search, cancellation).ConfigureAwait(false);
            }
            catch (FileNotFoundException)
            {
                // An image without a shell: its programs are named by their paths.
            }
            path = words.Find(word => word.StartsWith('/'))?.Trim()
                ?? (tool.Command.StartsWith('/') ? tool.Command : "");
            memory.Remember(key, path);
        }
        if (path.Length == 0)
            findings.Add($"no program '{tool.Command}' in the image '{tool.Image}'");
        return path.Length == 0 ? [] : [new Candidate(path, Kind: $"{place.Identity} {path}") { IsOfImage = true }];
    }

    // Null: can be tried. Empty: nothing is there. Else: what is wrong with it. What was built here may be a library,
    // which nobody starts.
    private static string? Unusable(Candidate candidate)
    {
        var path = candidate.Path;
        if (candidate.Refusal is { } refusal)
            return refusal;
        if (candidate.IsOfImage)
            return null;
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (Directory.Exists(path))
            return "is a folder";
        if (!File.Exists(path))
            return "";
        return !OperatingSystem.IsWindows() && candidate.Commit is null && (File.GetUnixFileMode(path) & execute) == 0
            ? "is not executable" : null;
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
            return (null, $"lacks a part of its identity: {problem.Message}");
        }
        if (candidate.ContentHash is { } built && built != memory.Hashes.OfFile(candidate.Path))
            return (null, $"is not what was built there; delete {candidate.Folder} to build it again");
        if (candidate.Commit is not null && tool.DeclaredVersionPattern is null)
            return (Resolved(candidate.Commit, ""), "");
        var (output, failure) = await VersionOutputAsync(tool, candidate.Path, content, environment, pathEntries,
            rule is null && tool.DeclaredVersionPattern is null, cancellation)
            .ConfigureAwait(false);
        if (failure is not null)
            return (null, failure);
        if (ReadVersion(output, tool, out var version) is { } unreadable)
            return (null, unreadable);
        if (version is null && candidate.Commit is { } commit)
            return (Resolved(commit, output), "");
        // Where no version is asked for, none need be told: the tool is known by its content. What it printed instead
        // may name its place or the time.
        if (version is null && rule is null && tool.DeclaredVersionPattern is null)
            return (Resolved(Unversioned, ""), "");
        if (version is null)
            return (null, $"printed no version for '{CommandLine.Join(tool.VersionArguments)}'");
        return rule is null || candidate.Commit is not null || rule.Accepts(version)
            ? (Resolved(version, output), "") : (null, $"{OtherVersion}{version}");

        ResolvedTool Resolved(string version, string output) =>
            new(tool.Name, candidate.Path, version, ContentHashes.OfText(content + "\n" + output),
                Deviation(tool, candidate, pin, version))
            {
                Environment = environment,
                PathEntries = pathEntries,
                OnThisMachine = OnThisMachine(tool, candidate, pathEntries),
            };
    }

    // In an image, folders of the system and those of its programs are the image's own.
    private List<string> OnThisMachine(ToolDeclaration tool, Candidate candidate, List<string> pathEntries)
    {
        var needs = tool.Needs.Select(name => Found.GetValueOrDefault(name)).OfType<ResolvedTool>().ToList();
        var inside = tool.Image is null
            ? [] : needs.SelectMany(need => need.PathEntries.Except(need.OnThisMachine))
                .Concat(SearchPath.SystemFolders).ToHashSet();
        return candidate.IsOfImage ? [.. needs.SelectMany(need => need.OnThisMachine)]
            : [.. pathEntries.Where(entry => !inside.Contains(entry)), candidate.Path];
    }

    private static string? ReadVersion(string output, ToolDeclaration tool, out string? version)
    {
        version = null;
        try
        {
            version = VersionIn(output, tool);
            return null;
        }
        catch (FormatException problem)
        {
            return problem.Message;
        }
    }

    private string? Deviation(ToolDeclaration tool, Candidate candidate, VersionRule? pin, string version)
    {
        // What is built with something else than pinned is something else, too.
        if (candidate.Commit is not null)
            return tool.Build!.Deciding.Select(name => (Found.GetValueOrDefault(name) as ResolvedTool)?.Deviation)
                .OfType<string>().ToList() is { Count: > 0 } others
                ? $"{tool.Name} built with {string.Join(" and ", others)}" : null;
        if (pin?.Accepts(version) == true)
            return null;
        if (pin is not null)
            return $"{tool.Name} {version} instead of the pinned {pin.Text}";
        if (tool.Build is not { } recipe)
            return null;
        var source = options.Sources.GetValueOrDefault(recipe.Source)?.Identity;
        return $"{tool.Name} {version} instead of a build of {recipe.Source} {source}".TrimEnd();
    }

    // Everything that decides what the tool does, by content: names count relative to what was declared, so that an
    // equal installation elsewhere has an equal identity.
    private string Content(ToolDeclaration tool, Candidate candidate)
    {
        var text = new StringBuilder("identity format 2\n");
        if (candidate.Closure is { } closure)
            text.Append(candidate.Kind).Append(' ').Append(memory.Hashes.OfTree(closure)).Append('\n');
        else if (candidate.Commit is not null || candidate.IsOfImage)
            text.Append(candidate.Kind).Append('\n');
        else
            text.Append(memory.Hashes.OfFile(File.ResolveLinkTarget(candidate.Path, returnFinalTarget: true)?.FullName
                ?? candidate.Path)).Append('\n');
        foreach (var entry in tool.IdentityFiles
            .Select(entry => System.IO.Path.GetFullPath(entry, options.ProjectDirectory)))
            text.Append(memory.Hashes.OfTree(entry)).Append('\n');
        foreach (var name in tool.Needs.Order(StringComparer.OrdinalIgnoreCase))
            text.Append(name).Append(' ').Append((Found.GetValueOrDefault(name) as ResolvedTool)?.Identity)
                .Append('\n');
        foreach (var (name, value) in tool.Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            text.Append(name).Append('=').Append(value).Append('\n');
        foreach (var source in tool.OwnPlaceholders.Where(placeholder => placeholder.Kind == "source"))
            text.Append(source.Text).Append(' ').Append(options.Sources.GetValueOrDefault(source.Name)?.Identity)
                .Append('\n');
        return text.ToString();
    }

    // The environment that the tool needs, and the folders for PATH. Folders of the system come last: they hold other
    // tools, too, which must not hide a dependency that stands elsewhere.
    private string? Surround(ToolDeclaration tool, Candidate candidate, out Dictionary<string, string> environment,
        out List<string> pathEntries)
    {
        var needs = tool.Needs.Select(name => Found.GetValueOrDefault(name)).OfType<ResolvedTool>().ToList();
        var path = candidate.Path;
        string? unknown = null;
        string ValueOf(Placeholder placeholder) => Known(placeholder, path) ?? (unknown = placeholder.Text);
        environment = ToolPlaces.Environment(tool, needs, candidate.DotNetRoot, ValueOf);
        pathEntries =
        [
            .. ToolPlaces.Folders(tool, System.IO.Path.GetDirectoryName(path)!, options.ProjectDirectory,
                ValueOf).Select(System.IO.Path.GetFullPath)
                .Concat(needs.SelectMany(need => need.PathEntries)).Distinct(StringComparer.Ordinal)
                .OrderBy(SearchPath.SystemFolders.Contains),
        ];
        if (unknown is not null)
            return $"cannot be set up: {{{unknown}}} in its Environment or PathEntries has no meaning here";
        foreach (var need in needs.Where(need =>
            tool.Image is null && tool.Depends.Contains(need.Name, StringComparer.OrdinalIgnoreCase)))
        {
            var command = System.IO.Path.GetFileName(need.Path);
            var first = pathEntries.Select(folder => System.IO.Path.Combine(folder, command)).First(File.Exists);
            if (first != need.Path)
                return $"would start {first} instead of {need.Path}, which is in a later folder of PATH";
        }
        return null;
    }

    private string? Known(Placeholder placeholder, string path) => placeholder switch
    {
        { Text: "folder" } => System.IO.Path.GetDirectoryName(path),
        { Text: "project" } => options.ProjectDirectory,
        { Text: "home" } => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        { Kind: "tool", Whole: { } name } => (Found.GetValueOrDefault(name) as ResolvedTool)?.Path,
        { Kind: "source" } => options.Sources.GetValueOrDefault(placeholder.Name) is { } source
            ? placeholder.Below(source.Path) : null,
        _ => null,
    };

    // A program that somebody is writing cannot be started (ETXTBSY). A process that is being forked elsewhere holds
    // what its parent writes for a moment.
    private static async Task<T> StartedAsync<T>(Func<CommandTask<T>> start, CancellationToken cancellation)
    {
        const int busy = 26, mostTries = 40;
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await start().ConfigureAwait(false);
            }
            catch (System.ComponentModel.Win32Exception problem)
                when (tries < mostTries
                    && (problem.InnerException as System.ComponentModel.Win32Exception ?? problem).NativeErrorCode
                        == busy)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(25), cancellation).ConfigureAwait(false);
            }
        }
    }

    // Some tools print their version on stderr or leave with a code other than 0, so neither counts against them.
    private async Task<(string Output, string? Problem)> VersionOutputAsync(ToolDeclaration tool, string path,
        string content,
        Dictionary<string, string> environment, List<string> pathEntries, bool maySayNothing,
        CancellationToken cancellation)
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
                var words = await AskInImageAsync(tool, path, environment, pathEntries,
                    limit.Token).ConfigureAwait(false);
                memory.Remember(key, words);
                return (words, null);
            }
            using var own = new TemporaryFolder();
            var probe = Cli.Wrap(path).WithArguments(tool.VersionArguments).WithValidation(CommandResultValidation.None)
                .WithWorkingDirectory(own.Path)
                .WithEnvironmentVariables(HostCommand.Only(ProbeEnvironment(environment, pathEntries, own.Path)));
            var run = await StartedAsync(() => probe.ExecuteBufferedAsync(limit.Token),
                limit.Token).ConfigureAwait(false);
            var output = run.StandardOutput + "\n" + run.StandardError;
            memory.Remember(key, output);
            return (output, null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested && maySayNothing)
        {
            memory.Remember(key, "");
            return ("", null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ("", $"did not print its version within {options.VersionTimeout.TotalSeconds:0.#} s");
        }
        catch (Exception problem) when (problem is System.ComponentModel.Win32Exception or InvalidOperationException
            or FileNotFoundException)
        {
            return ("", $"cannot be started: {problem.Message}");
        }
    }

    // The version as the pattern has it. Some programs write it right behind their name: go1.22.5, Isabelle2023.
    private static string? VersionIn(string output, ToolDeclaration tool)
    {
        if (UserPattern.Of(tool.VersionPattern, multiline: false).Matches(output).FirstOrDefault() is { } match)
            return match.Groups[1].Value;
        if (tool.DeclaredVersionPattern is not null)
            return null;
        var names = string.Join('|', new[] { tool.Name, tool.Command }.Distinct().Select(Regex.Escape));
        return Regex.Match(output, $@"(?<!\w)(?:{names})v?(\d+(?:\.\w+)*(?:-[0-9A-Za-z.-]+)?)(?!\w)",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant) is { Success: true } joined
            ? joined.Groups[1].Value : null;
    }

    // What a sample gets, too: nothing of the caller's variables, which may hold tokens and lead to keys. Only rustup
    // must be led to its toolchains.
    private Dictionary<string, string> ProbeEnvironment(Dictionary<string, string> environment,
        List<string> pathEntries, string folder)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = string.Join(System.IO.Path.PathSeparator,
                pathEntries.Concat(options.SearchPath).Concat(SearchPath.SystemFolders)),
            ["HOME"] = folder,
            ["TMPDIR"] = folder,
            ["LC_ALL"] = "C",
            ["TZ"] = "UTC",
        };
        var toolchains = Environment.GetEnvironmentVariable("RUSTUP_HOME")
            ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".rustup");
        if (Directory.Exists(toolchains))
            all["RUSTUP_HOME"] = toolchains;
        foreach (var (name, value) in environment)
            all[name] = value;
        return all;
    }

    private async Task<string> AskInImageAsync(ToolDeclaration tool, string path,
        Dictionary<string, string> environment, List<string> pathEntries, CancellationToken cancellation)
    {
        var words = new StringBuilder();
        var own = new Dictionary<string, string>(environment)
        {
            ["PATH"] = string.Join(':',
            pathEntries.Concat(SearchPath.SystemFolders)),
            ["LC_ALL"] = "C"
        };
        await RunnerOf(tool)!.RunAsync(new BuildCommand([path, .. tool.VersionArguments], "/", own,
            line => words.Append(line).Append('\n'))
        { Reads = [options.ToolsDirectory!] }, cancellation)
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

    /// <summary>
    /// Folder of the .NET installation that it runs on; null when it is no .NET tool. A runtime at an unusual place is
    /// not found otherwise.
    /// </summary>
    public string? DotNetRoot { get; init; }

    /// <summary>The folder of its build; null when it was not built here.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether it is in the image, not on this machine.</summary>
    public bool IsOfImage { get; init; }

    /// <summary>What the hash of the executable must be; null when anything will do.</summary>
    public string? ContentHash { get; init; }

    /// <summary>Why it may not be started; null when it may.</summary>
    public string? Refusal { get; init; }
}
