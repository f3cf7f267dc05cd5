using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Readers;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>What can be known of an experiment and its services before anything runs.</summary>
internal static class ExperimentChecks
{
    private static readonly string[] OfInputs = ["project", "processors", "tool", "folder", "source", "file"];
    private static readonly string[] Interpreters = ["sh", "bash", "dash", "python3", "python", "perl", "node", "ruby"];

    /// <summary>Reports placeholders that mean nothing where they stand, metrics that come from two places, and programs of the project that are not there.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="services">Its services.</param>
    /// <param name="layout">Where the project is; null: not known, and no file is looked for.</param>
    /// <param name="found">What is wrong.</param>
    public static void Check(ExperimentDeclaration experiment, IEnumerable<ServiceDeclaration> services, EvaluationLayout? layout, ICollection<Diagnostic> found)
    {
        var axes = experiment.Matrix.Select(axis => axis.Name).ToList();
        string[] hasNoFile = experiment.Generate.Count == 0 ? ["generated"] : [];
        Commands(experiment, "Command", experiment.Command, hasNoFile);
        foreach (var command in experiment.Prepare)
            Commands(experiment, "Prepare", command, hasNoFile);
        // The environment and the folder are those of the generator, too, which has made no file yet.
        Commands(experiment, "Generate", experiment.Generate, ["generated", "sample"]);
        Texts(experiment, "Environment", experiment.Environment.Values, ["generated"]);
        Texts(experiment, "WorkingDirectory", [experiment.WorkingDirectory], ["generated"]);
        Texts(experiment, "Collect", experiment.Collect, ["generated"]);
        var notOfInputs = CellPlaceholders.Bare.Concat(CellPlaceholders.WithName).Except(OfInputs).ToArray();
        Texts(experiment, "Inputs", experiment.Inputs, notOfInputs);
        Texts(experiment, "OptionalInputs", experiment.OptionalInputs, notOfInputs);
        foreach (var service in services)
        {
            Commands(service, "Command", service.Command, hasNoFile);
            Texts(service, "Environment", service.Environment.Values, hasNoFile);
            Texts(service, "ReadyPort", service.ReadyPort is { } port ? [port] : [], hasNoFile);
        }
        CheckMetrics(experiment, found);
        if (layout is not null)
            CheckPrograms(experiment, layout, found);

        void Commands(IDeclaration owner, string metadatum, IReadOnlyList<string> arguments, string[] without) => Texts(owner, metadatum,
            arguments.Where(argument => !(argument.StartsWith("{args:", StringComparison.Ordinal) && argument.EndsWith('}') && axes.Contains(argument[6..^1]))), without);

        void Texts(IDeclaration owner, string metadatum, IEnumerable<string> texts, string[] without)
        {
            foreach (var text in texts)
            {
                if (Placeholders.IsOpen(text))
                    found.Add(ExperimentRules.OpenBrace.At(owner.Item.Where, owner.Item.Type, owner.Name, metadatum, text));
                foreach (var name in Placeholders.Names(text).Distinct().Where(name => !axes.Contains(name)))
                    if (CellPlaceholders.Parse(name) is not { } known || (OutputUse.Parse(name) is null ? without.Contains(known.Kind) : !IsAfterOthers(owner, metadatum)))
                        found.Add(DeclarationRules.UnknownPlaceholder.At(owner.Item.Where, owner.Item.Type, owner.Name, name, Hint(name, metadatum, axes)));
            }
        }
    }

    // What others left is there for the command and what runs around it.
    private static bool IsAfterOthers(IDeclaration owner, string metadatum) => metadatum is "Command" or "Prepare" || (owner is ServiceDeclaration && metadatum == "Environment");

    private static string Hint(string name, string metadatum, IEnumerable<string> axes) => CellPlaceholders.Parse(name) is not { } known
        ? name.StartsWith("args:", StringComparison.Ordinal) ? " {args:AXIS} is an argument of its own in a command, with the name of an axis." : CellPlaceholders.Hint(name, axes)
        : known.Kind == "generated" && metadatum is "Command" or "Prepare" ? " The experiment has no Generate." : $" It is not known in {metadatum}.";

    private static void CheckMetrics(ExperimentDeclaration experiment, ICollection<Diagnostic> found)
    {
        var outline = experiment.Reader?.Outline;
        foreach (var metric in experiment.MetricPatterns.Keys)
        {
            if (outline is not null && outline.Metrics.ContainsKey(metric))
                found.Add(ExperimentRules.MetricTwice.At(experiment.Item.Where, experiment.Name, metric, $"the reader '{experiment.Reader}'"));
            if (RunnerMetrics.Units.ContainsKey(metric))
                found.Add(ExperimentRules.MetricTwice.At(experiment.Item.Where, experiment.Name, metric, "the runner"));
        }
    }

    // What a preparation or a generator makes is not there yet.
    private static void CheckPrograms(ExperimentDeclaration experiment, EvaluationLayout layout, ICollection<Diagnostic> found)
    {
        if (experiment.Generate.Count > 0)
            Look("Generate", experiment.Generate);
        if (experiment.Prepare.Count == 0)
            Look("Command", experiment.Command);

        void Look(string metadatum, IReadOnlyList<string> command)
        {
            var program = command.Count > 1 && Interpreters.Contains(command[0]) ? command[1] : command.Count > 0 ? command[0] : "";
            if (!program.StartsWith("{project}/", StringComparison.Ordinal))
                return;
            var axes = Placeholders.Names(program).Where(name => name != "project").Distinct().ToList();
            if (axes.Exists(name => experiment.Matrix.All(axis => axis.Name != name)))
                return;
            // Values that Except never takes together need no file.
            var cells = axes.Count == 0 ? [new Dictionary<string, AxisValue>()] : Cell.Of(experiment).Take(1000).Select(cell => cell.Values);
            var missing = cells.Select(values => Placeholders.Expand(program, name => name == "project" ? layout.ProjectDirectory : values[name].Value))
                .Distinct().FirstOrDefault(path => !File.Exists(path));
            if (missing is not null)
                found.Add(ExperimentRules.MissingProgram.At(experiment.Item.Where, experiment.Name, metadatum, missing));
        }
    }
}
