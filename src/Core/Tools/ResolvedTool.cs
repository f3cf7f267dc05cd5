using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tools;

/// <summary>What looking for a tool gave: a <see cref="ResolvedTool"/> or a <see cref="MissingTool"/>.</summary>
/// <param name="Name">Name of the declaration.</param>
public abstract record ToolResult(string Name);

/// <summary>A tool that is here and satisfies its version rule.</summary>
/// <param name="Name">Name of the declaration.</param>
/// <param name="Path">Absolute path to start it by, links not followed.</param>
/// <param name="Version">The version it printed; for a tool built from source that is not asked for one, the commit;
/// "unversioned" for one that tells none.</param>
/// <param name="Identity">SHA-256 (lower-case hex) over what makes the tool what it is; docs/tools.md says what that
/// is.</param>
/// <param name="Deviation">A sentence when the user asked for another version than the pinned one; null
/// otherwise.</param>
public sealed record ResolvedTool(string Name, string Path, string Version, string Identity, string? Deviation)
    : ToolResult(Name)
{
    /// <summary>Absolute path of the folder with its executable.</summary>
    public string Folder { get; init; } = System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Environment variables it needs.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Folders that must be on PATH when it runs: its own and those of what it depends on; the first wins.
    /// </summary>
    public IReadOnlyList<string> PathEntries { get; init; } = [];

    /// <summary>What of it is on this machine, files and folders; in an image, all else of it is the image's.</summary>
    public IReadOnlyList<string> OnThisMachine { get => field ?? [.. PathEntries, Path]; init; }
}

/// <summary>A tool that is not here, or not in a version that satisfies.</summary>
/// <param name="Name">Name of the declaration.</param>
/// <param name="Needed">The versions that satisfy, or "any version".</param>
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
    /// The missing tools that stand in its way, itself among them where nothing can provide it. Empty: nothing but
    /// itself is missing.
    /// </summary>
    public IReadOnlyList<MissingTool> Roots { get; init; } = [];

    /// <summary>
    /// What somebody must provide before this tool can be had: nothing when it can be provided as things are.
    /// </summary>
    public IEnumerable<MissingTool> Obstacles => Provision is not null ? [] : Roots.Count > 0 ? Roots : [this];

    /// <summary>Why providing it failed; null when that was not tried.</summary>
    public Diagnostic? Failure { get; init; }
}

/// <summary>What resolving depends on besides the declarations.</summary>
/// <param name="ProjectDirectory">Absolute path that paths of declarations are relative to.</param>
/// <param name="SearchPath">Folders to look in, in order, absolute.</param>
/// <param name="Pins">Version rules of the ledger by tool name; used where a declaration has no Version.</param>
/// <param name="VersionTimeout">How long a tool may take to print its version before it is killed.</param>
public sealed record ToolOptions(string ProjectDirectory, IReadOnlyList<string> SearchPath,
    IReadOnlyDictionary<string, VersionRule> Pins, TimeSpan VersionTimeout)
{
    /// <summary>Pins of tools by name, which have the hashes of packages.</summary>
    public IReadOnlyDictionary<string, ToolPin> ToolPins { get; init; } = new Dictionary<string, ToolPin>(
        StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Absolute path of the folder of installed and built tools, which also holds what is remembered of tools; null:
    /// neither.
    /// </summary>
    public string? ToolsDirectory { get; init; }

    /// <summary>
    /// Absolute path of the <c>dotnet</c> program that installs and runs .NET tools; null: none is there.
    /// </summary>
    public string? DotNetHost { get; init; }

    /// <summary>
    /// Whether offline mode is on: .NET tools come from <see cref="Packages"/> only, and builds that need a downloader
    /// are not made.
    /// </summary>
    public bool Offline { get; init; }

    /// <summary>Absolute path of the folder with the packages of a bundle; null: none.</summary>
    public string? Packages { get; init; }

    /// <summary>Checkouts by the name of their <c>ExternalRepo</c>; those that are not made yet are absent.</summary>
    public IReadOnlyDictionary<string, SourceBinding> Sources { get; init; } = new Dictionary<string, SourceBinding>();

    /// <summary>
    /// Downloads by the name of their <c>ExternalFile</c>; those without a hash that are not here yet are absent.
    /// </summary>
    public IReadOnlyDictionary<string, SourceBinding> Files { get; init; } = new Dictionary<string, SourceBinding>();

    /// <summary>What runs commands in an image, by the name of its pin; null while the image is not here.</summary>
    public Func<string, ICommandRunner?> InImage { get; init; } = _ => null;

    /// <summary>
    /// Hashes of files, when the caller shares them with other stages; null: kept in <see cref="ToolsDirectory"/>.
    /// </summary>
    public ContentHashes? Hashes { get; init; }
}
