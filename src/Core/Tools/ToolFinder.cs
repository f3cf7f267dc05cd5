using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Tools;

/// <summary>
/// Looks for tools one after another, each after the tools that it needs, and collects the results in <see
/// cref="Found"/>.
/// </summary>
internal sealed class ToolFinder(ToolOptions options, ToolMemory memory, ICommandRunner runner)
{
    private const string OtherVersion = "is ";
    private const string Unversioned = "unversioned";

    // The script searches PATH itself, since a shell's own way of locating a program may omit the folder of a program
    // that is also a built-in command.
    private const string FindInImage =
        """case $0 in /*) [ -x "$0" ] && echo "$0"; exit;; esac; IFS=:; for d in $PATH; do [ -f "$d/$0" ] && [ -x "$d/$0" ] && echo "$d/$0" && exit; done""";

    public Dictionary<string, ToolResult> Found { get; } = new(StringComparer.OrdinalIgnoreCase);

    public ToolOptions Options => options;

    public ToolMemory Memory => memory;

    /// <summary>The runner for commands where a tool is built and runs; null while its image is not present.</summary>
    public ICommandRunner? RunnerOf(ToolDeclaration tool) => tool.Image is { } image ? options.InImage(image) : runner;

    /// <summary>The version rule that applies to a tool, and the version rule of its pin.</summary>
    public (VersionRule? Rule, VersionRule? Pin) Rules(ToolDeclaration tool)
    {
        var pin = tool.Version ?? options.Pins.GetValueOrDefault(tool.Name);
        return (tool.VersionOverride ?? pin, pin);
    }

    /// <summary>Resolves one tool; the tools that it needs are already in <see cref="Found"/>.</summary>
    public async Task<ToolResult> FindAsync(ToolDeclaration tool, CancellationToken cancellation) =>
        Found[tool.Name] = await ProbeAsync(tool, cancellation).ConfigureAwait(false);

    private async Task<ToolResult> ProbeAsync(ToolDeclaration tool, CancellationToken cancellation)
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
            // A tool may print no version while tools that it needs are missing; only a tool that prints another
            // version is certainly wrong.
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
        var isAbsent = findings.Count == 0 && !mayBeRight;
        if (isAbsent)
            findings.Add("nothing");
        findings.AddRange(lacking.Select(need => $"it needs {need.Name} {need.Needed}, but found {need.Found}"));
        findings.AddRange(obstacles.Select(need =>
            $"building it needs {need.Name} {need.Needed}, but found {need.Found}"));
        if (!mayBeRight && provision is null && obstacles.Count == 0 && WhyNot(tool, rule) is { } why)
            findings.Add(why);
        var missing = new MissingTool(tool.Name, rule?.Text ?? "any version", string.Join("; ", findings),
            Remedy(tool))
        // The set-up script helps only where nothing is there, not against another version.
        {
            SetUp = isAbsent && tool.Image is null && tool.Path is null
                ? SetUpScript.Program(tool.Command, tool.DebianPackage, replaceable: false) : [],
        };
        List<MissingTool> roots = [.. lacking.Concat(obstacles).SelectMany(need => need.Obstacles)
            .DistinctBy(root => root.Name, StringComparer.OrdinalIgnoreCase)];
        // No step can provide the tool, whatever happens to other tools.
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

    private static string Remedy(ToolDeclaration tool) => tool.Remedy ?? (tool.DebianPackage is { } package
        ? $"Install {tool.Command} (Debian and Ubuntu: sudo apt-get install {package}), or set the metadata Path of "
            + "the item to its executable."
        : $"Install {tool.Name}, or set the metadata Path of the item to its executable.");

    private static IEnumerable<string> Words(ToolDeclaration tool, Candidate candidate, string reason) =>
        reason.Length > 0 ? [$"{candidate.Path} {reason}"] : tool.Path is not null
            ? [$"nothing at {candidate.Path}"] : [];

    // How the tool can be provided, and which missing tools prevent building it; the list is empty when the tool can be
    // provided in another way, or not at all.
    private (string? Provision, IReadOnlyList<MissingTool> Obstacles) Provision(ToolDeclaration tool, VersionRule? rule)
    {
        if (tool.Path is not null)
            return (null, []);
        if ((ToolArchive.Describe(tool, options) ?? DotNetToolInstaller.Describe(tool, rule, options)) is { } install)
            return (install, []);
        if (tool.IsOfImage && RunnerOf(tool) is null && !options.Offline)
            return ($"pull the image {tool.Image}", []);
        // A version other than the pinned one is not what the pinned commit builds.
        if (tool.Build is null || tool.VersionOverride is not null || options.ToolsDirectory is null
            || (options.Offline && tool.Build.Helpers.Count > 0))
            return (null, []);
        var obstacles = tool.Build.Needs.Select(name => Found.GetValueOrDefault(name)).OfType<MissingTool>()
            .Where(missing => missing.Provision is null).ToList();
        return obstacles.Count == 0
            ? ($"build {tool.Name} from source{(tool.Image is { } image ? $" in the image {image}" : "")}", [])
            : (null, obstacles);
    }

    // Describes why a tool that could be provided on another machine cannot be provided on this one; null when it
    // cannot be provided at all.
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

    // An explicit path is the user's decision: falling back to PATH would measure a program other than the named one.
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
        // Without a version rule, nothing shows that a program of that name is what the pinned commit builds.
        if (tool.Image is null && ((tool.Build is null && tool.Archive is null) || rule is not null))
            found.AddRange(options.SearchPath
                .Select(folder => new Candidate(System.IO.Path.Combine(folder, tool.Command))));
        return found;
    }

    // A program of an image, found on the image's PATH or at a given path; empty while the image is not present.
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
                // In an image without a shell, programs must be given by their paths.
            }
            path = words.Find(word => word.StartsWith('/'))?.Trim()
                ?? (tool.Command.StartsWith('/') ? tool.Command : "");
            memory.Remember(key, path);
        }
        if (path.Length == 0)
            findings.Add($"no program '{tool.Command}' in the image '{tool.Image}'");
        return path.Length == 0 ? [] : [new Candidate(path, Kind: $"{place.Identity} {path}") { IsOfImage = true }];
    }

    // Checks a candidate: null when it can be tried, empty when no file exists at its path, and otherwise a description
    // of what is wrong with it. A file that was built from source may be a library, which is never started.
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
        if (ReadContent(tool, candidate, out var content) is { } lacking)
            return (null, lacking);
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
        // If no version is required, the tool need not print one: the tool is then identified by its content, and its
        // output is ignored, since it may contain its location or the time.
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

    // The system folders in an image and the folders of the image's programs belong to the image.
    private List<string> OnThisMachine(ToolDeclaration tool, Candidate candidate, List<string> pathEntries)
    {
        var needs = tool.Needs.Select(name => Found.GetValueOrDefault(name)).OfType<ResolvedTool>().ToList();
        var inside = tool.Image is null
            ? [] : needs.SelectMany(need => need.PathEntries.Except(need.OnThisMachine))
                .Concat(SearchPath.SystemFolders).ToHashSet();
        return candidate.IsOfImage ? [.. needs.SelectMany(need => need.OnThisMachine)]
            : [.. pathEntries.Where(entry => !inside.Contains(entry)), candidate.Path];
    }

    private string? ReadContent(ToolDeclaration tool, Candidate candidate, out string content)
    {
        content = "";
        try
        {
            content = Content(tool, candidate);
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return $"lacks a part of its identity: {problem.Message}";
        }
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
        // A tool that was built with versions other than the pinned ones is itself a deviation.
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

    // Hashes the content of everything that determines what the tool does; names are relative to the declared folders,
    // so that an equal installation elsewhere has an equal identity.
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

    // Determines the environment that the tool needs and the folders for PATH. System folders come last on PATH,
    // because they also hold other tools, which must not hide a dependency from elsewhere.
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

    // A program that is being written cannot be started (ETXTBSY). Starting a program is tried again, because a process
    // that is being forked elsewhere may briefly hold open a file that its parent writes.
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

    // A version may be printed on stderr, and the exit code may differ from 0, since some tools behave in this way.
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

    // The version that the pattern finds in a tool's output. Some programs print their version directly after their
    // name: go1.22.5, Isabelle2023.
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

    // A program that is asked for its version gets the same environment as a sample: none of the caller's variables,
    // which may contain tokens and lead to keys, except the variable by which rustup finds its toolchains.
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
            [HostCommand.NoPythonFiles] = "1",
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

/// <summary>A file that is a candidate for a tool.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Closure">The folder whose content makes up the tool; null when only the executable is known.</param>
/// <param name="Kind">The kind of provider of the file, which is part of the tool's identity.</param>
internal sealed record Candidate(string Path, string? Closure = null, string Kind = "")
{
    /// <summary>The commit from which the file was built; null when it was not built from source.</summary>
    public string? Commit { get; init; }

    /// <summary>
    /// Folder of the .NET installation on which the file runs; null when it is not a .NET tool. Without the folder of
    /// its .NET installation, a tool would not find a runtime in an unusual location.
    /// </summary>
    public string? DotNetRoot { get; init; }

    /// <summary>The folder in which the file was built; null when it was not built from source.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether the file is in an image rather than on this machine.</summary>
    public bool IsOfImage { get; init; }

    /// <summary>The hash that the file must have; null when any content is accepted.</summary>
    public string? ContentHash { get; init; }

    /// <summary>The reason why the file must not be started; null when it may be started.</summary>
    public string? Refusal { get; init; }
}
