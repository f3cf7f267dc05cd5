using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tools;

/// <summary>The result of looking for a tool: a <see cref="ResolvedTool"/> or a <see cref="MissingTool"/>.</summary>
/// <param name="Name">The name of the tool's declaration.</param>
public abstract record ToolResult(string Name);

/// <summary>A tool that is present and satisfies its version rule.</summary>
/// <param name="Name">The name of the tool's declaration.</param>
/// <param name="Path">Absolute path by which the tool is started, with links not followed.</param>
/// <param name="Version">The version that the tool printed; the commit for a tool built from source whose version is
/// not asked for; "unversioned" for a tool that prints none.</param>
/// <param name="Identity">SHA-256 (lower-case hex) over everything that identifies the tool; docs/tools.md lists what
/// identifies a tool.</param>
/// <param name="Deviation">A sentence about the deviation when the user chose another version than the pinned one; null
/// otherwise.</param>
public sealed record ResolvedTool(string Name, string Path, string Version, string Identity, string? Deviation)
    : ToolResult(Name)
{
    /// <summary>Absolute path of the folder with the tool's executable.</summary>
    public string Folder { get; init; } = System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>The environment variables that the tool needs.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// The folders that must be on PATH when the tool runs: its own folder, then those of the tools that it depends on;
    /// earlier folders take precedence.
    /// </summary>
    public IReadOnlyList<string> PathEntries { get; init; } = [];

    /// <summary>
    /// The files and folders of the tool that are on this machine; for a tool in an image, everything else belongs to
    /// the image.
    /// </summary>
    public IReadOnlyList<string> OnThisMachine { get => field ?? [.. PathEntries, Path]; init; }
}

/// <summary>A tool that is not present, or whose version does not satisfy the rule.</summary>
/// <param name="Name">The name of the tool's declaration.</param>
/// <param name="Needed">The versions that satisfy the rule, or "any version".</param>
/// <param name="Found">A text that says what was found and where, or "nothing".</param>
/// <param name="Remedy">Advice on what a user can do.</param>
public sealed record MissingTool(string Name, string Needed, string Found, string Remedy) : ToolResult(Name)
{
    /// <summary>
    /// How <see cref="ToolProvisioner"/> would provide the tool, such as "install package mytool 4.11.0"; null when it
    /// cannot provide the tool.
    /// </summary>
    public string? Provision { get; init; }

    /// <summary>
    /// The missing tools that prevent this tool from being provided, including itself when it cannot be provided by any
    /// means. If only the tool itself is missing, the list of obstacles is empty.
    /// </summary>
    public IReadOnlyList<MissingTool> Roots { get; init; } = [];

    /// <summary>
    /// What a user must provide before this tool becomes available; empty when the tool can be provided already.
    /// </summary>
    public IEnumerable<MissingTool> Obstacles => Provision is not null ? [] : Roots.Count > 0 ? Roots : [this];

    /// <summary>What the set-up script provides for it; empty where no script can.</summary>
    public IReadOnlyList<string> SetUp { get; init; } = [];

    /// <summary>The reason why providing the tool failed; null when providing it was not tried.</summary>
    public Diagnostic? Failure { get; init; }
}

/// <summary>The options for resolving tools, in addition to their declarations.</summary>
/// <param name="ProjectDirectory">Absolute path of the folder to which paths in declarations are relative.</param>
/// <param name="SearchPath">The folders to search, in order; absolute paths.</param>
/// <param name="Pins">The version rules of the ledger by tool name, for declarations without Version.</param>
/// <param name="VersionTimeout">How long a tool may take to print its version before it is killed.</param>
public sealed record ToolOptions(string ProjectDirectory, IReadOnlyList<string> SearchPath,
    IReadOnlyDictionary<string, VersionRule> Pins, TimeSpan VersionTimeout)
{
    /// <summary>The pins of tools by name, which contain the hashes of packages.</summary>
    public IReadOnlyDictionary<string, ToolPin> ToolPins { get; init; } = new Dictionary<string, ToolPin>(
        StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Absolute path of the folder for installed and built tools, which also holds the memory of tools; null when there
    /// is no such folder.
    /// </summary>
    public string? ToolsDirectory { get; init; }

    /// <summary>
    /// Absolute path of the <c>dotnet</c> program that installs and runs .NET tools; null when there is none.
    /// </summary>
    public string? DotNetHost { get; init; }

    /// <summary>
    /// Whether offline mode is on: .NET tools come only from <see cref="Packages"/>, and builds that need a downloader
    /// do not run.
    /// </summary>
    public bool Offline { get; init; }

    /// <summary>Absolute path of the folder with the packages of a bundle; null when there is none.</summary>
    public string? Packages { get; init; }

    /// <summary>
    /// The checkouts by the name of their <c>ExternalRepo</c>; checkouts that have not been made yet are absent.
    /// </summary>
    public IReadOnlyDictionary<string, SourceBinding> Sources { get; init; } = new Dictionary<string, SourceBinding>();

    /// <summary>
    /// The downloads by the name of their <c>ExternalFile</c>; downloads that have no hash and are not present yet are
    /// absent.
    /// </summary>
    public IReadOnlyDictionary<string, SourceBinding> Files { get; init; } = new Dictionary<string, SourceBinding>();

    /// <summary>
    /// Absolute path of the runner, which ends all processes that a command on this machine has started; null when
    /// there is no runner.
    /// </summary>
    public string? Runner { get; init; }

    /// <summary>
    /// Returns the runner for commands in an image, by the name of the image's pin; null while the image is not
    /// present.
    /// </summary>
    public Func<string, ICommandRunner?> InImage { get; init; } = _ => null;

    /// <summary>
    /// The hashes of files, when the caller shares them with other stages; null to keep them in
    /// <see cref="ToolsDirectory"/>.
    /// </summary>
    public ContentHashes? Hashes { get; init; }
}
