using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Figures;

/// <summary>
/// A picture that the author's own program draws from the files of datasets. A figure by command has the text file, the
/// notes and the marks of recorded numbers that all figures have; the program decides what is in the picture.
/// </summary>
internal sealed class CommandFigure : FigureKind
{
    /// <summary>The default time limit of a program, in seconds.</summary>
    public const double UsualTimeout = 120;

    /// <inheritdoc/>
    public override string Name => "Command";

    /// <inheritdoc/>
    internal override bool HasOneUnit => false;

    /// <inheritdoc/>
    internal override bool HasLegend => false;

    /// <inheritdoc/>
    internal override bool GivesPictures => true;

    private static readonly PlaceholderSet Kinds = new("project", "out", "data:NAME", "recorded:NAME",
        "formats:NAME/PATH", "tool:NAME", "folder:NAME/PATH", "source:NAME/PATH", "file:NAME");

    /// <summary>Program and arguments, with placeholders.</summary>
    public IReadOnlyList<Template> Command { get; private init; } = [];

    /// <summary>Patterns of further files that the figure's program reads, relative to the project.</summary>
    public IReadOnlyList<string> Inputs { get; private init; } = [];

    /// <summary>The variables of the caller's environment that are passed to the figure's program.</summary>
    public IReadOnlyList<string> PassEnvironment { get; private init; } = [];

    /// <summary>The time limit in seconds, after which the figure's program is killed.</summary>
    public double Timeout { get; private init; } = UsualTimeout;

    /// <summary>The name of the figure as which the SDK draws the data when the figure's program leaves no picture;
    /// null when the figure is then missing.</summary>
    public string? StandIn { get; private init; }

    /// <summary>The files and folders of the project that the arguments of the figure's program name, relative to the
    /// project.</summary>
    public IReadOnlyList<string> Named =>
        [.. Command.Select(NamedIn).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>The names of a kind (tool, folder, source, file or formats) that the command contains.</summary>
    public IEnumerable<string> Names(params string[] kinds) => Template.NamesIn(Command, kinds);

    /// <summary>Whether the command names files in another format of a dataset that has none, since its numbers are
    /// recorded.</summary>
    /// <param name="datasets">The datasets of the figure.</param>
    public bool LacksFormats(IReadOnlyList<Dataset> datasets) => Names("formats").Any(name =>
        datasets.All(dataset => !dataset.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
            || (dataset.Origin == Origin.Recorded && dataset.FormatFiles.Count == 0)));

    /// <summary>The names of the tools that the command uses.</summary>
    public IEnumerable<string> Tools => Names("tool", "folder");

    /// <inheritdoc/>
    internal override FigureDeclaration Read(MetadataReader reader, FigureDeclaration figure)
    {
        reader.Required("Command");
        var kind = new CommandFigure
        {
            Command = Template.All(reader.Command("Command")),
            Inputs = reader.List("Inputs"),
            PassEnvironment = reader.List("PassEnvironment"),
            Timeout = reader.Seconds("Timeout") ?? UsualTimeout,
            StandIn = reader.Text("StandIn"),
        };
        foreach (var text in kind.Command)
            CheckPlaceholders(reader, figure, text);
        if (kind.Command.Count > 0
            && kind.Command.All(text => text.Placeholders.All(placeholder => placeholder.Text != "out")))
            reader.Bad("Command", CommandLine.Join(kind.Command.Select(text => text.Text)),
                "a command with {out}, the path of the picture without its extension");
        return figure with { Kind = kind, ErrorBars = false };
    }

    /// <inheritdoc/>
    internal override IEnumerable<FigureColumn> ColumnsOf(FigureDeclaration figure) => [];

    /// <inheritdoc/>
    internal override (FigureDeclaration Figure, IReadOnlyList<Dataset> Datasets) Over(
        FigureDeclaration figure, IReadOnlyList<Dataset> datasets) => RowPlaces.Of(figure, datasets);

    /// <summary>The SDK lays nothing out for a figure by command, and only adds the notes.</summary>
    internal override FigureContent Lay(FigureData data, Ink ink) => new(0, 0, (_, _, _) => { }, NotesOf(data));

    /// <inheritdoc/>
    internal override FigureNotes NotesOf(FigureData data) =>
        FigureNotes.Of(data, [], ["Drawn by the author's own program."]);

    /// <summary>
    /// Returns which files of the figure's program are missing, before anything is measured: each argument with a
    /// description of the file that is expected.
    /// </summary>
    /// <param name="layout">The location of the project.</param>
    /// <param name="files">The locations of the files of pins; null when they are not known.</param>
    public IEnumerable<(string Argument, string Expected)> Missing(EvaluationLayout layout, NamedFiles? files)
    {
        if (Command is [{ First.Text: "project" } program, ..] && program.Placeholders.Count() == 1
            && program.Fill(_ => layout.ProjectDirectory) is var path && File.Exists(path)
            && Executable.Problem(path) is { } problem)
            yield return (program.Text, $"a program that can be started; this file {problem}");
        foreach (var named in Named.Where(named => named.Length > 0 && !Exists(layout.Resolve(named))))
            yield return ("{project}/" + named, "a file or folder that is there");
        // A pinned source that lacks the script costs nothing if the SDK draws the figure instead.
        foreach (var argument in Command.Where(text => StandIn is null && text.Placeholders.Any()
            && text.Placeholders.All(one => one.Kind == "source")))
        {
            if (files?.PathOf(argument.Text) is { } ofPin && !Exists(ofPin))
                yield return (argument.Text, "a file or folder that the pinned source has");
        }
        foreach (var argument in Command.Skip(1).Select(text => text.Constant).OfType<string>())
        {
            if (argument.Length > 0 && !argument.StartsWith('-') && !Path.IsPathRooted(argument)
                && File.Exists(layout.Resolve(argument)))
                yield return (argument, $"{{project}}/{argument}, since the command starts in an empty folder");
        }
        foreach (var pattern in Inputs.Where(pattern => Globbing.Files(layout.Resolve(pattern)).Count == 0))
            yield return (pattern, "a pattern of Inputs that finds a file");
    }

    /// <summary>The program of the figure if it is in none of the folders in which programs are looked up; null when it
    /// is found, or when the SDK draws the figure without it.</summary>
    /// <param name="searchPath">The folders in which programs are looked up.</param>
    public string? MissingProgram(IReadOnlyList<string> searchPath) =>
        StandIn is null && Command is [{ Constant: { Length: > 0 } program }, ..]
            && !program.Contains('/', StringComparison.Ordinal)
            && !searchPath.Any(folder => File.Exists(Path.Combine(folder, program))) ? program : null;

    private static void CheckPlaceholders(MetadataReader reader, FigureDeclaration figure, Template text)
    {
        reader.Check("Command", Kinds, text);
        foreach (var dataset in text.Placeholders.Where(Kinds.Has)
            .Select(one => one.Kind is "data" or "recorded" ? one.Whole : one.Kind == "formats" ? one.Name : null)
            .OfType<string>()
            .Where(dataset => !figure.Datasets.Contains(dataset, StringComparer.OrdinalIgnoreCase)))
            reader.Bad("Command", text.Text,
                $"a text that names only Datasets of the figure, to which '{dataset}' does not belong");
    }

    // Returns a path below the project that contains no other placeholder.
    private static string? NamedIn(Template argument)
    {
        const string mark = "\0/";
        if (argument.Placeholders.Any(placeholder => placeholder.Text != "project"))
            return null;
        var filled = argument.Fill(_ => "\0");
        return filled.IndexOf(mark, StringComparison.Ordinal) is var at and >= 0 ? filled[(at + mark.Length)..] : null;
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);
}
