using System.Globalization;
using System.Text.Json;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Tools;

/// <summary>
/// One build of a tool, with everything that determines its outcome fixed. A build has its own folder,
/// <c>TOOLS/name/key</c>, with the working copy in <c>source</c>, the output of the steps in <c>output</c>, and the
/// <c>logs</c>.
/// </summary>
internal sealed class ToolBuild : IPlaceholderValues
{
    private const int KeyDigits = 16;
    private const string Platform = "platform";

    // The variables that programs need to find their own files and the network; any other variable must be declared,
    // since it could change what is built.
    private static readonly string[] Inherited =
    [
        "HOME", "USER", "LOGNAME", "TMPDIR", "http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY",
        "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_DIST_SERVER", "RUSTUP_UPDATE_ROOT",
        "OPAMROOT", "NUGET_PACKAGES",
    ];

    private static readonly string[] InheritedByImages =
        [.. Inherited.Where(name => name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase))];

    private readonly ToolDeclaration tool;
    private readonly BuildRecipe recipe;
    private readonly IReadOnlyList<ResolvedTool> tools;
    private readonly ToolOptions options;

    private ToolBuild(ToolDeclaration tool, BuildRecipe recipe, IReadOnlyList<ResolvedTool> tools, ToolOptions options,
        string runner)
    {
        (this.tool, this.recipe, this.tools, this.options) = (tool, recipe, tools, options);
        Commit = options.Sources[recipe.Source].Identity;
        Parts = [.. KeyParts(runner)];
        Key = KeyPart.HashOf(Parts);
        Folder = Path.Combine(options.ToolsDirectory!, tool.Name, Key[..KeyDigits]);
    }

    /// <summary>The parts that make up the key of the build.</summary>
    public IReadOnlyList<KeyPart> Parts { get; }

    /// <summary>The key of the build: a hash over sources, steps, environment, build tools and platform.</summary>
    public string Key { get; }

    /// <summary>The commit of the source that is built.</summary>
    public string Commit { get; }

    /// <summary>The build's folder.</summary>
    public string Folder { get; }

    public string Working => Path.Combine(Folder, "source");

    public string Output => Path.Combine(Folder, "output");

    public string Logs => Path.Combine(Folder, "logs");

    /// <summary>Absolute path of the built executable.</summary>
    public string Executable => Path.GetFullPath(Expand(recipe.Executable), Working);

    /// <summary>The folder with copies of the files of the project that the steps read.</summary>
    public string Inputs => Path.Combine(Folder, "inputs");

    private string Stamp => Path.Combine(Folder, "built.json");

    /// <summary>
    /// The build of a tool; null when the tool is not built from source, or a source or a build tool is not present
    /// yet.
    /// </summary>
    public static ToolBuild? Of(ToolDeclaration tool, IReadOnlyDictionary<string, ToolResult> found,
        ToolOptions options, string runner)
    {
        if (tool.Build is not { } recipe || tool.Path is not null || options.ToolsDirectory is null
            || !recipe.Sources.All(options.Sources.ContainsKey))
            return null;
        var tools = recipe.Needs.Select(name => found.GetValueOrDefault(name) as ResolvedTool).ToList();
        return tools.Contains(null) ? null : new ToolBuild(tool, recipe, tools!, options, runner);
    }

    /// <summary>The hash of the executable as built; null when the build is not complete.</summary>
    public string? BuiltHash()
    {
        try
        {
            return File.Exists(Stamp)
                ? JsonSerializer.Deserialize<BuiltStamp>(File.ReadAllBytes(Stamp))?.Executable : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Marks the build as complete.</summary>
    public void Complete(string executableHash) =>
        AtomicFile.Write(Stamp, JsonSerializer.Serialize(new BuiltStamp(executableHash, Parts), BuiltStamp.Options));

    /// <summary>The steps of the build with placeholders replaced, each with its folder.</summary>
    public IEnumerable<(IReadOnlyList<string> Arguments, string Folder)> Steps()
    {
        var folder = Working;
        foreach (var step in recipe.Steps.Select(step => step.Select(Expand).ToList()))
        {
            if (step[0] == "cd")
                folder = Path.GetFullPath(step[1], folder);
            else
                yield return (step, folder);
        }
    }

    /// <summary>
    /// The files and folders that the steps read besides their own folder: checkouts with the repositories that they
    /// share, tools, and the project if a step names it.
    /// </summary>
    public IReadOnlyList<string> Reads =>
        [.. recipe.Texts.SelectMany(text => text.Placeholders).Any(one => one.Kind == "project")
            ? [options.ProjectDirectory] : Array.Empty<string>(),
            .. recipe.Sources.Select(name => Path.GetDirectoryName(options.Sources[name].Path)!),
            .. tools.SelectMany(need => need.OnThisMachine)];

    /// <summary>
    /// The complete environment of the steps; in an image, these variables are added to the image's environment and
    /// take precedence over it.
    /// </summary>
    public Dictionary<string, string> StepEnvironment()
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in recipe.Image is null ? Inherited : InheritedByImages)
            if (Environment.GetEnvironmentVariable(name) is { } value)
                all[name] = value;
        foreach (var (name, value) in tools.SelectMany(need => need.Environment))
            all[name] = value;
        all["PATH"] = string.Join(Path.PathSeparator,
            tools.SelectMany(need => need.PathEntries).Distinct().OrderBy(SearchPath.SystemFolders.Contains)
            .Concat(recipe.Image is null ? options.SearchPath : []).Concat(SearchPath.SystemFolders).Distinct());
        all["LC_ALL"] = "C.UTF-8";
        // The working copy may share a repository with the checkout; inspecting its state must not change that
        // repository.
        all["GIT_OPTIONAL_LOCKS"] = "0";
        all[HostCommand.NoPythonFiles] = "1";
        foreach (var (name, value) in recipe.Environment)
            all[name] = Expand(value);
        return all;
    }

    /// <summary>
    /// The script that lists what package managers installed into the build's own folder; empty when no package manager
    /// works there.
    /// </summary>
    public string OwnPackages => string.Concat(PackageLock.OwnPackages
        .Where(manager => recipe.Environment.TryGetValue(manager.Key, out var root)
            && Expand(root).StartsWith(Folder + "/", StringComparison.Ordinal))
        .Select(manager => manager.Value));

    /// <summary>The file that lists the packages that were installed for the build. The recipe that identifies the list
    /// of packages leaves out what differs from machine to machine.</summary>
    public PackageLock Packages => new(tool.Item, "tool", KeyPart.HashOf(Parts.Where(part =>
        part.Name != Platform && !part.Name.StartsWith("tool ", StringComparison.Ordinal))), options.ProjectDirectory);

    private IEnumerable<KeyPart> KeyParts(string runner)
    {
        yield return new KeyPart(Platform, runner);
        foreach (var source in recipe.Sources)
            yield return new KeyPart($"source {source}", options.Sources[source].Identity);
        foreach (var (step, index) in recipe.Steps.Select((step, index) => (step, index)))
            yield return new KeyPart($"step {index + 1}", CommandLine.Join(step.Select(argument => argument.Text)));
        foreach (var (name, value) in recipe.Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            yield return new KeyPart($"environment {name}", value.Text);
        foreach (var (name, path) in recipe.Inputs.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            yield return new KeyPart($"input {name}", HashOf(path));
        foreach (var need in tools.Where(need => recipe.Deciding.Contains(need.Name, StringComparer.OrdinalIgnoreCase))
            .OrderBy(need => need.Name, StringComparer.Ordinal))
            yield return new KeyPart($"tool {need.Name}", $"{need.Version} {need.Identity}");
    }

    private string HashOf(string input)
    {
        var path = Path.GetFullPath(input, options.ProjectDirectory);
        try
        {
            return (options.Hashes ?? new ContentHashes()).OfFile(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Explain(path, problem);
        }
    }

    private string Expand(Template text) => text.Fill(this);

    /// <inheritdoc/>
    public string ValueOf(Placeholder placeholder) => placeholder switch
    {
        { Text: "source" } => Working,
        { Kind: "source" } => placeholder.Below(options.Sources[placeholder.Name].Path),
        { Text: "output" } => Output,
        { Kind: "input", Whole: { } input } => Path.Combine(Inputs, input),
        { Text: "project" } => options.ProjectDirectory,
        { Text: "processors" } => Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
        { Kind: "tool" } => tools.First(need =>
            need.Name.Equals(placeholder.Whole, StringComparison.OrdinalIgnoreCase)).Path,
        // An unknown placeholder in a recipe was already reported when the item was read.
        _ => throw DeclarationRules.UnknownPlaceholder.Error(tool.Item.Where, "Tool", tool.Name, "Build",
            placeholder.Text, ""),
    };

    private sealed record BuiltStamp(string Executable, IReadOnlyList<KeyPart> Parts)
    {
        public static readonly JsonSerializerOptions Options = new() { WriteIndented = true };
    }
}
