using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Containers;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Figures;
using Verus.Artifact.Places;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation;

/// <summary>Checks that every name that a declaration refers to is declared.</summary>
internal static class References
{
    public static void Check(EvaluationModel model, EvaluationLayout? layout, IReadOnlySet<DeclarationItem> broken,
        ICollection<Diagnostic> found)
    {
        var tools = Names(model.Tools);
        var repos = Names(model.Pins.Repos);
        var files = Names(model.Pins.Files);
        var datasets = Names(model.Datasets).Concat(Names(model.Recorded)).Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();
        var sampled = Names(model.Experiments).Concat(model.Experiments.Select(experiment => experiment.Suite))
            .Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        foreach (var experiment in model.Experiments)
        {
            Need(experiment, "Tool", Tools(model, experiment), tools);
            Need(experiment, "ExternalRepo", Sources(model, experiment), repos);
            Need(experiment, "ExternalFile", Placeholder(model, experiment, "file"), files);
            Need(experiment, "Experiment",
                Placeholder(model, experiment, "output").Concat(Placeholder(model, experiment, "outputs")),
                Names(model.Experiments));
            foreach (var (type, name) in IPlacementReferences.Of(experiment))
                Need(experiment, type, [name], Names(model.Places.Where(place => place.Item.Type == type)));
        }
        if (layout is not null)
        {
            foreach (var tool in model.Tools)
                foreach (var path in (tool.Build?.Inputs.Values
                    ?? []).Where(path => !File.Exists(layout.Resolve(path))))
                    found.Add(DeclarationRules.BadMetadata.At(tool.Item.Where, "Tool", tool.Name, "BuildInputs", path,
                        "files that are there"));
        }
        foreach (var tool in model.Tools.Where(tool => tool.Archive is not null))
            Need(tool, "ExternalFile", [tool.Archive!.Value.File], files);
        foreach (var tool in model.Tools.Where(tool => tool.Image is not null))
        {
            Need(tool, "ContainerImage", [tool.Image!], Names(model.Pins.Images));
            foreach (var other in tool.Needs.Concat(tool.Build?.Needs ?? [])
                .Select(name => model.Tools.FirstOrDefault(other =>
                    string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase))).OfType<ToolDeclaration>()
                .Where(other => !string.Equals(other.Image, tool.Image, StringComparison.OrdinalIgnoreCase)))
                found.Add(ToolRules.OtherImage.At(tool.Item.Where, tool.Name, tool.Image, other.Name));
        }
        ImageChecks.Check(model.Pins.Images, layout, found);
        foreach (var machine in model.Machines)
        {
            Need(machine, "ExternalFile", machine.Files, files);
            Need(machine, "ExternalRepo", machine.Sources, repos);
        }
        foreach (var service in model.Services)
            Need(service, "Experiment", service.Experiments, Names(model.Experiments));
        foreach (var dataset in model.Datasets)
        {
            Need(dataset, "Experiment", dataset.Experiments, sampled);
            Need(dataset, "Dataset", dataset.From is { } from ? [from] : [], datasets);
        }
        foreach (var recorded in model.Recorded)
        {
            Need(recorded, "ExternalRepo", NamedFiles.PinsIn(recorded.File, "source"), repos);
            Need(recorded, "ExternalFile", NamedFiles.PinsIn(recorded.File, "file"), files);
            Need(recorded, "Tool", BoundReader.Names(recorded.Reader, "tool", "folder"), tools);
            Need(recorded, "ExternalRepo", BoundReader.Names(recorded.Reader, "source"), repos);
            Need(recorded, "ExternalFile", BoundReader.Names(recorded.Reader, "file"), files);
        }
        foreach (var figure in model.Figures)
        {
            Need(figure, "Dataset", figure.Datasets, datasets);
            if (figure.Kind is not CommandFigure command)
                continue;
            Need(figure, "Tool", command.Tools, tools);
            Need(figure, "ExternalRepo", command.Names("source"), repos);
            Need(figure, "ExternalFile", command.Names("file"), files);
            Need(figure, "Figure", command.StandIn is { } other ? [other] : [], Names(model.Figures));
            if (model.Figures.FirstOrDefault(one =>
                one.Name.Equals(command.StandIn, StringComparison.OrdinalIgnoreCase)) is { } stand
                && (stand.Kind.GivesPictures
                    || stand.Datasets.Except(figure.Datasets, StringComparer.OrdinalIgnoreCase).Any()))
                found.Add(DeclarationRules.BadMetadata.At(figure.Item.Where, "Figure", figure.Name, "StandIn",
                    stand.Name, "a figure that the SDK draws, from Datasets of this figure"));
            foreach (var (name, expected) in Unfit(model, command))
                found.Add(DeclarationRules.BadMetadata.At(figure.Item.Where, "Figure", figure.Name, "Command", name,
                    expected));
        }
        foreach (var claim in model.Claims)
            Need(claim, "Figure", claim.Figures, Names(model.Figures));
        foreach (var predicate in model.Predicates)
        {
            Need(predicate, "Claim", [predicate.Claim], Names(model.Claims));
            Need(predicate, "Dataset", predicate.Datasets, datasets);
        }

        ClaimChecks.Check(model.Claims, model.Predicates, found);
        foreach (var experiment in model.Experiments.Where(experiment => !broken.Contains(experiment.Item)))
            ExperimentChecks.Check(experiment, model.Services.Where(service => service.IsOf(experiment)), layout,
                found);

        StepChecks.Check([.. model.Experiments.Where(experiment => !broken.Contains(experiment.Item))], model.Services,
            found);

        void Need(IDeclaration from, string type, IEnumerable<string> names, IReadOnlyCollection<string> known)
        {
            foreach (var name in names.Where(name =>
                name.Length > 0 && !known.Contains(name, StringComparer.OrdinalIgnoreCase)).Distinct())
                found.Add(DeclarationRules.UnknownReference.At(from.Item.Where, from.Item.Type, from.Name, type, name,
                    Suggestion.For(name, known)));
        }
    }

    // The declarations that a figure's command names although it cannot use them.
    private static IEnumerable<(string Name, string Expected)> Unfit(EvaluationModel model, CommandFigure command)
    {
        foreach (var tool in model.Tools.Where(tool => tool.Image is not null
            && command.Tools.Contains(tool.Name, StringComparer.OrdinalIgnoreCase)))
            yield return (tool.Name,
                $"a tool of this machine, where figures are drawn, and not of the image '{tool.Image}'");
        foreach (var dataset in model.Datasets.Where(dataset => dataset.Formats.Count == 0
            && command.Names("formats").Contains(dataset.Name, StringComparer.OrdinalIgnoreCase)))
            yield return ("{formats:" + dataset.Name + "}", "a dataset with Formats");
    }

    /// <summary>Names of the tools that an experiment lists or refers to.</summary>
    public static IEnumerable<string> Tools(EvaluationModel model, ExperimentDeclaration experiment) =>
        experiment.Tools.Concat(Placeholder(model, experiment, "tool"))
            .Concat(Placeholder(model, experiment, "folder"));

    /// <summary>
    /// Names of the tools that every cell of an experiment needs. Values of an axis that become arguments may name
    /// further tools, which only the cells with these values need.
    /// </summary>
    public static IEnumerable<string> ToolsOfEveryCell(EvaluationModel model, ExperimentDeclaration experiment)
    {
        var texts = Texts(model, experiment).ToList();
        var ofValues = texts.Select(CellPlaceholders.AxisOfArguments).OfType<string>()
            .SelectMany(name => experiment.Matrix.Where(axis => axis.Name == name))
            .SelectMany(axis => axis.Values.Select(value => ToolsIn(value.Arguments()))
                .Aggregate((one, other) => one.Intersect(other, StringComparer.OrdinalIgnoreCase)));
        return experiment.Tools.Concat(ToolsIn(texts)).Concat(ofValues).Distinct(StringComparer.OrdinalIgnoreCase);
    }

    private static IEnumerable<string> ToolsIn(IEnumerable<Template> texts) => texts.SelectMany(text =>
        text.Placeholders).Where(placeholder => placeholder is { Kind: "tool" or "folder", Name.Length: > 0 })
        .Select(placeholder => placeholder.Name);

    /// <summary>Names of the repositories that an experiment lists or refers to.</summary>
    public static IEnumerable<string> Sources(EvaluationModel model, ExperimentDeclaration experiment) =>
        experiment.Sources.Concat(Placeholder(model, experiment, "source"))
            .Concat(Placeholder(model, experiment, "copy"));

    /// <summary>
    /// The names that the texts of an experiment and its services refer to by placeholders of one kind.
    /// </summary>
    public static IEnumerable<string> Placeholder(EvaluationModel model, ExperimentDeclaration experiment,
        string kind) =>
        Texts(model, experiment).SelectMany(text => ArgumentsOf(text, experiment))
            .SelectMany(text => text.Placeholders)
            .Where(placeholder => placeholder.Kind == kind && placeholder.Name.Length > 0)
            .Select(placeholder => placeholder.Name).Distinct(StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<Template> Texts(EvaluationModel model, ExperimentDeclaration experiment) =>
        experiment.Command.Concat(experiment.Generate).Concat(experiment.Prepare.SelectMany(command => command))
            .Concat(experiment.Reader is CommandReader reader ? reader.Declared : [])
            .Concat(experiment.Environment.Values).Concat(experiment.Inputs).Concat(experiment.OptionalInputs)
            .Append(experiment.WorkingDirectory)
            .Concat(model.Services.Where(service => service.IsOf(experiment))
                .SelectMany(service => service.Command.Concat(service.Environment.Values)))
            .Concat(experiment.Matrix.SelectMany(axis => axis.Files).Select(Template.Parse));

    // Values of an axis that become arguments may themselves contain placeholders, which are checked as well.
    private static IEnumerable<Template> ArgumentsOf(Template text, ExperimentDeclaration experiment) =>
        CellPlaceholders.AxisOfArguments(text) is { } name
            && experiment.Matrix.FirstOrDefault(axis => axis.Name == name) is { } axis
            ? axis.Values.SelectMany(value => value.Arguments()) : [text];

    private static List<string> Names(IEnumerable<IDeclaration> declarations) =>
        [.. declarations.Select(declaration => declaration.Name)];
}
