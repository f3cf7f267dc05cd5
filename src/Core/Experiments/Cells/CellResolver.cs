using System.Globalization;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Protocol;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>Where one attempt at a sample works: a folder of its own, and the ports it was given.</summary>
/// <param name="Directory">Absolute path; holds the job file, the output and the work folder.</param>
public sealed record Attempt(string Directory)
{
    private readonly Dictionary<string, int> ports = new(StringComparer.Ordinal);

    /// <summary>What it uses of other experiments.</summary>
    public IReadOnlyList<UsedOutput> Outputs { get; init; } = [];

    /// <summary>The number of the sample within its cell, from 1: one above that of its good samples.</summary>
    public int Sample { get; init; } = 1;

    /// <summary>The folder that {work} means.</summary>
    public string Work => Path.Combine(Directory, "work");

    /// <summary>The folder whose files are kept with the sample.</summary>
    public string Output => Path.Combine(Directory, "output");

    /// <summary>A free port on loopback for {port:name}, the same one each time within an attempt.</summary>
    public int Port(string name) => ports.TryGetValue(name, out var port) ? port : ports[name] = FreePorts.Next();
}

/// <summary>A cell with everything that its key depends on settled.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Key">Hash of the parts: 64 hexadecimal digits.</param>
/// <param name="Parts">What makes the key.</param>
/// <param name="Generated">Absolute path of its generated input; null when it has none.</param>
public sealed record ResolvedCell(Cell Cell, string Key, IReadOnlyList<KeyPart> Parts, string? Generated)
{
    /// <summary>What it uses of other experiments.</summary>
    public IReadOnlyList<UsedOutput> Outputs { get; init; } = [];

    /// <summary>Why the cell is not available here, which is neither success nor failure; null when it is.</summary>
    public string? NotAvailable { get; init; }
}

/// <summary>
/// Turns a cell into a key and into jobs. In the key, placeholders for places stay as they are written (moving the folder changes nothing);
/// what stands at those places enters by content.
/// </summary>
/// <param name="surroundings">What the earlier stages left.</param>
/// <param name="hashes">Hashes of files.</param>
/// <param name="trace">Told of all that keys depend on outside the declarations; null: nobody wants to know.</param>
public sealed class CellResolver(Surroundings surroundings, ContentHashes hashes, InputTrace? trace = null)
{
    private readonly InputTrace trace = trace ?? new InputTrace();

    /// <summary>Hashes of files.</summary>
    internal ContentHashes Hashes => hashes;

    /// <summary>What keys depend on outside the declarations.</summary>
    public InputTrace Trace => trace;

    /// <summary>What the places around a cell are.</summary>
    public Surroundings Surroundings => surroundings;

    /// <summary>Settles the key of a cell.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="executorIdentity">Where it runs, image digest included.</param>
    /// <param name="generated">Absolute path of its generated input; null when it has none, or it is not there.</param>
    /// <param name="generatedHash">Hash of that input where it is known without the file.</param>
    /// <param name="outputs">What it uses of other experiments; null: nothing.</param>
    /// <exception cref="DiagnosticException">An input is missing or a placeholder means nothing.</exception>
    public ResolvedCell Resolve(Cell cell, string executorIdentity, string? generated, string? generatedHash = null, IReadOnlyList<UsedOutput>? outputs = null)
    {
        var parts = KeyParts(cell, executorIdentity, generatedHash ?? (generated is null ? null : hashes.OfFile(generated)))
            .Concat((outputs ?? []).Select(output => new KeyPart(output.Use.Placeholder, output.Hash))).ToList();
        var lacking = OptionalFiles(cell).Select(file => file.Path).FirstOrDefault(path => !trace.Exists(path));
        return new ResolvedCell(cell, KeyPart.HashOf(parts), parts, generated)
        {
            Outputs = outputs ?? [],
            NotAvailable = lacking is null ? null : $"not available: {Path.GetFileName(lacking)} is not there",
        };
    }

    /// <summary>The job of one attempt.</summary>
    public JobSpec Job(ResolvedCell resolved, string id, Attempt attempt, IReadOnlyList<int> cpus)
    {
        var experiment = resolved.Cell.Experiment;
        var environment = EnvironmentOf(resolved.Cell, attempt, resolved.Generated);
        var prepared = experiment.Prepare.Select((command, index) => Command(resolved, attempt, command, environment, $"prepare-{index + 1}"));
        return new JobSpec
        {
            Id = id,
            Prepare = [.. prepared],
            PrepareTimeoutSeconds = experiment.PrepareTimeout,
            Services = [.. surroundings.ServicesOf(experiment).Select(service => Service(resolved, attempt, service, environment))],
            Command = Command(resolved, attempt, experiment.Command, environment, null),
            WarmUps = experiment.WarmUps,
            TimeoutSeconds = resolved.Cell.Own.Timeout,
            Cpus = cpus,
            MemoryLimitBytes = experiment.MemoryLimit,
        };
    }

    /// <summary>The command that makes a cell's generated input, and the hash of what that command depends on.</summary>
    public (CommandSpec Command, string Key) Generator(Cell cell, Attempt attempt)
    {
        var environment = EnvironmentOf(cell, attempt, null);
        var parts = cell.Experiment.Generate.SelectMany(argument => Splat(argument, cell)).Select((argument, index) => new KeyPart($"argument {index}", ExpandForKey(argument, cell)))
            .Concat(BoundParts(cell, cell.Experiment.Generate))
            // A suite names its own scripts by their path.
            .Concat(cell.Experiment.Generate.Where(argument => Path.IsPathRooted(argument) && trace.Exists(argument) && File.Exists(argument)).Select(script => new KeyPart($"script {Path.GetFileName(script)}", hashes.OfFile(script))));
        return (Spec(cell, attempt, cell.Experiment.Generate, environment, null, "generated"), KeyPart.HashOf(parts));
    }

    /// <summary>Expands a text for an attempt.</summary>
    public string Expand(string text, Cell cell, Attempt attempt, string? generated) =>
        Placeholders.Expand(text, name => Meaning(name, cell, attempt, generated));

    private IEnumerable<KeyPart> KeyParts(Cell cell, string executorIdentity, string? generatedHash)
    {
        var experiment = cell.Experiment;
        foreach (var (argument, index) in experiment.Command.SelectMany(argument => Splat(argument, cell)).Select((a, i) => (a, i)))
            yield return new KeyPart($"argument {index}", ExpandForKey(argument, cell));
        foreach (var (command, index) in experiment.Prepare.Select((command, index) => (command, index)))
            yield return new KeyPart($"prepare {index + 1}", CommandLine.Join(command.SelectMany(argument => Splat(argument, cell)).Select(argument => ExpandForKey(argument, cell))));
        foreach (var service in surroundings.ServicesOf(experiment))
        {
            yield return new KeyPart($"service {service.Name}", CommandLine.Join(service.Command.SelectMany(argument => Splat(argument, cell)).Select(argument => ExpandForKey(argument, cell))
                .Concat(service.Environment.Select(pair => $"{pair.Key}={ExpandForKey(pair.Value, cell)}"))));
            // Whether it really was ready decides what the command met.
            if (service.ReadyText is { } text)
                yield return new KeyPart($"ready text of service {service.Name}", text);
            if (service.ReadyPort is { } port)
                yield return new KeyPart($"ready port of service {service.Name}", ExpandForKey(port, cell));
        }
        foreach (var (name, value) in experiment.Environment)
            yield return new KeyPart($"environment {name}", ExpandForKey(value, cell));
        foreach (var name in experiment.PassEnvironment)
            yield return new KeyPart($"environment {name}", trace.Variable(name) ?? "");
        yield return new KeyPart("working directory", ExpandForKey(experiment.WorkingDirectory, cell));
        foreach (var part in BoundParts(cell, AllTexts(experiment)))
            yield return part;
        if (generatedHash is not null)
            yield return new KeyPart($"generated {experiment.GenerateAs}", generatedHash);
        yield return new KeyPart("executor", executorIdentity);
        yield return new KeyPart("timeout", cell.Own.Timeout?.ToString(CultureInfo.InvariantCulture) ?? "none");
        yield return new KeyPart("warm-ups", experiment.WarmUps.ToString(CultureInfo.InvariantCulture));
        yield return new KeyPart("cpus", experiment.Cpus?.ToString(CultureInfo.InvariantCulture) ?? "all");
        yield return new KeyPart("memory limit", experiment.MemoryLimit?.ToString(CultureInfo.InvariantCulture) ?? "none");
    }

    // Tools, sources, files and inputs that texts refer to or that the experiment lists, each by its identity.
    private IEnumerable<KeyPart> BoundParts(Cell cell, IEnumerable<string> texts)
    {
        var experiment = cell.Experiment;
        var names = texts.SelectMany(Placeholders.Names).ToList();
        foreach (var tool in ReferencedTools(names, experiment.Tools))
            if (surroundings.Tools.TryGetValue(tool, out var resolved))
                yield return new KeyPart($"tool {tool}", $"{resolved.Version} {resolved.Identity}");
        foreach (var source in Referenced(names, "source", experiment.Sources).Concat(Referenced(names, "copy", [])).Distinct())
            if (surroundings.Sources.TryGetValue(source, out var binding))
                yield return new KeyPart($"source {source}", binding.Identity);
        foreach (var file in Referenced(names, "file", []))
            if (surroundings.Files.TryGetValue(file, out var binding))
                yield return new KeyPart($"file {file}", binding.Identity);
        foreach (var (name, path) in InputFiles(cell, texts))
            yield return new KeyPart($"input {name}", InputTree.HashOf(experiment, name, path, hashes));
    }

    /// <summary>The files whose content is part of a cell's key: declared inputs, and files of the project that its command names.</summary>
    public IReadOnlyList<(string Name, string Path)> InputFiles(Cell cell, IEnumerable<string> texts)
    {
        var experiment = cell.Experiment;
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var patterns = experiment.Inputs.Select(input =>
            surroundings.Layout.Resolve(Placeholders.Expand(input, name => Meaning(name, cell, null, null)))).ToList();
        foreach (var (input, pattern) in experiment.Inputs.Zip(patterns))
        {
            trace.Matches(pattern);
            foreach (var file in InputTree.Of(experiment, input, pattern, patterns))
                files[Path.GetRelativePath(surroundings.Layout.ProjectDirectory, file)] = file;
        }
        foreach (var (name, path) in OptionalFiles(cell).Where(file => trace.Exists(file.Path)))
            files[name] = path;
        foreach (var text in texts.Where(text => text.Contains("{project}", StringComparison.Ordinal)))
        {
            var path = Placeholders.Expand(text, name => name == "project" || cell.Values.ContainsKey(name) ? Meaning(name, cell, null, null) : "");
            if (trace.Exists(path))
                files[Path.GetRelativePath(surroundings.Layout.ProjectDirectory, path)] = path;
        }
        return [.. files.Select(file => (file.Key, file.Value))];
    }

    /// <summary>The optional inputs of a cell, as declared and where they are or would be; without those that a tool or source leads to which is not there yet.</summary>
    public IEnumerable<(string Name, string Path)> OptionalFiles(Cell cell) => cell.Experiment.OptionalInputs
        .Where(input => Placeholders.Names(input).All(name => name.Split(':', 2) switch
        {
            ["tool", var tool] => surroundings.Tools.ContainsKey(tool),
            ["source", var source] => surroundings.Sources.ContainsKey(source),
            ["file", var file] => surroundings.Files.ContainsKey(file),
            _ => true,
        }))
        .Select(input => (ExpandForKey(input, cell), surroundings.Layout.Resolve(Placeholders.Expand(input, name => Meaning(name, cell, null, null)))));

    /// <summary>Every text of an experiment that may hold placeholders.</summary>
    public IEnumerable<string> AllTexts(ExperimentDeclaration experiment) =>
    [
        .. experiment.Command, .. experiment.Prepare.SelectMany(command => command), .. experiment.Environment.Values,
        experiment.WorkingDirectory,
        .. surroundings.ServicesOf(experiment).SelectMany(service => service.Command.Concat(service.Environment.Values)),
    ];

    /// <summary>
    /// Absolute paths of what the job of a cell may read beside its attempt: the project, its sources, files and tools, and its generated
    /// input. An executor that does not see this machine's files brings them to the job, under the same paths.
    /// </summary>
    public IReadOnlyList<string> ReadPaths(ResolvedCell resolved)
    {
        var experiment = resolved.Cell.Experiment;
        var names = AllTexts(experiment).SelectMany(Placeholders.Names).ToList();
        return
        [
            .. new[] { surroundings.Layout.ProjectDirectory, resolved.Generated }
                .Concat(resolved.Outputs.Select(output => output.Folder))
                .Concat(Referenced(names, "source", experiment.Sources).Select(name => surroundings.Sources.GetValueOrDefault(name)?.Path))
                .Concat(Referenced(names, "file", []).Select(name => surroundings.Files.GetValueOrDefault(name)?.Path))
                .Concat(ToolsOf(experiment).SelectMany(tool => tool.PathEntries.Append(tool.Path)))
                .OfType<string>().Distinct(StringComparer.Ordinal),
        ];
    }

    private List<ResolvedTool> ToolsOf(ExperimentDeclaration experiment) =>
    [
        .. ReferencedTools([.. AllTexts(experiment).Concat(experiment.Generate).SelectMany(Placeholders.Names)], experiment.Tools)
            .Select(name => surroundings.Tools.GetValueOrDefault(name)).OfType<ResolvedTool>(),
    ];

    private static IEnumerable<string> Referenced(IEnumerable<string> placeholders, string kind, IEnumerable<string> listed) =>
        placeholders.Where(name => name.StartsWith(kind + ":", StringComparison.Ordinal)).Select(name => name[(kind.Length + 1)..].Split('/')[0])
            .Concat(listed).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<string> ReferencedTools(IReadOnlyList<string> placeholders, IEnumerable<string> listed) =>
        Referenced(placeholders, "tool", Referenced(placeholders, "folder", listed));

    private CommandSpec Command(ResolvedCell resolved, Attempt attempt, IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string> environment, string? log) =>
        Spec(resolved.Cell, attempt, command, environment, resolved.Generated, log);

    private CommandSpec Spec(Cell cell, Attempt attempt, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment,
        string? generated, string? log) => new()
    {
        Arguments = [.. command.SelectMany(argument => Splat(argument, cell)).Select(argument => Expand(argument, cell, attempt, generated))],
        WorkingDirectory = Expand(cell.Experiment.WorkingDirectory, cell, attempt, generated),
        Environment = environment,
        StandardOutput = Path.Combine(attempt.Output, log is null ? "stdout.txt" : $"{log}.stdout.txt"),
        StandardError = Path.Combine(attempt.Output, log is null ? "stderr.txt" : $"{log}.stderr.txt"),
    };

    private ServiceSpec Service(ResolvedCell resolved, Attempt attempt, ServiceDeclaration service, IReadOnlyDictionary<string, string> environment)
    {
        var own = service.Environment.ToDictionary(pair => pair.Key, pair => Expand(pair.Value, resolved.Cell, attempt, resolved.Generated));
        var port = service.ReadyPort is null ? null : Expand(service.ReadyPort, resolved.Cell, attempt, resolved.Generated);
        return new ServiceSpec
        {
            Name = service.Name,
            Command = Command(resolved, attempt, service.Command, Merge(environment, own), $"service-{service.Name}"),
            ReadyText = service.ReadyText,
            ReadyPort = port is null ? null : ServiceDeclaration.PortOf(port) ?? throw ExperimentRules.BadServicePort.Error(service.Item.Where, service.Name, port),
            ReadyTimeoutSeconds = service.ReadyTimeout,
        };
    }

    // Nothing of the caller's environment gets in unless it is named: a variable that changes results must be part of the key.
    private Dictionary<string, string> EnvironmentOf(Cell cell, Attempt attempt, string? generated)
    {
        var experiment = cell.Experiment;
        var tools = ToolsOf(experiment);
        Dictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            ["PATH"] = string.Join(':', tools.SelectMany(tool => tool.PathEntries).Distinct().Append(SearchPath.System)),
            ["HOME"] = attempt.Work,
            ["TMPDIR"] = attempt.Work,
            ["LANG"] = "C.UTF-8",
            ["TZ"] = "UTC",
        };
        foreach (var (name, value) in tools.SelectMany(tool => tool.Environment))
            environment[name] = value;
        foreach (var name in experiment.PassEnvironment)
            if (Environment.GetEnvironmentVariable(name) is { } value)
                environment[name] = value;
        foreach (var (name, value) in experiment.Environment)
            environment[name] = Expand(value, cell, attempt, generated);
        return environment;
    }

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> first, IReadOnlyDictionary<string, string> second)
    {
        var merged = new Dictionary<string, string>(first, StringComparer.Ordinal);
        foreach (var (name, value) in second)
            merged[name] = value;
        return merged;
    }

    /// <summary>Names of the sources of which each sample gets a copy of its own, since the command changes it.</summary>
    public IReadOnlyList<string> Copies(ExperimentDeclaration experiment) =>
        [.. Referenced(AllTexts(experiment).SelectMany(Placeholders.Names), "copy", [])];

    /// <summary>An argument that is just {args:axis} becomes as many arguments as the axis value has.</summary>
    internal static IEnumerable<string> Splat(string argument, Cell cell) =>
        argument.StartsWith("{args:", StringComparison.Ordinal) && argument.EndsWith('}') && cell.Values.TryGetValue(argument[6..^1], out var value)
            ? CommandLine.Split(value.Value) ?? [value.Value]
            : [argument];

    private static string ExpandForKey(string text, Cell cell) => Placeholders.Expand(text, name =>
        cell.Values.TryGetValue(name, out var value) ? value.Value : "{" + name + "}");

    private string Meaning(string name, Cell cell, Attempt? attempt, string? generated)
    {
        if (cell.Values.TryGetValue(name, out var value))
            return value.Value;
        var (kind, rest) = CellPlaceholders.Parse(name) ?? ("", "");
        return (kind switch
        {
            "project" => surroundings.Layout.ProjectDirectory,
            "tool" => surroundings.Tools.GetValueOrDefault(rest)?.Path,
            "folder" => Path.GetDirectoryName(surroundings.Tools.GetValueOrDefault(rest)?.Path),
            "source" => surroundings.Sources.GetValueOrDefault(rest)?.Path,
            "file" => surroundings.Files.GetValueOrDefault(rest)?.Path,
            "copy" => attempt is null ? null : Path.Combine(attempt.Work, "copy", rest),
            "work" => attempt?.Work,
            "output" or "outputs" when rest.Length > 0 => attempt?.Outputs.FirstOrDefault(output => output.Use.Placeholder == name)?.Folder,
            "output" => attempt?.Output,
            "port" => attempt?.Port(rest).ToString(CultureInfo.InvariantCulture),
            "generated" => generated,
            "sample" => attempt?.Sample.ToString(CultureInfo.InvariantCulture),
            "processors" => Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
            _ => null,
        }) ?? throw DeclarationRules.UnknownPlaceholder.Error(cell.Experiment.Item.Where, "Experiment", cell.Experiment.Name, name,
            CellPlaceholders.Hint(name, cell.Values.Keys));
    }
}
