using System.Globalization;
using System.Xml;
using CliWrap;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Figures;

/// <summary>The context that the commands of all figures of a call share.</summary>
/// <param name="Layout">The folders in which the stages leave their files.</param>
/// <param name="SearchPath">The folders in which programs are looked up.</param>
/// <param name="Hashes">The hashes of files by content.</param>
/// <param name="Trace">Record to which the files that a command reads are added.</param>
internal sealed record FigureContext(
    EvaluationLayout Layout, IReadOnlyList<string> SearchPath, ContentHashes Hashes, InputTrace Trace)
{
    /// <summary>Absolute path of the runner, which ends all processes that a command has started; null when there is no
    /// runner.</summary>
    public string? Runner { get; init; }

    /// <summary>The locations of the tools, sources and files that commands of figures name; null when there are
    /// none.</summary>
    public CellContext? Inputs { get; init; }

    /// <summary>The tools that the command of a figure uses, as far as they are present.</summary>
    public IReadOnlyList<ResolvedTool> ToolsOf(CommandFigure kind) =>
        [.. kind.Tools.Select(name => Inputs?.Tools.GetValueOrDefault(name)).OfType<ResolvedTool>()];

    /// <summary>The experiments behind a figure, each with the identity of its reader.</summary>
    public Func<FigureDeclaration, IEnumerable<(string Experiment, string Reader)>> ReadersOf { get; init; } = _ => [];
}

/// <summary>
/// Runs the command of a figure if its text, its scripts or its data have changed since the existing pictures were
/// drawn.
/// </summary>
/// <param name="figure">The figure, whose kind is a <see cref="CommandFigure"/>.</param>
/// <param name="around">The context that the commands of all figures share.</param>
internal sealed class FigureCommand(FigureDeclaration figure, FigureContext around)
{
    private const int LastWords = 8;
    private const long MostBytes = 50_000_000;
    private static readonly string[] Pictures = ["svg", "pdf", "png"];

    private readonly CommandFigure kind = (CommandFigure)figure.Kind;
    private readonly FigureState state = new(figure, around);

    /// <summary>Returns the pictures of a figure by format, drawn now or in an earlier call.</summary>
    /// <param name="datasets">The datasets whose files are in the folder of data.</param>
    /// <param name="cancellation">Kills the figure's program.</param>
    /// <exception cref="DiagnosticException">The command failed, took too long, or left no picture.</exception>
    public async Task<IReadOnlyDictionary<string, byte[]>> PicturesAsync(
        IReadOnlyList<Dataset> datasets, CancellationToken cancellation)
    {
        var parts = state.Parts(datasets);
        if (Kept(parts) is { } kept)
        {
            state.Save([.. parts, .. kept.Select(OutputPart)]);
            return kept;
        }
        using var folder = new TemporaryFolder();
        var output = Directory.CreateDirectory(Path.Combine(folder.Path, "out")).FullName;
        var work = Directory.CreateDirectory(Path.Combine(folder.Path, "work")).FullName;
        var prefix = Path.Combine(output, FigureDrawer.FileName(figure));
        var formats = CopyFormats(datasets, Path.Combine(folder.Path, "formats"));
        await RunAsync(Arguments(datasets, prefix, formats), work, cancellation).ConfigureAwait(false);
        var pictures = Pictures.Where(format => File.Exists($"{prefix}.{format}"))
            .ToDictionary(format => format, format => Read($"{prefix}.{format}", format));
        if (pictures.Count == 0)
        {
            var left = Directory.EnumerateFileSystemEntries(output).Select(Path.GetFileName).Take(LastWords).ToList();
            throw Failed("it succeeded, but left none of {out}.svg, {out}.pdf and {out}.png"
                + (left.Count > 0 ? $", but {string.Join(", ", left)}" : ""));
        }
        state.Save([.. parts, .. pictures.Select(OutputPart)]);
        return pictures;
    }

    private Dictionary<string, byte[]>? Kept(IReadOnlyList<(string Name, string Hash)> parts)
    {
        // A change of the reader alone does not cause the figure to be drawn again; only a change in the data does.
        var before = state.Saved().Where(part => !FigureState.IsOfReader(part.Key)).ToDictionary();
        parts = [.. parts.Where(part => !FigureState.IsOfReader(part.Name))];
        var outputs = before.Where(part => part.Key.StartsWith("output ", StringComparison.Ordinal)).ToList();
        if (outputs.Count == 0 || before.Count != parts.Count + outputs.Count
            || parts.Any(part => before.GetValueOrDefault(part.Name) != part.Hash))
            return null;
        var pictures = new Dictionary<string, byte[]>();
        foreach (var (name, hash) in outputs)
        {
            var format = name["output ".Length..];
            var path = FigureDrawer.PathOf(figure, around.Layout.Figures, format);
            if (!File.Exists(path) || state.Hash(path) != hash)
                return null;
            pictures[format] = File.ReadAllBytes(path);
        }
        return pictures;
    }

    private static (string, string) OutputPart(KeyValuePair<string, byte[]> picture) =>
        ($"output {picture.Key}",
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(picture.Value)));

    private List<string> Arguments(IReadOnlyList<Dataset> datasets, string prefix, string formats) =>
        [.. kind.Command.Select(argument => argument.Fill(placeholder => placeholder switch
        {
            { Text: "out" } => prefix,
            { Text: "project" } => around.Layout.ProjectDirectory,
            { Kind: "formats" } => placeholder.Below(Path.Combine(formats, placeholder.Name)),
            { Kind: "data", Whole: { } name } => FileOf(name, OfName(datasets, name).FirstOrDefault()),
            { Kind: "recorded", Whole: { } name } =>
                FileOf(name, OfName(datasets, name).FirstOrDefault(dataset => dataset.Origin == Origin.Recorded)),
            _ => around.Inputs?.ValueOf(placeholder)
                ?? throw Failed($"{placeholder} could not be provided on this machine"),
        }))];

    // The command gets a folder for each dataset, so that it finds only the files of the dataset and cannot change
    // them.
    private string CopyFormats(IReadOnlyList<Dataset> datasets, string folder)
    {
        foreach (var name in kind.Names("formats"))
        {
            var files = OfName(datasets, name).SelectMany(dataset => dataset.FormatFiles).ToList();
            if (files.Count == 0)
                throw Failed(
                    $"no file of '{name}' in another format (Formats) was written, which needs measured samples");
            var own = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
            foreach (var file in files)
                File.Copy(FormatFiles.PathOf(around.Layout.Data, file), Path.Combine(own, file), overwrite: true);
        }
        return folder;
    }

    private static IEnumerable<Dataset> OfName(IReadOnlyList<Dataset> datasets, string name) => datasets
        .Where(dataset => string.Equals(dataset.Name, name, StringComparison.OrdinalIgnoreCase));

    private string FileOf(string name, Dataset? dataset) => dataset is null
        ? throw Failed($"there are no data for '{name}'")
        : DatasetFile.PathOf(around.Layout.Data, dataset.Name, dataset.Origin);

    private async Task RunAsync(List<string> arguments, string work, CancellationToken cancellation)
    {
        var words = new LastLines(LastWords);
        var gate = new Lock();
        var output = PipeTarget.ToDelegate(line =>
        {
            lock (gate)
                words.Add(line);
        });
        var path = string.Join(Path.PathSeparator, around.SearchPath);
        var environment = EnvironmentOf(work, path, kind, around.ToolsOf(kind), around.Trace.Variable);
        var command = new HostCommand(arguments, work, environment)
        {
            Runner = around.Runner,
            Seconds = kind.Timeout,
            Output = output,
            Error = output,
        };
        int? code;
        try
        {
            code = await command.RunAsync(cancellation).ConfigureAwait(false);
        }
        catch (FileNotFoundException problem)
        {
            throw Failed($"'{arguments[0]}' cannot be started: {PlainText.Line(problem.Message)}");
        }
        if (code is null)
        {
            var seconds = kind.Timeout.ToString(CultureInfo.InvariantCulture);
            throw Failed($"it was killed after {seconds} s (Timeout)" + LastOutput(words));
        }
        if (code != 0)
            throw Failed($"it exited with code {code}" + LastOutput(words));
    }

    /// <summary>
    /// Returns the environment of a figure's command: programs find the variables that they need, and no variable makes
    /// the pictures differ between two machines or two days.
    /// </summary>
    /// <param name="work">Absolute path of the working folder of the command.</param>
    /// <param name="path">The folders in which programs are looked up.</param>
    /// <param name="kind">The figure.</param>
    /// <param name="tools">The tools that the command uses.</param>
    /// <param name="variable">Returns the value of a variable of the caller; null when the variable is not set.</param>
    public static Dictionary<string, string> EnvironmentOf(string work, string path, CommandFigure kind,
        IReadOnlyList<ResolvedTool> tools, Func<string, string?> variable)
    {
        var environment = HostCommand.Alone(work,
            string.Join(Path.PathSeparator, tools.SelectMany(tool => tool.PathEntries).Distinct().Append(path)));
        foreach (var (name, value) in tools.SelectMany(tool => tool.Environment))
            environment[name] = value;
        environment["SOURCE_DATE_EPOCH"] = "0";
        // The backend Agg of matplotlib needs no screen, unlike the one that matplotlib would choose by default.
        environment["MPLBACKEND"] = "Agg";
        foreach (var name in kind.PassEnvironment)
        {
            if (variable(name) is { } value)
                environment[name] = value;
        }
        return environment;
    }

    private byte[] Read(string path, string format)
    {
        var length = new FileInfo(path).Length;
        if (length is 0 or > MostBytes)
            throw Failed($"its {format.ToUpperInvariant()} has {length} bytes, and a picture has 1 to {MostBytes}");
        var bytes = File.ReadAllBytes(path);
        if (!IsPicture(bytes, format))
            throw Failed($"what it wrote as {{out}}.{format} is no {format.ToUpperInvariant()}");
        return bytes;
    }

    private static bool IsPicture(byte[] bytes, string format) => format switch
    {
        "png" => bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G'])
            && SkiaSharp.SKBitmap.DecodeBounds(bytes).Width > 0,
        "pdf" => bytes.AsSpan().StartsWith("%PDF-"u8),
        _ => IsSvg(bytes),
    };

    private static bool IsSvg(byte[] bytes)
    {
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null };
            using var reader = XmlReader.Create(new MemoryStream(bytes), settings);
            if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != "svg")
                return false;
            while (reader.Read())
            {
                // A truncated picture is recognized only at the end of its file.
            }
            return true;
        }
        catch (XmlException)
        {
            return false;
        }
    }

    private static string LastOutput(LastLines words) => words.All.Count == 0 ? ", without any output"
        : ". Its last output: " + string.Join(" | ", words.All.Select(line => PlainText.Line(line))).TrimEnd('.');

    private DiagnosticException Failed(string why) => kind.StandIn is { } other
        ? FigureRules.DrawnInstead.Error(figure.Item.Where, figure.Name, why, other)
        : FigureRules.CommandFailed.Error(figure.Item.Where, figure.Name, why);
}
