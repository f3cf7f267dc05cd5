using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>
/// The command of a reader (metadata <c>ReaderCommand</c>) with the tools, sources and files that the command names.
/// The content of the tools, sources and files that a reader's command names is part of the reader's identity, so that
/// samples are read again when one of them changes.
/// </summary>
internal static class BoundReader
{
    /// <summary>The names of a kind (tool, folder, source or file) that a reader's command contains.</summary>
    public static IEnumerable<string> Names(IOutputReader? reader, params string[] kinds) =>
        reader is CommandReader command ? Template.NamesIn(command.Declared, kinds) : [];

    /// <summary>The reader with a command that is ready to run, and the reader's identity.</summary>
    /// <param name="reader">The reader as declared.</param>
    /// <param name="identity">The identity of the reader as declared.</param>
    /// <param name="context">The locations of tools, sources and files.</param>
    /// <param name="cell">The cell whose samples the reader reads; null for recorded numbers.</param>
    /// <param name="hashes">Hashes of files.</param>
    /// <param name="trace">Record to which the files that the reader's identity depends on are added.</param>
    /// <param name="cancellation">Ends the command of the reader.</param>
    public static (CommandReader Reader, string Identity) Of(CommandReader reader, string identity,
        CellContext context, Cell? cell, ContentHashes hashes, InputTrace trace,
        CancellationToken cancellation = default)
    {
        IReadOnlyList<Template> Arguments(Template argument) => cell is null ? [argument]
            : CellResolver.Splat(argument, cell);
        var arguments = reader.Declared.SelectMany(Arguments).ToList();
        var complete = true;
        string ValueOf(Placeholder one)
        {
            var value = cell?.Values.GetValueOrDefault(one.Text)?.Value ?? context.ValueOf(one);
            complete &= value is not null || one.Text == "output";
            return value ?? "";
        }
        var parts = new List<string>();
        foreach (var argument in arguments.Where(argument => argument.Placeholders.Any(one => one.Text != "project")))
        {
            if (cell is not null && argument.Placeholders.Any(one => cell.Values.ContainsKey(one.Text)))
                parts.Add(argument.Fill(one => cell.Values.GetValueOrDefault(one.Text)?.Value ?? one.ToString()));
            var path = argument.Fill(ValueOf);
            if (argument.First is { Text: "project" })
            {
                trace.File(path);
                parts.Add(ReaderChange.Part(Path.GetFileName(path), File.Exists(path) ? hashes.OfFile(path) : ""));
            }
        }
        List<ResolvedTool> tools = [.. Names(reader, "tool", "folder")
            .Select(name => context.Tools.GetValueOrDefault(name)).OfType<ResolvedTool>()];
        parts.AddRange(tools.Select(tool => ReaderChange.Part(tool.Name, tool.Identity)));
        parts.AddRange(Names(reader, "source")
            .Select(name => ReaderChange.Part(name, context.Sources.GetValueOrDefault(name)?.Identity ?? "")));
        parts.AddRange(Names(reader, "file")
            .Select(name => ReaderChange.Part(name, context.Files.GetValueOrDefault(name)?.Identity ?? "")));
        return (reader.At(new ReaderPlace(ValueOf)
        {
            Arguments = Arguments,
            Path = string.Join(':', tools.SelectMany(tool => tool.PathEntries).Distinct().Append(SearchPath.System)),
            Environment = tools.SelectMany(tool => tool.Environment).DistinctBy(pair => pair.Key)
                .ToDictionary(StringComparer.Ordinal),
            Host = new ReaderHost(context.Runner, cancellation),
            IsComplete = complete,
        }), parts.Count == 0 ? identity : $"{identity} with {string.Join(", ", parts)}");
    }
}
