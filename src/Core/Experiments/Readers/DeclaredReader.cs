using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Experiments.Readers;

/// <summary>The configured reader that an item names with its metadata <c>Reader</c> and
/// <c>ReaderCommand</c>.</summary>
/// <param name="Reader">The reader.</param>
/// <param name="Identity">The identity of the reader, which differs for readers that read differently: its name, its
/// version, its own metadata, the command and the content of the command's files.</param>
internal sealed record DeclaredReader(IOutputReader Reader, string Identity)
{
    private const double DefaultSeconds = 60;

    /// <summary>Reads the metadata of a reader; returns null when the item names no reader.</summary>
    /// <param name="reader">The item.</param>
    /// <param name="readers">The readers that the item may name.</param>
    /// <param name="placeholders">The placeholders that the command may contain.</param>
    /// <param name="layout">The location of the project; null when it is not known, and then no file is looked
    /// at.</param>
    /// <param name="trace">Record to which the files of the command are added.</param>
    /// <param name="host">The place that runs the command until the locations of the command's tools are known.</param>
    public static DeclaredReader? Parse(MetadataReader reader, Catalogue<IOutputReader> readers,
        PlaceholderSet placeholders, EvaluationLayout? layout, InputTrace? trace, ReaderHost? host = null)
    {
        var command = Template.All(reader.Command("ReaderCommand"));
        reader.Check("ReaderCommand", placeholders, command);
        var seconds = reader.Seconds("ReaderTimeout");
        if (seconds is not null && command.Count == 0)
            reader.Bad("ReaderTimeout", reader.Text("ReaderTimeout")!, "a ReaderCommand beside it");
        var declared = OfFile(reader, readers, command.Count > 0 ? "json" : null);
        return declared is null || command.Count == 0 ? declared
            : new DeclaredReader(new CommandReader(declared.Reader, command, seconds ?? DefaultSeconds,
                new ReaderPlace(_ => layout?.ProjectDirectory ?? ".")
                {
                    Host = host ?? new ReaderHost(null),
                    IsComplete = command.All(argument => argument.Placeholders.All(one => one.Text == "project")),
                }),
                $"{declared.Identity} of {CommandLine.Join(command.Select(argument => argument.Text))}"
                    + $"{Contents(reader, command, layout, trace)}");
    }

    /// <summary>The reader of an item that has a file instead of samples; null when the item names none.</summary>
    /// <param name="reader">The item.</param>
    /// <param name="readers">The readers that the item may name.</param>
    /// <param name="otherwise">The default name; null when there is no default reader.</param>
    public static DeclaredReader? OfFile(MetadataReader reader, Catalogue<IOutputReader> readers,
        string? otherwise = null)
    {
        if ((reader.Text("Reader") ?? otherwise) is not { } name)
            return null;
        if (readers.Find(name) is not { } found)
        {
            reader.Report(ReadingRules.UnknownReader, reader.Item.Type, reader.ItemName, name,
                Suggestion.For(name, readers.Names));
            return null;
        }
        var configured = reader.Configure(found.Name, found.Configure, found, out var own);
        return new DeclaredReader(configured, readers.IdentityOf(found) + (own.Length > 0 ? $" ({own})" : ""));
    }

    // Files whose path depends on a tool, a source or a pin are looked at later, when the location of these is known.
    private static string Contents(MetadataReader reader, IReadOnlyList<Template> command, EvaluationLayout? layout,
        InputTrace? trace)
    {
        if (layout is null)
            return "";
        var hashes = new ContentHashes();
        var contents = "";
        foreach (var argument in command.Where(argument => argument.First is { Text: "project" }
            && argument.Placeholders.All(one => one.Text == "project")))
        {
            var path = argument.Fill(_ => layout.ProjectDirectory);
            trace?.File(path);
            if (!File.Exists(path))
                reader.Report(ReadingRules.NoFileOfReader, reader.ItemName, path);
            else
                contents += " " + ReaderChange.Part(Path.GetFileName(path), hashes.OfFile(path));
        }
        CheckProgram(reader, command[0], layout);
        return contents;
    }

    private static void CheckProgram(MetadataReader reader, Template program, EvaluationLayout layout)
    {
        var name = program.Placeholders.All(one => one.Text == "project")
            ? program.Fill(_ => layout.ProjectDirectory) : null;
        if (name is null)
            return;
        if (!name.Contains('/', StringComparison.Ordinal))
        {
            if (!SearchPath.SystemFolders.Any(folder => File.Exists(Path.Combine(folder, name))))
                reader.Report(ReadingRules.NoFileOfReader, reader.ItemName, name);
        }
        else if (!File.Exists(name))
        {
            if (program.Constant is not null)
                reader.Report(ReadingRules.NoFileOfReader, reader.ItemName, name);
        }
        else if (Executable.Problem(name) is { } problem)
            reader.Report(ReadingRules.NotStartable, reader.ItemName, name, problem);
    }
}
