using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Data;

/// <summary>
/// Numbers that were recorded elsewhere (item <c>RecordedData</c>), under the name of the dataset whose recorded form
/// they are. docs/data.md explains each item of metadata for users.
/// </summary>
public sealed record RecordedDataDeclaration : IDeclaration
{
    /// <inheritdoc/>
    public required string Name { get; init; }
    /// <inheritdoc/>
    public required DeclarationItem Item { get; init; }
    /// <summary>
    /// The files of recorded numbers, as declared: paths relative to the project, or in a pinned source, written
    /// <c>{source:NAME}/...</c>; each may be a folder or contain wildcards.
    /// </summary>
    public string File { get; init; } = "";
    /// <summary>The entries of <see cref="File"/>; empty if the command of the reader finds its data itself.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];
    /// <summary>
    /// The pattern of a file's path below the folder before the first wildcard; each named group of the pattern is a
    /// column of the file's rows. The pattern is null if nothing in the names is data.
    /// </summary>
    public UserPattern? FilePattern { get; init; }
    /// <summary>Key columns.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];
    /// <summary>The name of the column with the numbers, such as time, which also names the quantity.</summary>
    public string Value { get; init; } = "";
    /// <summary>The column with the lower end of the 95% confidence interval.</summary>
    public string? Low { get; init; }
    /// <summary>The column with the upper end of the 95% confidence interval.</summary>
    public string? High { get; init; }
    /// <summary>The unit of the numbers, unless the file has a column named unit that differs by row.</summary>
    public string Unit { get; init; } = "";
    /// <summary>The column of the file with notes on rows.</summary>
    public string? Note { get; init; }
    /// <summary>The statistic by which samples became one number, such as median.</summary>
    public string Statistic { get; init; } = "";
    /// <summary>A text that says who measured the numbers, when, and on what machine.</summary>
    public string Provenance { get; init; } = "";
    /// <summary>Which rows count.</summary>
    public IReadOnlyList<Condition> Where { get; init; } = [];
    /// <summary>
    /// The columns whose name in the dataset differs from their name in the file: from the former name to the latter.
    /// </summary>
    public IReadOnlyDictionary<string, string> Rename { get; init; } = new Dictionary<string, string>();

    /// <summary>The reader of the file; null when it is a CSV file of the data stage.</summary>
    public IOutputReader? Reader { get; init; }

    /// <summary>The command that converts the file for the reader, as declared; null when there is none.</summary>
    public string? Converter { get; init; }

    /// <summary>Reads an item.</summary>
    public static RecordedDataDeclaration Parse(DeclarationItem item, ICollection<Diagnostic> diagnostics) =>
        Parse(item, diagnostics, null);

    /// <summary>Reads an item <c>RecordedData</c>.</summary>
    /// <param name="item">The item.</param>
    /// <param name="diagnostics">Collector to which the problems that were found are added.</param>
    /// <param name="extensions">The extensions that the item may refer to; null for those that ship with the
    /// SDK.</param>
    /// <param name="layout">The layout of the project; null when the layout is not known.</param>
    /// <param name="trace">Record to which the files that the item's ReaderCommand names are added.</param>
    /// <param name="host">The place that runs the item's ReaderCommand; null when the command is not to be run.</param>
    public static RecordedDataDeclaration Parse(DeclarationItem item, ICollection<Diagnostic> diagnostics,
        ExtensionSet? extensions,
        EvaluationLayout? layout = null, InputTrace? trace = null, ReaderHost? host = null)
    {
        var reader = new MetadataReader(item, diagnostics);
        var declaration = new RecordedDataDeclaration
        {
            Name = item.Name,
            Item = item,
            File = reader.Text("ReaderCommand") is null ? reader.Required("File") : reader.Text("File") ?? "",
            Files = reader.List("File"),
            FilePattern = ReadFilePattern(reader),
            Columns = reader.List("KeyColumns"),
            Value = reader.Required("Value"),
            Low = reader.Text("Low"),
            High = reader.Text("High"),
            Unit = reader.Text("Unit") ?? "",
            Note = reader.Text("NoteColumn"),
            Statistic = reader.Text("Statistic") ?? "",
            Provenance = reader.Required("Provenance"),
            Where = reader.Conditions("Where"),
            Rename = ReadRename(reader, "name in the file=name here"),
            Reader = DeclaredReader.Parse(reader, (extensions ?? ExtensionSet.BuiltIn).Readers,
                CellPlaceholders.OfInputs,
                layout, trace, host)?.Reader,
            Converter = reader.Text("ReaderCommand"),
        };
        reader.Check("File", NamedFiles.Kinds, [.. declaration.Files.Select(Template.Parse)]);
        if (declaration.Low is null != declaration.High is null)
            reader.Bad(declaration.Low is null ? "High" : "Low", (declaration.Low ?? declaration.High)!,
                "both ends of the interval, Low and High");
        DatasetDeclaration.CheckColumns(reader, declaration.Columns, declaration.Value);
        reader.CheckFileName();
        reader.Finish();
        return declaration;
    }

    private static UserPattern? ReadFilePattern(MetadataReader reader)
    {
        if (reader.Text("FilePattern") is not { } text)
            return null;
        var pattern = UserPattern.Parse(text, multiline: false, out var problem);
        if (pattern is null)
            reader.Bad("FilePattern", text, $"a regular expression ({problem})");
        else if (pattern.Names.Count == 0)
            reader.Bad("FilePattern", text, "a regular expression with a named group for each column, such as "
                + @"(?<threads>\d+)-threads\.csv");
        return pattern;
    }

    // The result leads from the names here to the names there.
    internal static Dictionary<string, string> ReadRename(MetadataReader reader, string form)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var renaming = $"pairs '{form}', each name here once";
        foreach (var (there, here) in reader.Pairs("Rename", renaming))
            if (here.Length == 0 || !names.TryAdd(here, there))
                reader.Bad("Rename", $"{there}={here}", renaming);
        return names;
    }
}
