using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Tools;

/// <summary>How a tool is built from source: the part of a <c>Tool</c> item that begins with its metadata <c>Source</c>.</summary>
/// <param name="Source">Name of the <c>ExternalRepo</c> that is built.</param>
/// <param name="Steps">Commands in order, with placeholders; <c>cd FOLDER</c> sets the folder of those after it.</param>
/// <param name="Environment">Environment of the steps, with placeholders.</param>
/// <param name="Tools">Names of tools that the steps use and that decide over what is built.</param>
/// <param name="Helpers">Names of tools that must be there but do not decide, such as a downloader.</param>
/// <param name="Executable">Path of what was built, with placeholders.</param>
public sealed record BuildRecipe(
    string Source,
    IReadOnlyList<IReadOnlyList<string>> Steps,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyList<string> Tools,
    IReadOnlyList<string> Helpers,
    string Executable)
{
    private static readonly string[] MeaninglessWithoutSource = ["Build", "BuildEnvironment", "BuildTools", "BuildHelpers", "BuildInputs", "Executable", "Image"];

    /// <summary>Name of the pinned image in which the steps run, and what is built as well; null: this machine.</summary>
    public string? Image { get; init; }

    /// <summary>Files of the project that the steps read, by file name; each is copied beside the working copy, and its content decides over what is built.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();

    /// <summary>Every text that may hold placeholders and decides what is built.</summary>
    public IEnumerable<string> Texts => Steps.SelectMany(step => step).Concat(Environment.Values);

    /// <summary>Tools that decide over what is built: BuildTools and those in placeholders. Those of an image are part of the image.</summary>
    public IEnumerable<string> Deciding => (Image is null ? Tools : []).Concat(Named("tool:")).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>Tools that must be there before the build.</summary>
    public IEnumerable<string> Needs => Deciding.Concat(Image is null ? Helpers : []).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>Repositories that the build reads: its own and those in placeholders.</summary>
    public IEnumerable<string> Sources => Named("source:").Prepend(Source).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the metadata; null when the tool is not built.</summary>
    internal static BuildRecipe? Read(MetadataReader reader)
    {
        var source = reader.Text("Source");
        var steps = (reader.Text("Build") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => reader.Command("Build", line)).Where(step => step.Count > 0).ToList();
        var environment = reader.Pairs("BuildEnvironment");
        var tools = reader.List("BuildTools");
        var helpers = reader.List("BuildHelpers");
        var inputs = ReadInputs(reader);
        var executable = reader.Text("Executable");
        if (source is null)
        {
            foreach (var name in MeaninglessWithoutSource.Where(name => reader.Text(name) is not null))
                reader.Report(DeclarationRules.MissingMetadata, reader.Item.Type, reader.Item.Name, $"Source, which {name} needs");
            return null;
        }
        if (steps.Find(step => step[0] == "cd" && step.Count != 2) is { } odd)
            reader.Bad("Build", CommandLine.Join(odd), "'cd FOLDER' where it changes the folder");
        foreach (var text in steps.SelectMany(step => step).Concat(environment.Values).Append(executable ?? ""))
            ToolDeclaration.CheckPlaceholders(reader, text, ["source", "output", "project", "processors", "tool:", "source:", .. inputs.Keys.Select(name => "input:" + name)]);
        return new BuildRecipe(source, steps, environment, tools, helpers, executable ?? reader.Required("Executable")) { Image = reader.Text("Image"), Inputs = inputs };
    }

    private static Dictionary<string, string> ReadInputs(MetadataReader reader)
    {
        var inputs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in reader.List("BuildInputs"))
            if (!inputs.TryAdd(Path.GetFileName(path), path))
                reader.Bad("BuildInputs", path, "files, no two of one file name");
        return inputs;
    }

    private IEnumerable<string> Named(string kind) => Texts.Append(Executable).SelectMany(Placeholders.Names)
        .Where(name => name.StartsWith(kind, StringComparison.Ordinal)).Select(name => name[kind.Length..].Split('/')[0]);
}
