using System.Globalization;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Cells;

public sealed partial class CellResolver
{
    private static readonly Dictionary<string, AxisValue> NoValues = [];

    /// <summary>The parts of the keys of an experiment's cells that precede the files.</summary>
    internal IEnumerable<TextPart> TextsOfKey(ExperimentDeclaration experiment)
    {
        // The number of arguments depends on the cell if the value of an axis is a list of arguments.
        if (experiment.Command.Any(argument => CellPlaceholders.AxisOfArguments(argument) is not null))
            yield return new TextPart([], cell => experiment.Command.SelectMany(argument => Splat(argument, cell))
                .Select((argument, index) => new KeyPart($"argument {index}", ExpandForKey(argument, cell))));
        else
            foreach (var (argument, index) in experiment.Command.Select((argument, index) => (argument, index)))
                yield return Part(experiment, $"argument {index}", argument);
        foreach (var (command, index) in experiment.Prepare.Select((command, index) => (command, index)))
            yield return Part(experiment, $"prepare {index + 1}", command, cell => Line(command, cell));
        if (experiment.PreparePer is { } per)
            yield return Part("prepared per", string.Join(';', per));
        foreach (var service in cellContext.ServicesOf(experiment))
        {
            yield return Part(experiment, $"service {service.Name}",
                [.. service.Command, .. service.Environment.Values], cell => Line(service.Command, cell,
                    service.Environment.Select(pair => $"{pair.Key}={ExpandForKey(pair.Value, cell)}")));
            // The conditions for a service's readiness are part of the key, because they decide what state of the
            // service the measured command encounters.
            if (service.IsShared)
                yield return Part($"service {service.Name} is shared", "true");
            if (service.ReadyText is { } text)
                yield return Part($"ready text of service {service.Name}", text);
            if (service.ReadyPort is { } port)
                yield return Part(experiment, $"ready port of service {service.Name}", port);
        }
        foreach (var (name, value) in experiment.Environment)
            yield return Part(experiment, $"environment {name}", value);
        foreach (var name in experiment.PassEnvironment)
            yield return Part($"environment {name}", trace.Variable(name) ?? "");
        if (experiment.ExactEnvironment)
            yield return Part("environment", "exact");
        yield return Part(experiment, "working directory", experiment.WorkingDirectory);

        static string Line(IReadOnlyList<Template> command, Cell cell, IEnumerable<string>? more = null) =>
            CommandLine.Join(command.SelectMany(argument => Splat(argument, cell))
                .Select(argument => ExpandForKey(argument, cell)).Concat(more ?? []));
    }

    /// <summary>The parts of the keys of an experiment's cells that follow the files.</summary>
    internal static IEnumerable<TextPart> LimitsOfKey(ExperimentDeclaration experiment, string executorIdentity)
    {
        yield return Part("executor", executorIdentity);
        yield return experiment.TimeoutOf is null ? new TextPart([Limit("timeout", experiment.Timeout)], null)
            : new TextPart([], cell => [Limit("timeout", cell.Own.Timeout)]);
        yield return Part("warm-ups", experiment.WarmUps.ToString(CultureInfo.InvariantCulture));
        yield return Part("cpus", experiment.Cpus?.ToString(CultureInfo.InvariantCulture) ?? "all");
        yield return new TextPart([Limit("memory limit", experiment.MemoryLimit)], null);

        static KeyPart Limit(string name, IFormattable? limit) =>
            new(name, limit?.ToString(null, CultureInfo.InvariantCulture) ?? "none");
    }

    /// <summary>The part of a key that stands for a generated input.</summary>
    internal static KeyPart PartOfGenerated(ExperimentDeclaration experiment, string hash) =>
        new($"generated {experiment.GenerateAs}", hash);

    /// <summary>The part of a key that stands for the output of another experiment.</summary>
    internal static KeyPart PartOf(UsedOutput output) => new(output.Use.Placeholder, output.Hash);

    /// <summary>The tools, sources and files that a cell refers to.</summary>
    internal BoundParts BoundPartsOf(Cell cell)
    {
        var parts = PartsOfFiles(cell, AllTexts(cell.Experiment)).ToList();
        var lacking = OptionalFiles(cell).Select(file => file.Path).FirstOrDefault(path => !trace.Exists(path));
        return new BoundParts(parts,
            lacking is null ? null : $"not available: {Path.GetFileName(lacking)} is not there");
    }

    /// <summary>
    /// The names of the axes on whose values <see cref="BoundPartsOf"/> depends, unless a value itself names an axis.
    /// </summary>
    internal IReadOnlyCollection<string> AxesOfBoundParts(ExperimentDeclaration experiment)
    {
        var texts = AllTexts(experiment).ToList();
        return texts.Select(CellPlaceholders.AxisOfArguments).OfType<string>()
            .Concat(texts.Where(text => text.Placeholders.Any(placeholder => placeholder.Text == "project"))
                .Concat(experiment.Inputs).Concat(experiment.OptionalInputs)
                .SelectMany(text => text.Placeholders).Select(placeholder => placeholder.Text))
            .Concat(experiment.Matrix.Concat(experiment.Smoke).Where(axis => axis.HasFiles
                || axis.Group?.Rows.Any(row => row.Any(value => value.IsFile)) == true).Select(axis => axis.Name))
            .ToHashSet(StringComparer.Ordinal);
    }

    private static TextPart Part(string name, string value) => new([new KeyPart(name, value)], null);

    private static TextPart Part(ExperimentDeclaration experiment, string name, Template text) =>
        Part(experiment, name, [text], cell => ExpandForKey(text, cell));

    // A text without the name of an axis is the same for all cells.
    private static TextPart Part(ExperimentDeclaration experiment, string name, IReadOnlyList<Template> texts,
        Func<Cell, string> valueOf) =>
        texts.SelectMany(text => text.Placeholders).Any(placeholder => placeholder.Kind == "args"
            || experiment.Matrix.Any(axis => axis.Name == placeholder.Text))
            ? new TextPart([], cell => [new KeyPart(name, valueOf(cell))])
            : Part(name, valueOf(new Cell { Experiment = experiment, Values = NoValues }));

    // The tools, sources, files and inputs that texts refer to or that the experiment lists, each with the identity of
    // its content.
    private IEnumerable<KeyPart> PartsOfFiles(Cell cell, IEnumerable<Template> declared)
    {
        var experiment = cell.Experiment;
        var texts = declared.SelectMany(text => Splat(text, cell)).ToList();
        var names = texts.SelectMany(text => text.Placeholders).ToList();
        foreach (var tool in ReferencedTools(names, experiment.Tools))
            if (cellContext.Tools.TryGetValue(tool, out var resolved))
                yield return new KeyPart($"tool {tool}", $"{resolved.Version} {resolved.Identity}");
        foreach (var source in Referenced(names, "source", experiment.Sources).Concat(Referenced(names, "copy", []))
            .Distinct())
            if (cellContext.Sources.TryGetValue(source, out var binding))
                yield return new KeyPart($"source {source}", binding.Identity);
        foreach (var file in Referenced(names, "file", []))
            if (cellContext.Files.TryGetValue(file, out var binding))
                yield return new KeyPart($"file {file}", binding.Identity);
        foreach (var (name, path) in InputFiles(cell, texts))
            yield return new KeyPart($"input {name}", InputTree.HashOf(experiment, name, path, hashes));
    }

    /// <summary>
    /// The files whose content is part of a cell's key: declared inputs, and files of the project that the cell's
    /// command names.
    /// </summary>
    public IReadOnlyList<(string Name, string Path)> InputFiles(Cell cell, IEnumerable<Template> texts)
    {
        var experiment = cell.Experiment;
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var values = ValuesOf(cell);
        var patterns = experiment.Inputs.Select(input => cellContext.Layout.Resolve(input.Fill(values))).ToList();
        foreach (var (input, pattern) in experiment.Inputs.Zip(patterns))
        {
            trace.Matches(pattern);
            foreach (var file in InputTree.Of(experiment, input.Text, pattern, patterns))
                files[Path.GetRelativePath(cellContext.Layout.ProjectDirectory, file)] = file;
        }
        // Only the hash of the file enters the key, so that a changed pin affects only the cells whose file has
        // changed.
        foreach (var value in cell.Values.Values.Where(value => value.IsFile))
            files[value.Value] = values.PathOf(value);
        foreach (var (name, path) in OptionalFiles(cell).Where(file => trace.Exists(file.Path)))
            files[name] = path;
        foreach (var text in texts.Where(text => text.Placeholders.Any(placeholder => placeholder.Text == "project")))
        {
            var path = text.Fill(placeholder =>
                placeholder.Text == "project" || cell.Values.ContainsKey(placeholder.Text)
                    ? values.ValueOf(placeholder) : "");
            if (trace.Exists(path))
                files[Path.GetRelativePath(cellContext.Layout.ProjectDirectory, path)] = path;
        }
        return [.. files.Select(file => (file.Key, file.Value))];
    }

    /// <summary>
    /// The optional inputs of a cell as declared, and the paths at which these inputs are or would be. Inputs below a
    /// tool or source that does not exist yet are left out.
    /// </summary>
    public IEnumerable<(string Name, string Path)> OptionalFiles(Cell cell) => cell.Experiment.OptionalInputs
        .Where(input => input.Placeholders.All(placeholder => placeholder switch
        {
            // A placeholder without a colon names an axis, and an axis may be called tool, folder, source or file.
            { Whole: null } => true,
            { Kind: "tool" or "folder" } => cellContext.Tools.ContainsKey(placeholder.Name),
            { Kind: "source" } => cellContext.Sources.ContainsKey(placeholder.Name),
            { Kind: "file" } => cellContext.Files.ContainsKey(placeholder.Name),
            _ => true,
        }))
        .Select(input => (ExpandForKey(input, cell),
            cellContext.Layout.Resolve(input.Fill(ValuesOf(cell)))));
}
