using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Tools;

/// <summary>
/// A program that experiments use: item <c>Tool</c>. docs/tools.md explains the metadata of tools for users.
/// </summary>
public sealed record ToolDeclaration : IDeclaration
{
    /// <inheritdoc/>
    public required string Name { get; init; }
    /// <inheritdoc/>
    public required DeclarationItem Item { get; init; }
    /// <summary>File name of the program to look up on PATH; by default the tool's name.</summary>
    public required string Command { get; init; }
    /// <summary>Path of the executable, which takes precedence over everything else; null when no path is
    /// given.</summary>
    public string? Path { get; init; }
    /// <summary>The pinned versions; null when any version is accepted or a pin in the ledger decides.</summary>
    public VersionRule? Version { get; init; }
    /// <summary>The version that the user chose instead of the pinned one; every use of such a version is a
    /// deviation.</summary>
    public VersionRule? VersionOverride { get; init; }
    /// <summary>Arguments that make the tool print its version.</summary>
    public required IReadOnlyList<string> VersionArguments { get; init; }
    /// <summary>The declared regular expression whose first group is the version in the tool's output; null when none
    /// is declared.</summary>
    public string? DeclaredVersionPattern { get; init; }
    /// <summary>The regular expression whose first group is the version in the tool's output, declared or
    /// default.</summary>
    public string VersionPattern => DeclaredVersionPattern ?? DefaultVersionPattern;
    /// <summary>
    /// Files and folders whose content is part of the identity, besides the executable; their paths are relative to the
    /// project.
    /// </summary>
    public IReadOnlyList<string> IdentityFiles { get; init; } = [];
    /// <summary>Names of the tools that this tool starts through PATH.</summary>
    public IReadOnlyList<string> Depends { get; init; } = [];
    /// <summary>Environment variables that the tool needs, with placeholders.</summary>
    public IReadOnlyDictionary<string, Template> Environment { get; init; } = new Dictionary<string, Template>();
    /// <summary>Additional folders for PATH, with placeholders; their paths are relative to the project.</summary>
    public IReadOnlyList<Template> PathEntries { get; init; } = [];
    /// <summary>NuGet package of the .NET tool that provides the program; null when it comes from elsewhere.</summary>
    public string? DotNetTool { get; init; }
    /// <summary>The recipe by which the tool is built from source; null when it is not built from source.</summary>
    public BuildRecipe? Build { get; init; }
    /// <summary>
    /// Name of the <c>ExternalFile</c> that is unpacked, and the path of the executable in it; null when the tool does
    /// not come from an archive.
    /// </summary>
    public (string File, string Executable)? Archive { get; init; }
    /// <summary>The name of the image that the item of the tool names.</summary>
    public string? DeclaredImage { get; init; }
    /// <summary>
    /// Name of the pinned image in which the tool runs, and in which it is built or found; null when the tool runs on
    /// this machine, as does a tool that is given by its path.
    /// </summary>
    public string? Image => Path is null ? DeclaredImage : null;
    /// <summary>Whether the tool is a program of its image, and so is neither built nor unpacked.</summary>
    public bool IsOfImage => Image is not null && Build is null && Archive is null;
    /// <summary>The package of Debian and Ubuntu that contains the program; null when none is declared.</summary>
    public string? DebianPackage { get; init; }
    /// <summary>
    /// What must be there to provide the tool, besides other tools: conditions such as <c>deb=libpmem-dev</c>.
    /// </summary>
    public IReadOnlyList<Condition> Requires { get; init; } = [];
    /// <summary>Advice on what a user can do to get the tool, which is shown when the tool is missing.</summary>
    public string? Remedy { get; init; }

    /// <summary>
    /// The default pattern, which finds the first text that looks like a version: two or more numbers separated by
    /// points, with an optional pre-release label.
    /// </summary>
    public const string DefaultVersionPattern = @"(?<![\w.])v?(\d+(?:\.\w+)+(?:-[0-9A-Za-z.-]+)?)";

    /// <summary>
    /// Every tool that must be resolved before this one: the tools named in Depends or in a placeholder of the
    /// environment.
    /// </summary>
    public IEnumerable<string> Needs => Depends
        .Concat(OwnPlaceholders.Where(placeholder => placeholder.Kind == "tool")
            .Select(placeholder => placeholder.Whole!))
        .Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>The placeholders in the tool's environment and in its folders for PATH.</summary>
    internal IEnumerable<Placeholder> OwnPlaceholders =>
        Environment.Values.Concat(PathEntries).SelectMany(text => text.Placeholders);

    // The placeholders that a tool's environment and its folders for PATH may contain.
    private static readonly PlaceholderSet OwnKinds = new("folder", "project", "home", "tool:NAME", "source:NAME/PATH");

    /// <summary>Reads an item.</summary>
    public static ToolDeclaration Parse(DeclarationItem item, ICollection<Diagnostic> diagnostics)
    {
        var reader = new MetadataReader(item, diagnostics);
        var tool = new ToolDeclaration
        {
            Name = item.Name,
            Item = item,
            Command = reader.Text("ProgramName") ?? item.Name,
            Path = reader.Text("Path"),
            Version = Rule(reader, "Version"),
            VersionOverride = Rule(reader, "VersionOverride"),
            VersionArguments = reader.Command("VersionArguments", reader.Text("VersionArguments") ?? "--version"),
            DeclaredVersionPattern = Pattern(reader),
            IdentityFiles = reader.List("IdentityFiles"),
            Depends = reader.List("Depends"),
            Environment = reader.Templates("Environment"),
            PathEntries = Template.All(reader.List("PathEntries")),
            DotNetTool = reader.Text("DotNetTool"),
            Build = BuildRecipe.Read(reader),
            Archive = reader.Text("Archive") is { } archive ? (archive, reader.Required("Executable")) : null,
            DeclaredImage = reader.Text("Image"),
            DebianPackage = reader.Text("DebianPackage"),
            Requires = reader.Conditions("Requires", "deb=libpmem-dev; disk>=3GiB"),
            Remedy = reader.Text("Remedy"),
        };
        if (tool.Archive is not null && tool.Build is not null)
            reader.Bad("Archive", tool.Archive.Value.File, "left out if there is a Source");
        if (tool is { DotNetTool: not null, DeclaredImage: not null })
            reader.Bad("DotNetTool", tool.DotNetTool,
                "left out if there is an Image: packages of .NET tools are installed on this machine");
        reader.Check("Environment", OwnKinds, tool.Environment.Values);
        reader.Check("PathEntries", OwnKinds, tool.PathEntries);
        if (!FileNames.IsPlain(tool.Name))
            reader.Bad("Include", tool.Name, FileNames.Plain);
        reader.Finish();
        return tool;
    }

    private static VersionRule? Rule(MetadataReader reader, string name)
    {
        if (reader.Text(name) is not { } text)
            return null;
        var rule = VersionRule.Parse(text);
        if (rule is null)
            reader.Report(ToolRules.BadVersionRule, reader.Item.Name, text);
        return rule;
    }

    private static string? Pattern(MetadataReader reader)
    {
        if (reader.Text("VersionPattern") is not { } text)
            return null;
        if (UserPattern.Parse(text, multiline: false, out _) is { Groups: 1 })
            return text;
        reader.Report(ToolRules.BadVersionPattern, reader.Item.Name, text);
        return null;
    }
}
