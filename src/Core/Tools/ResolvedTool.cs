using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tools;

/// <summary>The result of looking for a tool: a <see cref="ResolvedTool"/> or a <see cref="MissingTool"/>.</summary>
/// <param name="Name">Name of the declaration.</param>
public abstract record ToolResult(string Name);

/// <summary>A tool that is present and satisfies its version rule.</summary>
/// <param name="Name">Name of the declaration.</param>
/// <param name="Path">Absolute path by which it is started, with links not followed.</param>
/// <param name="Version">The version that the tool printed; the commit for a tool built from source whose version is
/// not asked for; "unversioned" for a tool that prints none.</param>
/// <param name="Identity">SHA-256 (lower-case hex) over everything that identifies the tool; docs/tools.md lists what
/// that is.</param>
/// <param name="Deviation">A sentence when the user asked for another version than the pinned one; null
/// otherwise.</param>
public sealed record ResolvedTool(string Name, string Path, string Version, string Identity, string? Deviation)
    : ToolResult(Name)
{
    /// <summary>Absolute path of the folder with its executable.</summary>
    public string Folder { get; init; } = System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>The environment variables that it needs.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// The folders that must be on PATH when it runs: its own, then those of the tools that it depends on; the first
    /// wins.
    /// </summary>
    public IReadOnlyList<string> PathEntries { get; init; } = [];

    /// <summary>
    /// The files and folders of the tool that are on this machine; for a tool in an image, everything else belongs to
    /// the image.
    /// </summary>
    public IReadOnlyList<string> OnThisMachine { get => field ?? [.. PathEntries, Path]; init; }
}

/// <summary>A tool that is not present, or not in a version that satisfies the rule.</summary>
/// <param name="Name">Name of the declaration.</param>
/// <param name="Needed">The versions that satisfy the rule, or "any version".</param>
/// <param name="Found">What was found and where, or "nothing".</param>
/// <param name="Remedy">What a user can do.</param>
public sealed record MissingTool(string Name, string Needed, string Found, string Remedy) : ToolResult(Name)
{
    /// <summary>
    /// How <see cref="ToolProvisioner"/> would provide it, such as "install package mytool 4.11.0"; null when it
    /// cannot.
    /// </summary>
    public string? Provision { get; init; }

    /// <summary>
    /// The missing tools that prevent it, including itself when nothing can provide it. Empty when only the tool itself
    /// is missing.
    /// </summary>
    public IReadOnlyList<MissingTool> Roots { get; init; } = [];

    /// <summary>
    /// What a user must provide before this tool becomes available; nothing when it can be provided already.
    /// </summary>
    public IEnumerable<MissingTool> Obstacles => Provision is not null ? [] : Roots.Count > 0 ? Roots : [this];

    /// <summary>The reason why providing it failed; null when that was not tried.</summary>
    public Diagnostic? Failure { get; init; }
}

/// <summary>What resolving depends on besides the declarations.</summary>
/// <param name="ProjectDirectory">Absolute path that paths of declarations are relative to.</param>
/// <param name="SearchPath">The folders to search, in order; absolute paths.</param>
/// <param name="Pins">Version rules of the ledger by tool name; used where a declaration has no Version.</param>
/// <param name="VersionTimeout">How long a tool may take to print its version before it is killed.</param>
public sealed record ToolOptions(string ProjectDirectory, IReadOnlyList<string> SearchPath,
    IReadOnlyDictionary<string, VersionRule> Pins, TimeSpan VersionTimeout)
{
    /// <summary>The pins of tools by name; they hold the hashes of packages.</summary>
    public IReadOnlyDictionary<string, ToolPin> ToolPins { get; init; } = new Dictionary<string, ToolPin>(
        StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Absolute path of the folder for installed and built tools, which also holds the memory of tools; null for
    /// neither.
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
    /// The checkouts by the name of their <c>ExternalRepo</c>; those that have not been made yet are absent.
    /// </summary>
    public IReadOnlyDictionary<string, SourceBinding> Sources { get; init; } = new Dictionary<string, SourceBinding>();

    /// <summary>
    /// The downloads by the name of their <c>ExternalFile</c>; those that have no hash and are not present yet are
    /// absent.
    /// </summary>
    public IReadOnlyDictionary<string, SourceBinding> Files { get; init; } = new Dictionary<string, SourceBinding>();

    /// <summary>
    /// Absolute path of the program that ends the whole tree of each command on this machine; null for none.
    /// </summary>
    public string? Runner { get; init; }

    /// <summary>
    /// The runner for commands in an image, by the name of its pin; null while the image is not present.
    /// </summary>
    public Func<string, ICommandRunner?> InImage { get; init; } = _ => null;

    /// <summary>
    /// The hashes of files, when the caller shares them with other stages; null to keep them in
    /// <see cref="ToolsDirectory"/>.
    /// </summary>
    public ContentHashes? Hashes { get; init; }
}
