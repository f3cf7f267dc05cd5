using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Figures;
using Verus.Artifact.Pins;
using Verus.Artifact.Places;
using Verus.Artifact.Places.Vm;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// What the parts of an evaluation need from each other according to the declarations. The needs follow from
/// declarations only; the machine is not examined.
/// </summary>
/// <param name="model">The declarations of the project.</param>
public sealed class EvaluationNeeds(EvaluationModel model)
{
    /// <summary>
    /// The tools that experiments name or refer to, and the tools that these tools need to run or, optionally, to be
    /// built.
    /// </summary>
    /// <exception cref="DiagnosticException">The tools depend on each other in a cycle.</exception>
    public IReadOnlyList<ToolDeclaration> Tools(IReadOnlyList<ExperimentDeclaration> experiments,
        IReadOnlyList<string> asked, bool build = false) =>
        InOrder(experiments.SelectMany(experiment => References.Tools(model, experiment)).Concat(asked), build);

    /// <summary>Whether every cell of an experiment needs one of the tools, or only cells with certain values
    /// do.</summary>
    /// <exception cref="DiagnosticException">The tools depend on each other in a cycle.</exception>
    public bool IsOfEveryCell(IReadOnlyCollection<string> tools, ExperimentDeclaration experiment) =>
        InOrder(References.ToolsOfEveryCell(model, experiment), build: false)
            .Any(tool => tools.Contains(tool.Name, StringComparer.OrdinalIgnoreCase));

    private IReadOnlyList<ToolDeclaration> InOrder(IEnumerable<string> wanted, bool build)
    {
        var problems = new List<Diagnostic>();
        var needed = ToolGraph.InOrder(model.Tools, wanted, problems, build);
        return problems.Count == 0 ? needed : throw new DiagnosticException(problems);
    }

    /// <summary>The repositories that experiments use directly, and the repositories from which their tools are
    /// built.</summary>
    public IReadOnlyList<ExternalRepo> Repos(IReadOnlyList<ExperimentDeclaration> experiments,
        IEnumerable<ToolDeclaration> built)
    {
        var names = experiments.SelectMany(experiment => References.Sources(model, experiment))
            .Concat(Machines(experiments).SelectMany(machine => machine.Sources))
            .Concat(built.SelectMany(tool => tool.Build?.Sources ?? [])).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. model.Pins.Repos.Where(repo => names.Contains(repo.Name))];
    }

    /// <summary>The downloads that experiments use, and the downloads from which their tools are unpacked.</summary>
    public IReadOnlyList<ExternalFile> Files(IReadOnlyList<ExperimentDeclaration> experiments,
        IEnumerable<ToolDeclaration> unpacked)
    {
        var names = experiments.SelectMany(experiment => References.Placeholder(model, experiment, "file"))
            .Concat(unpacked.Where(tool => tool.Path is null).Select(tool => tool.Archive?.File).OfType<string>())
            .Concat(Machines(experiments).SelectMany(machine => machine.Files))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. model.Pins.Files.Where(file => names.Contains(file.Name))];
    }

    /// <summary>The repositories that recorded numbers and the commands of figures need.</summary>
    public IEnumerable<ExternalRepo> Repos(Selection selection) =>
        Repos(RecordedOf(selection)).Union(Repos(selection.Figures));

    /// <summary>The downloads that recorded numbers and the commands of figures need.</summary>
    public IEnumerable<ExternalFile> Files(Selection selection) =>
        Files(RecordedOf(selection)).Union(Files(selection.Figures));

    /// <summary>The repositories that the commands of figures need.</summary>
    public IEnumerable<ExternalRepo> Repos(IEnumerable<FigureDeclaration> figures)
    {
        var names = NamesIn(figures, "source");
        return model.Pins.Repos.Where(repo => names.Contains(repo.Name));
    }

    /// <summary>The downloads that the commands of figures need.</summary>
    public IEnumerable<ExternalFile> Files(IEnumerable<FigureDeclaration> figures)
    {
        var names = NamesIn(figures, "file");
        return model.Pins.Files.Where(file => names.Contains(file.Name));
    }

    private static HashSet<string> NamesIn(IEnumerable<FigureDeclaration> figures, string kind) =>
        figures.Select(figure => figure.Kind).OfType<CommandFigure>().SelectMany(command => command.Names(kind))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    private IEnumerable<RecordedDataDeclaration> RecordedOf(Selection selection) => model.Recorded
        .Where(recorded => selection.Datasets.Contains(recorded.Name, StringComparer.OrdinalIgnoreCase));

    /// <summary>The repositories that contain recorded numbers.</summary>
    public IEnumerable<ExternalRepo> Repos(IEnumerable<RecordedDataDeclaration> recorded)
    {
        var names = recorded.SelectMany(data => NamedFiles.PinsIn(data.File, "source")
            .Concat(BoundReader.Names(data.Reader, "source")))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return model.Pins.Repos.Where(repo => names.Contains(repo.Name));
    }

    /// <summary>The downloads that contain recorded numbers.</summary>
    public IEnumerable<ExternalFile> Files(IEnumerable<RecordedDataDeclaration> recorded)
    {
        var names = recorded.SelectMany(data => NamedFiles.PinsIn(data.File, "file")
            .Concat(BoundReader.Names(data.Reader, "file")))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return model.Pins.Files.Where(file => names.Contains(file.Name));
    }

    /// <summary>The images in which experiments run and tools are built; an unused image is not pulled.</summary>
    public IReadOnlyList<ContainerImage> Images(IReadOnlyList<ExperimentDeclaration> experiments,
        IReadOnlyList<string> asked)
    {
        var names = Tools(experiments, asked).Select(tool => tool.Image).OfType<string>()
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. model.Pins.Images.Where(image => names.Contains(image.Name) || IsNamed(image, experiments))];
    }

    /// <summary>All pins without which an experiment cannot be measured.</summary>
    public IEnumerable<IDeclaration> Pins(ExperimentDeclaration experiment) =>
        Repos([experiment], []).Concat<IDeclaration>(Files([experiment], [])).Concat(Images([experiment], []));

    /// <summary>The names of the experiments whose samples the datasets take.</summary>
    public IReadOnlyList<string> ExperimentsOf(IReadOnlyCollection<string> datasets) =>
    [
        .. model.Experiments.Where(experiment => model.Datasets.Any(dataset =>
            datasets.Contains(dataset.Name, StringComparer.OrdinalIgnoreCase) && IsOf(dataset, experiment)))
            .Select(experiment => experiment.Name),
    ];

    /// <summary>Whether an experiment's samples are part of a dataset.</summary>
    public static bool IsOf(Data.DatasetDeclaration dataset, ExperimentDeclaration experiment) =>
        dataset.Experiments.Contains(experiment.Name, StringComparer.OrdinalIgnoreCase)
        || dataset.Experiments.Contains(experiment.Suite, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the samples of the experiment with this name are part of a dataset.</summary>
    public bool IsOf(Data.DatasetDeclaration dataset, string experiment) =>
        model.Experiments.Any(one => one.Name == experiment && IsOf(dataset, one));

    private IEnumerable<VirtualMachineDeclaration> Machines(IEnumerable<ExperimentDeclaration> experiments) =>
        model.Machines.Where(machine => IsNamed(machine, experiments));

    private static bool IsNamed(IDeclaration declaration, IEnumerable<ExperimentDeclaration> experiments) =>
        experiments.Any(experiment => IPlacementReferences.Names(experiment, declaration.Item.Type, declaration.Name));
}
