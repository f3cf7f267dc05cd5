using System.Collections.Concurrent;
using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Protocol;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>Where one attempt at a sample runs: the attempt's own folder, and the network ports that were assigned to
/// it.</summary>
/// <param name="Directory">Absolute path of the folder that holds the job file, the output and the work folder.</param>
public sealed record Attempt(string Directory)
{
    /// <summary>The outputs of other experiments that the attempt uses.</summary>
    public IReadOnlyList<UsedOutput> Outputs { get; init; } = [];

    /// <summary>The network ports that were assigned to the attempt.</summary>
    public IAttemptPorts Ports { get; init; } = new FreeAttemptPorts();

    /// <summary>
    /// The file that says that the shared services of a group are ready; it exists only in the attempt of a group.
    /// </summary>
    public string Ready => Path.Combine(Directory, "ready");

    /// <summary>The pipe by which the shared services of a group are ended.</summary>
    public string End => Path.Combine(Directory, "end");

    /// <summary>
    /// The value of <see cref="CellResolver.PaddingVariable"/>; null when the environment has no such variable.
    /// </summary>
    public string? Padding { get; init; }

    /// <summary>What was prepared for the cell's group of cells; null when the cell shares no preparation.</summary>
    public PreparedGroup? Group { get; init; }

    /// <summary>
    /// The number of the sample within its cell, counted from 1: one more than the number of good samples that the cell
    /// already has.
    /// </summary>
    public int Sample { get; init; } = 1;

    /// <summary>The folder that the placeholder {work} stands for.</summary>
    public string Work { get; init; } = Path.Combine(Directory, "work");

    /// <summary>The file or folder that the experiment's generator writes, if the generator's command contains the
    /// placeholder {generated}.</summary>
    public string Generated(ExperimentDeclaration experiment) =>
        Path.Combine(Directory, "generated", experiment.GenerateAs.TrimEnd('/'));

    /// <summary>The folder whose files are kept with the sample.</summary>
    public string Output { get; init; } = Path.Combine(Directory, "output");
}

/// <summary>
/// Turns a cell into a key and into jobs. In the key, placeholders for paths stay as written, so that moving the
/// evaluation's folder does not change the key; the files at those paths enter the key by their content.
/// </summary>
/// <param name="cellContext">The inputs, tools and services that the earlier stages provide.</param>
/// <param name="hashes">Hashes of files.</param>
/// <param name="trace">Record to which everything outside the declarations that keys depend on is added; null when no
/// caller needs the record.</param>
public sealed partial class CellResolver(CellContext cellContext, ContentHashes hashes, InputTrace? trace = null)
{
    /// <summary>
    /// The environment variable that moves the stack of a sample's processes by the length of its value. The size of
    /// the environment alone can make one program seem faster than another (Mytkowicz, Diwan, Hauswirth and Sweeney,
    /// ASPLOS 2009), so that it is chosen at random for each sample, and not part of the key.
    /// </summary>
    public const string PaddingVariable = "VERUS_ARTIFACT_PADDING";

    /// <summary>
    /// The number of possible lengths of the value of <see cref="PaddingVariable"/>, which is a page.
    /// </summary>
    public const int Offsets = 4096;

    private readonly InputTrace trace = trace ?? new InputTrace();
    private readonly ConcurrentDictionary<(string Experiment, string Cell), (CommandReader Reader, string Identity)>
        readers = new();

    /// <summary>Hashes of files.</summary>
    internal ContentHashes Hashes => hashes;

    /// <summary>Record to which everything outside the declarations that keys depend on is added.</summary>
    public InputTrace Trace => trace;

    /// <summary>The inputs, tools and services that the earlier stages provide.</summary>
    public CellContext CellContext => cellContext;

    /// <summary>
    /// The experiment as it applies to a cell, with a reader that is ready to read its samples.
    /// </summary>
    public ExperimentDeclaration Own(Cell cell)
    {
        var own = cell.Own;
        if (own.Reader is not CommandReader command)
            return own;
        var (reader, identity) = readers.GetOrAdd((own.Name, cell.Name), _ =>
            BoundReader.Of(command, own.ReaderIdentity!, cellContext, cell, hashes, trace));
        return own with { Reader = reader, ReaderIdentity = identity };
    }

    /// <summary>The job of one attempt at a sample, as the runner executes it.</summary>
    public JobSpec Job(ResolvedCell resolved, string id, Attempt attempt, IReadOnlyList<int> cpus)
    {
        var experiment = resolved.Cell.Experiment;
        var environment = EnvironmentOf(resolved.Cell, attempt, resolved.Generated);
        return new JobSpec
        {
            Id = id,
            Prepare = attempt.Group is null ? Prepared(resolved, attempt, environment) : [],
            PrepareTimeoutSeconds = experiment.PrepareTimeout,
            Services = [.. cellContext.ServicesOf(experiment)
                .Where(service => attempt.Group is null || !service.IsShared)
                .Select(service => Service(resolved, attempt, service, environment))],
            Command = Command(resolved, attempt, experiment.Command, environment, null),
            WarmUps = experiment.WarmUps,
            TimeoutSeconds = resolved.Cell.Own.Timeout,
            Cpus = cpus,
            MemoryLimitBytes = experiment.MemoryLimit,
        };
    }

    /// <summary>
    /// The job that prepares the group of cells to which this cell belongs. If the group shares services, the job says
    /// when they are ready, and keeps them running until it is told to end.
    /// </summary>
    public JobSpec GroupJob(ResolvedCell resolved, string id, Attempt attempt)
    {
        var environment = EnvironmentOf(resolved.Cell, attempt, null);
        var services = cellContext.ServicesOf(resolved.Cell.Experiment).Where(service => service.IsShared)
            .Select(service => Service(resolved, attempt, service, environment)).ToList();
        string[] wait = ["sh", "-c", "mkfifo \"$1\" && : > \"$2\" && read line < \"$1\"", "sh", attempt.End,
            attempt.Ready];
        return new JobSpec
        {
            Id = id,
            Prepare = Prepared(resolved, attempt, environment),
            PrepareTimeoutSeconds = resolved.Cell.Experiment.PrepareTimeout,
            Services = services,
            Command = Command(resolved, attempt,
                [.. (services.Count > 0 ? wait : ["true"]).Select(word => Template.Parse(Template.Escape(word)))],
                environment, "group"),
        };
    }

    private IReadOnlyList<CommandSpec> Prepared(ResolvedCell resolved, Attempt attempt,
        IReadOnlyDictionary<string, string> environment) =>
        [.. resolved.Cell.Experiment.Prepare
            .Select((command, index) => Command(resolved, attempt, command, environment, $"prepare-{index + 1}"))];

    /// <summary>
    /// The command that makes a cell's generated input, and the hash of everything that the command depends on.
    /// </summary>
    public (CommandSpec Command, string Key) Generator(Cell cell, Attempt attempt)
    {
        var environment = EnvironmentOf(cell, attempt, null);
        var parts = GeneratorParts(cell)
            .Concat(cell.Experiment.PassEnvironment
                .Select(name => new KeyPart($"environment {name}", trace.Variable(name) ?? "")))
            .Concat(PartsOfFiles(cell, cell.Experiment.Generate.Concat(cell.Experiment.Environment.Values)))
            // Suites name their own scripts by absolute path.
            .Concat(cell.Experiment.Generate.Select(argument => argument.Constant).OfType<string>()
                .Where(argument => Path.IsPathRooted(argument) && trace.Exists(argument) && File.Exists(argument))
                .Select(script => new KeyPart($"script {Path.GetFileName(script)}", hashes.OfFile(script))));
        var command = Spec(cell, attempt, cell.Experiment.Generate, environment, attempt.Generated(cell.Experiment),
            "generated");
        // Only samples get their own copies of sources; generators do not.
        return (cell.Experiment.WorkingDirectory.Placeholders.Any(one => one.Kind == "copy")
            ? command with { WorkingDirectory = attempt.Work } : command, KeyPart.HashOf(parts));
    }

    /// <summary>
    /// The hash of a generator's declaration as written. Two cells of one evaluation whose generators have the same
    /// hash share one generated input, because everything else that the generator depends on is equal for them.
    /// </summary>
    internal static string GeneratorText(Cell cell)
    {
        var experiment = cell.Experiment;
        return KeyPart.HashOf(GeneratorParts(cell)
            .Concat(experiment.Inputs.Concat(experiment.OptionalInputs)
                .Select(input => new KeyPart("input", ExpandForKey(input, cell))))
            .Concat(experiment.Tools.Select(tool => new KeyPart("tool", tool)))
            .Concat(experiment.Sources.Select(source => new KeyPart("source", source)))
            .Concat(experiment.PassEnvironment.Select(name => new KeyPart("passed", name))));
    }

    private static IEnumerable<KeyPart> GeneratorParts(Cell cell) =>
        cell.Experiment.Generate.SelectMany(argument => Splat(argument, cell))
        .Select((argument, index) => new KeyPart($"argument {index}", ExpandForKey(argument, cell)))
        .Concat(cell.Experiment.Environment
            .Select(pair => new KeyPart($"environment {pair.Key}", ExpandForKey(pair.Value, cell))))
        .Append(new KeyPart("working directory", ExpandForKey(cell.Experiment.WorkingDirectory, cell)));

    /// <summary>The values of placeholders for an attempt at a sample.</summary>
    public IPlaceholderValues ValuesOf(Cell cell, Attempt attempt, string? generated) =>
        new CellValues(cellContext, cell, attempt, generated);

    // The values of placeholders that are known before an attempt at a sample exists.
    private CellValues ValuesOf(Cell cell) => new(cellContext, cell, null, null);

    /// <summary>Every text of an experiment that may contain placeholders.</summary>
    public IEnumerable<Template> AllTexts(ExperimentDeclaration experiment) =>
    [
        .. experiment.Command, .. experiment.Prepare.SelectMany(command => command), .. experiment.Environment.Values,
        experiment.WorkingDirectory,
        .. cellContext.ServicesOf(experiment)
            .SelectMany(service => service.Command.Concat(service.Environment.Values)),
    ];

    /// <summary>
    /// Absolute paths of what a cell's job may read outside its attempt: the project, its sources, files and tools, and
    /// its generated input. An executor that does not share this machine's files copies all files and folders that a
    /// job reads to the machine of the job, under the same paths.
    /// </summary>
    public IReadOnlyList<string> ReadPaths(ResolvedCell resolved)
    {
        var experiment = resolved.Cell.Experiment;
        var names = AllTexts(experiment).SelectMany(text => Splat(text, resolved.Cell))
            .Concat(resolved.Cell.Values.Values.Where(value => value.IsFile).Select(value => value.Path))
            .SelectMany(text => text.Placeholders).ToList();
        return
        [
            .. new[] { cellContext.Layout.ProjectDirectory, resolved.Generated }
                .Concat(resolved.Outputs.Select(output => output.Folder))
                .Concat(Referenced(names, "source", experiment.Sources)
                    .Select(name => cellContext.Sources.GetValueOrDefault(name)?.Path))
                .Concat(Referenced(names, "file", []).Select(name => cellContext.Files.GetValueOrDefault(name)?.Path))
                // Scripts and settings that a package provides lie outside the project's folder.
                .Concat(experiment.Inputs.Select(text => text.Constant).OfType<string>()
                    .Select(cellContext.Layout.Resolve))
                .Concat(ToolsOf(resolved.Cell).SelectMany(tool => tool.OnThisMachine))
                .OfType<string>().Distinct(StringComparer.Ordinal),
        ];
    }

    /// <summary>Why a cell is left out: it names a tool that is missing; null when it names none.</summary>
    public string? LackOf(Cell cell) => cellContext.MissingTools.Count == 0 ? null
        : NamesOfTools(cell).Select(name => cellContext.MissingTools.GetValueOrDefault(name)).OfType<string>()
            .FirstOrDefault() is { } why ? $"left out: {why}" : null;

    private IEnumerable<ResolvedTool> ToolsOf(Cell cell) =>
        NamesOfTools(cell).Select(name => cellContext.Tools.GetValueOrDefault(name)).OfType<ResolvedTool>();

    private IEnumerable<string> NamesOfTools(Cell cell) =>
        ReferencedTools([.. AllTexts(cell.Experiment).Concat(cell.Experiment.Generate)
            .SelectMany(text => Splat(text, cell)).SelectMany(text => text.Placeholders)],
                cell.Experiment.Tools);

    private static IEnumerable<string> Referenced(IEnumerable<Placeholder> placeholders, string kind,
        IEnumerable<string> listed) =>
        placeholders.Where(placeholder => placeholder.Kind == kind && placeholder.Name.Length > 0)
            .Select(placeholder => placeholder.Name)
            .Concat(listed).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<string> ReferencedTools(IReadOnlyList<Placeholder> placeholders,
        IEnumerable<string> listed) =>
        Referenced(placeholders, "tool", Referenced(placeholders, "folder", listed));

    private CommandSpec Command(ResolvedCell resolved, Attempt attempt, IReadOnlyList<Template> command,
        IReadOnlyDictionary<string, string> environment, string? log) =>
        Spec(resolved.Cell, attempt, command, environment, resolved.Generated, log);

    private CommandSpec Spec(Cell cell, Attempt attempt, IReadOnlyList<Template> command,
        IReadOnlyDictionary<string, string> environment,
        string? generated, string? log) => new()
        {
            Arguments = [.. command.SelectMany(argument => Splat(argument, cell))
            .Select(argument => argument.Fill(ValuesOf(cell, attempt, generated)))],
            WorkingDirectory = cell.Experiment.WorkingDirectory.Fill(ValuesOf(cell, attempt, generated)),
            Environment = environment,
            StandardOutput = Path.Combine(attempt.Output, log is null ? "stdout.txt" : $"{log}.stdout.txt"),
            StandardError = Path.Combine(attempt.Output, log is null ? "stderr.txt" : $"{log}.stderr.txt"),
        };

    private ServiceSpec Service(ResolvedCell resolved, Attempt attempt, ServiceDeclaration service,
        IReadOnlyDictionary<string, string> environment)
    {
        var values = ValuesOf(resolved.Cell, attempt, resolved.Generated);
        var own = service.Environment.ToDictionary(pair => pair.Key, pair => pair.Value.Fill(values));
        var port = service.ReadyPort?.Fill(values);
        return new ServiceSpec
        {
            Name = service.Name,
            Command = Command(resolved, attempt, service.Command, Merge(environment, own), $"service-{service.Name}"),
            ReadyText = service.ReadyText,
            ReadyPort = port is null
                ? null : attempt.Ports.NumberOf(port)
                    ?? throw ExperimentRules.BadServicePort.Error(service.Item.Where, service.Name, port),
            ReadyTimeoutSeconds = service.ReadyTimeout,
        };
    }

    // No variable of the caller's environment is passed on unless it is named: a variable that changes results must be
    // part of the key.
    private Dictionary<string, string> EnvironmentOf(Cell cell, Attempt attempt, string? generated)
    {
        var experiment = cell.Experiment;
        List<ResolvedTool> tools = [.. ToolsOf(cell)];
        var values = ValuesOf(cell, attempt, generated);
        var environment = HostCommand.Alone(attempt.Work,
            string.Join(':', tools.SelectMany(tool => tool.PathEntries).Distinct().Append(SearchPath.System)));
        if (attempt.Padding is not null && !experiment.ExactEnvironment)
            environment[PaddingVariable] = attempt.Padding;
        foreach (var (name, value) in tools.SelectMany(tool => tool.Environment))
            environment[name] = value;
        foreach (var name in experiment.PassEnvironment)
            if (cellContext.Variable(name) is { } value)
                environment[name] = value;
        foreach (var (name, value) in experiment.Environment)
            environment[name] = value.Fill(values);
        return environment;
    }

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> first,
        IReadOnlyDictionary<string, string> second)
    {
        var merged = new Dictionary<string, string>(first, StringComparer.Ordinal);
        foreach (var (name, value) in second)
            merged[name] = value;
        return merged;
    }

    /// <summary>
    /// Names of the sources that the measured command changes, so that each sample gets its own copy of them.
    /// </summary>
    public IReadOnlyList<string> Copies(ExperimentDeclaration experiment) =>
        [.. Referenced(AllTexts(experiment).SelectMany(text => text.Placeholders), "copy", [])];

    /// <summary>
    /// An argument that consists only of {args:axis} becomes as many arguments as the value of that axis lists; each of
    /// these arguments may contain placeholders.
    /// </summary>
    internal static IReadOnlyList<Template> Splat(Template argument, Cell cell) =>
        CellPlaceholders.AxisOfArguments(argument) is { } axis && cell.Values.TryGetValue(axis, out var value)
            ? value.Arguments() : [argument];

    private static string ExpandForKey(Template text, Cell cell) => text.Fill(placeholder =>
        cell.Values.TryGetValue(placeholder.Text, out var value) ? value.Value : placeholder.ToString());
}
