using Verus.Artifact.Common;
using Verus.Artifact.Data;

namespace Verus.Artifact.Figures;

/// <summary>
/// What a figure was drawn from: its declaration, its data and its files, each with a hash, as it is kept beside the
/// results. The state of a figure shows whether it would be drawn differently now, and why.
/// </summary>
/// <param name="figure">The figure.</param>
/// <param name="around">The folders and programs that the commands of figures use.</param>
internal sealed class FigureState(FigureDeclaration figure, FigureContext around)
{
    private const string Reader = "the reader of ";

    /// <summary>The part of the state of a figure that the SDK drew because the figure's command left no
    /// picture.</summary>
    public static readonly (string Name, string Hash) DrawnInstead = ("drawn in place of the command", "yes");

    private string StateFile => Path.Combine(around.Layout.State, "figures", FigureDrawer.FileName(figure) + ".txt");

    /// <summary>The declaration, data and files from which the figure would be drawn now, each with a hash.</summary>
    /// <param name="datasets">The datasets in the folder of data.</param>
    /// <exception cref="Diagnostics.DiagnosticException">A file cannot be read.</exception>
    public IReadOnlyList<(string Name, string Hash)> Parts(IReadOnlyList<Dataset> datasets) =>
        figure.Kind is CommandFigure command ? [.. OfCommand(command), .. OfInputs(command),
            .. OfData(datasets), .. OfFormats(command, datasets), .. OfReaders()]
        :
        [
            ("declaration", ContentHashes.OfText(string.Join('\0', figure.Item.Metadata
                .Where(pair => !string.IsNullOrWhiteSpace(pair.Value))
                .OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase)
                .Select(pair => $"{pair.Key}={pair.Value}")))),
            .. figure.FontFiles.Select(OfFile), .. OfData(datasets), .. OfReaders(),
        ];

    /// <summary>Whether a part of the state concerns the reader of the samples.</summary>
    public static bool IsOfReader(string part) => part.StartsWith(Reader, StringComparison.Ordinal);

    /// <summary>The declaration, data and files from which the existing pictures were drawn, each with a hash; empty
    /// when they are not known.</summary>
    public Dictionary<string, string> Saved()
    {
        try
        {
            return !File.Exists(StateFile) ? [] : File.ReadLines(StateFile)
                .Select(line => line.Split('\t')).Where(cells => cells.Length == 2)
                .DistinctBy(cells => cells[0]).ToDictionary(cells => cells[0], cells => cells[1]);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Saves the state of a figure that was drawn.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The folder cannot be written.</exception>
    public void Save(IEnumerable<(string Name, string Hash)> parts)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(StateFile)!);
        AtomicFile.Write(StateFile, string.Concat(parts.Select(part => $"{PlainText.Line(part.Name)}\t{part.Hash}\n")));
    }

    /// <summary>Returns descriptions of what has changed since the figure was drawn; empty when nothing has
    /// changed.</summary>
    /// <param name="datasets">The datasets in the folder of data.</param>
    public IReadOnlyList<string> Changes(IReadOnlyList<Dataset> datasets)
    {
        var before = Saved();
        if (before.Count == 0)
            return ["it has not been drawn yet"];
        var now = Parts(datasets);
        return
        [
            .. before.Remove(DrawnInstead.Name) ? ["it left no picture before"] : Array.Empty<string>(),
            .. now.Where(part => before.GetValueOrDefault(part.Name) != part.Hash)
                .Select(part => before.ContainsKey(part.Name) ? $"{part.Name} changed" : $"{part.Name} is new"),
            .. before.Keys.Where(name => !name.StartsWith("output ", StringComparison.Ordinal)
                && now.All(part => part.Name != name)).Select(name => $"{name} is gone"),
        ];
    }

    /// <summary>The hash of a file or folder; "none" when there is none.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The file or folder cannot be read.</exception>
    public string Hash(string path)
    {
        try
        {
            return File.Exists(path) || Directory.Exists(path) ? around.Hashes.OfTree(path) : "none";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw FigureRules.CommandFailed.Error(figure.Item.Where, figure.Name,
                $"'{PlainText.Line(path)}' cannot be read: {PlainText.Line(problem.Message)}");
        }
    }

    private IEnumerable<(string Name, string Hash)> OfCommand(CommandFigure kind) =>
    [
        ("command", ContentHashes.OfText(string.Join('\0', kind.Command.Select(argument => argument.Text)))),
        .. kind.Named.Concat(InputFiles(kind)).Distinct(StringComparer.Ordinal).Select(OfFile),
        .. kind.PassEnvironment
            .Select(name => ($"variable {name}", ContentHashes.OfText(around.Trace.Variable(name) ?? ""))),
    ];

    private IEnumerable<(string Name, string Hash)> OfInputs(CommandFigure kind) =>
    [
        .. kind.Tools.Select(name =>
            ($"tool {name}", around.Inputs?.Tools.GetValueOrDefault(name)?.Identity ?? "none")),
        .. kind.Names("source")
            .Select(name => ($"source {name}", around.Inputs?.Sources.GetValueOrDefault(name)?.Identity ?? "none")),
        .. kind.Names("file")
            .Select(name => ($"download {name}", around.Inputs?.Files.GetValueOrDefault(name)?.Identity ?? "none")),
    ];

    private IEnumerable<(string Name, string Hash)> OfFormats(CommandFigure kind, IReadOnlyList<Dataset> datasets) =>
        datasets.Where(dataset => kind.Names("formats").Contains(dataset.Name, StringComparer.OrdinalIgnoreCase))
            .SelectMany(dataset => dataset.FormatFiles).Distinct(StringComparer.Ordinal)
            .Select(file => ($"data {FormatFiles.Folder}/{file}",
                Hash(FormatFiles.PathOf(around.Layout.Data, file))));

    private IEnumerable<(string Name, string Hash)> OfData(IReadOnlyList<Dataset> datasets) => datasets
        .Select(dataset => DatasetFile.PathOf(around.Layout.Data, dataset.Name, dataset.Origin))
        .Select(path => ($"data {Path.GetFileName(path)}", Hash(path)));

    private IEnumerable<(string Name, string Hash)> OfReaders() => around.ReadersOf(figure)
        .Select(one => (Reader + one.Experiment, ContentHashes.OfText(one.Reader)));

    private (string Name, string Hash) OfFile(string named)
    {
        var path = around.Layout.Resolve(named);
        around.Trace.File(path);
        return ($"file {named}", Hash(path));
    }

    private IEnumerable<string> InputFiles(CommandFigure kind) => kind.Inputs
        .SelectMany(pattern => around.Trace.Matches(around.Layout.Resolve(pattern)))
        .Select(path => Path.GetRelativePath(around.Layout.ProjectDirectory, path));
}
