using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Tools;

/// <summary>
/// The recipe by which a tool is built from source: the part of a <c>Tool</c> item that begins with its metadata
/// <c>Source</c>.
/// </summary>
/// <param name="Source">Name of the <c>ExternalRepo</c> that is built.</param>
/// <param name="Steps">The commands in order, with placeholders; <c>cd FOLDER</c> sets the folder of the commands after
/// it.</param>
/// <param name="Environment">Environment of the steps, with placeholders.</param>
/// <param name="Tools">Names of the tools that the steps use and that affect what is built.</param>
/// <param name="Helpers">Names of tools that must be present but do not affect what is built, such as a
/// downloader.</param>
/// <param name="Executable">Path of the built executable, with placeholders.</param>
public sealed record BuildRecipe(
    string Source,
    IReadOnlyList<IReadOnlyList<Template>> Steps,
    IReadOnlyDictionary<string, Template> Environment,
    IReadOnlyList<string> Tools,
    IReadOnlyList<string> Helpers,
    Template Executable)
{
    private static readonly string[] MeaninglessWithoutSource = ["Build", "BuildEnvironment", "BuildTools",
        "BuildHelpers", "BuildInputs"];

    /// <summary>Name of the pinned image in which the steps and the built tool run; null when they run on this
    /// machine.</summary>
    public string? Image { get; init; }

    /// <summary>
    /// Files of the project that the steps read, by file name; each is copied beside the working copy, and its content
    /// affects what is built.
    /// </summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();

    /// <summary>Every text that may contain placeholders and affects what is built.</summary>
    public IEnumerable<Template> Texts => Steps.SelectMany(step => step).Concat(Environment.Values);

    /// <summary>
    /// The tools that affect what is built, which are those in BuildTools and those in placeholders. If a build runs in
    /// an image, the tools of the image are part of the image.
    /// </summary>
    public IEnumerable<string> Deciding =>
        (Image is null ? Tools : []).Concat(Named("tool", placeholder => placeholder.Whole!))
            .Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>The tools that must be present before the build.</summary>
    public IEnumerable<string> Needs =>
        Deciding.Concat(Image is null ? Helpers : []).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>The repositories that the build reads: the one that is built and those in placeholders.</summary>
    public IEnumerable<string> Sources =>
        Named("source", placeholder => placeholder.Name).Prepend(Source).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the metadata of the recipe; returns null when the tool is not built from source.</summary>
    internal static BuildRecipe? Read(MetadataReader reader)
    {
        var source = reader.Text("Source");
        var steps = reader.Lines("Build").Select(line => Template.All(reader.Command("Build", line)))
            .Where(step => step.Count > 0).ToList();
        var environment = reader.Templates("BuildEnvironment");
        var tools = reader.List("BuildTools");
        var helpers = reader.List("BuildHelpers");
        var inputs = ReadInputs(reader);
        var executable = reader.Text("Executable");
        if (source is null)
        {
            var needing = reader.Text("Archive") is null
                ? MeaninglessWithoutSource.Append("Executable") : MeaninglessWithoutSource;
            foreach (var name in needing.Where(name => reader.Text(name) is not null))
                reader.Report(DeclarationRules.MissingMetadata, reader.Item.Type, reader.Item.Name,
                    $"Source, which {name} needs");
            return null;
        }
        if (steps.Find(step => step[0].Text == "cd" && step.Count != 2) is { } odd)
            reader.Bad("Build", CommandLine.Join(odd.Select(argument => argument.Text)),
                "'cd FOLDER' if it changes the folder");
        var built = Template.Parse(executable ?? reader.Required("Executable"));
        var known = new PlaceholderSet(["source", "output", "project", "processors", "tool:NAME", "source:NAME/PATH",
            .. inputs.Keys.Select(name => "input:" + name)]);
        reader.Check("Build", known, steps.SelectMany(step => step));
        reader.Check("BuildEnvironment", known, environment.Values);
        reader.Check("Executable", known, built);
        return new BuildRecipe(source, steps, environment, tools, helpers, built)
        {
            Image = reader.Text("Image"),
            Inputs = inputs
        };
    }

    private static Dictionary<string, string> ReadInputs(MetadataReader reader)
    {
        var inputs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in reader.List("BuildInputs"))
            if (!inputs.TryAdd(Path.GetFileName(path), path))
                reader.Bad("BuildInputs", path, "files with different file names");
        return inputs;
    }

    private IEnumerable<string> Named(string kind, Func<Placeholder, string> nameOf) =>
        Texts.Append(Executable).SelectMany(text => text.Placeholders)
        .Where(placeholder => placeholder.Kind == kind && placeholder.Name.Length > 0).Select(nameOf);
}
