using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Readers;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>Checks of an experiment and its services that are possible before anything runs.</summary>
internal static class ExperimentChecks
{
    private static readonly string[] Interpreters = ["sh", "bash", "dash", "python3", "python", "perl", "node", "ruby"];

    /// <summary>
    /// Reports placeholders that have no meaning where they occur, metrics that come from two sources, and programs of
    /// the project that do not exist.
    /// </summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="services">The services of the experiment.</param>
    /// <param name="layout">The location of the project; null when it is not known, and then no file is looked
    /// for.</param>
    /// <param name="found">List to which the problems that were found are added.</param>
    public static void Check(ExperimentDeclaration experiment, IEnumerable<ServiceDeclaration> services,
        EvaluationLayout? layout, ICollection<Diagnostic> found)
    {
        var commands = experiment.Generate.Count > 0
            ? CellPlaceholders.OfCommands : CellPlaceholders.WithoutGenerated(CellPlaceholders.OfCommands);
        if (experiment.PreparePer is null)
            commands = CellPlaceholders.WithoutGroup(commands);
        Texts(experiment, "Command", experiment.Command, commands);
        foreach (var command in experiment.Prepare)
            Texts(experiment, "Prepare", command, experiment.PreparePer is null ? commands : CellPlaceholders.OfGroups);
        Texts(experiment, "Generate", experiment.Generate, CellPlaceholders.OfGenerate);
        var around = CellPlaceholders.WithoutGroup(CellPlaceholders.OfEnvironment);
        Texts(experiment, "Environment", experiment.Environment.Values, around);
        Texts(experiment, "WorkingDirectory", [experiment.WorkingDirectory], around);
        Texts(experiment, "Collect", experiment.Collect, around);
        foreach (var (name, inputs) in new[] { ("Inputs", experiment.Inputs),
            ("OptionalInputs", experiment.OptionalInputs) })
            Texts(experiment, name, inputs, CellPlaceholders.OfInputs);
        foreach (var service in services)
            foreach (var (name, texts) in service.TextsByName)
                Texts(service, name, texts, service.IsShared ? CellPlaceholders.OfSharedServices : commands);
        CheckGroups(experiment, [.. services.Where(service => service.IsShared)], found);
        CheckMetrics(experiment, found);
        if (layout is not null)
            CheckPrograms(experiment, layout, found);

        void Texts(IDeclaration owner, string metadataName, IEnumerable<Template> texts, PlaceholderSet ofTexts)
        {
            var ofAll = ofTexts.With(experiment.Matrix.Select(axis => axis.Name));
            var ofArguments = metadataName is "Command" or "Prepare" or "Generate" ? ofAll.With("args:AXIS") : ofAll;
            foreach (var text in texts)
            {
                if (metadataName is "Command" or "Prepare" or "Generate"
                    && CellPlaceholders.AxisOfArguments(text) is { } name
                    && experiment.Matrix.FirstOrDefault(axis => axis.Name == name) is { } axis)
                    foreach (var part in axis.Values.SelectMany(value => value.Arguments())
                        .DistinctBy(part => part.Text))
                        ofTexts.Check(owner.Item, $"{metadataName} by {{args:{name}}}", part, found);
                else
                    ofArguments.Check(owner.Item, metadataName, text, found);
            }
        }
    }

    private static void CheckGroups(ExperimentDeclaration experiment, IReadOnlyList<ServiceDeclaration> shared,
        ICollection<Diagnostic> found)
    {
        if (experiment.PreparePer is not { } per)
        {
            foreach (var service in shared)
                found.Add(DeclarationRules.BadMetadata.At(service.Item.Where, "Service", service.Name, "Shared", "true",
                    $"true only where the experiment has groups of cells, and '{experiment.Name}' has no PreparePer"));
            return;
        }
        if (experiment.Prepare.Count == 0 && shared.Count == 0)
            found.Add(DeclarationRules.BadMetadata.At(experiment.Item.Where, "Experiment", experiment.Name,
                "PreparePer", experiment.PreparePerText,
                "nothing where there is neither a Prepare nor a shared Service"));
        foreach (var service in shared)
        {
            foreach (var axis in service.TextsByName.SelectMany(pair => pair.Texts)
                .SelectMany(text => text.Placeholders)
                .Select(one => one.Kind == "args" ? one.Whole! : one.Text).Distinct()
                .Where(name => experiment.Matrix.Any(axis => axis.Name == name) && !per.Contains(name)))
                found.Add(StepRules.SharedDiffers.At(service.Item.Where, service.Name, axis, experiment.Name));
        }
    }

    private static void CheckMetrics(ExperimentDeclaration experiment, ICollection<Diagnostic> found)
    {
        var outline = experiment.Reader?.Outline;
        foreach (var metric in experiment.MetricPatterns.Keys)
        {
            if (outline is not null && outline.Metrics.ContainsKey(metric))
                found.Add(ExperimentRules.MetricTwice.At(experiment.Item.Where, experiment.Name, metric,
                    $"the reader '{experiment.Reader}'"));
            if (RunnerMetrics.Units.ContainsKey(metric))
                found.Add(ExperimentRules.MetricTwice.At(experiment.Item.Where, experiment.Name, metric, "the runner"));
        }
    }

    // A file that a preparation or a generator makes does not exist yet when the declarations are checked.
    private static void CheckPrograms(ExperimentDeclaration experiment, EvaluationLayout layout,
        ICollection<Diagnostic> found)
    {
        if (experiment.Generate.Count > 0)
            CheckProgram("Generate", experiment.Generate);
        if (experiment.Prepare.Count == 0)
            CheckProgram("Command", experiment.Command);

        void CheckProgram(string metadataName, IReadOnlyList<Template> command)
        {
            var program = command.Count > 1 && Interpreters.Contains(command[0].Text)
                ? command[1] : command.Count > 0 ? command[0] : null;
            if (program?.First is not { Text: "project" })
                return;
            var axes = program.Placeholders.Where(placeholder => placeholder.Text != "project")
                .Select(placeholder => placeholder.Text).Distinct().ToList();
            if (axes.Exists(name => experiment.Matrix.All(axis => axis.Name != name || axis.IsOpen || axis.HasFiles)))
                return;
            // Axis values that occur only in combinations excluded by Except need no file.
            var cells = axes.Count == 0
                ? [new Dictionary<string, AxisValue>()] : Cell.Of(experiment).Take(1000).Select(cell => cell.Values);
            var missing = cells.Select(values =>
                program.Fill(placeholder =>
                    placeholder.Text == "project" ? layout.ProjectDirectory : values[placeholder.Text].Value))
                .Distinct().FirstOrDefault(path => !File.Exists(path));
            if (missing is not null)
                found.Add(ExperimentRules.MissingProgram.At(experiment.Item.Where, experiment.Name, metadataName,
                    missing));
        }
    }
}
