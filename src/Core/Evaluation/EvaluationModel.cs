using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Data.Formulas;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Figures;
using Verus.Artifact.Machines;
using Verus.Artifact.Pins;
using Verus.Artifact.Places.Vm;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation;

/// <summary>The model of an evaluation: everything that a project declares, read and checked. A model is
/// immutable.</summary>
public sealed record EvaluationModel
{
    /// <summary>The item types that declare something, in the order of the pipeline.</summary>
    public static IReadOnlyList<string> ItemTypes { get; } =
    [
        "ArtifactExtension", "ExternalRepo", "ContainerImage", "ExternalFile", "ToolPin", "Tool", "VirtualMachine",
        "Experiment", "Service", "Dataset", "RecordedData", "Figure", "Claim", "Predicate", "Machine",
    ];

    /// <summary>The extensions that the project can refer to by name.</summary>
    public ExtensionSet Extensions { get; init; } = ExtensionSet.BuiltIn;
    /// <summary>The items that the model was read from.</summary>
    internal IReadOnlyList<DeclarationItem> Items { get; init; } = [];
    /// <summary>The ledger of all pinned inputs.</summary>
    public required PinLedger Pins { get; init; }
    /// <summary>Tools.</summary>
    public required IReadOnlyList<ToolDeclaration> Tools { get; init; }
    /// <summary>The declarations of virtual machines in which experiments run.</summary>
    public required IReadOnlyList<VirtualMachineDeclaration> Machines { get; init; }
    /// <summary>Other machines that evaluate parts of the requests.</summary>
    public IReadOnlyList<MachineDeclaration> OtherMachines { get; init; } = [];
    /// <summary>Experiments.</summary>
    public required IReadOnlyList<ExperimentDeclaration> Experiments { get; init; }
    /// <summary>Services of experiments.</summary>
    public required IReadOnlyList<ServiceDeclaration> Services { get; init; }
    /// <summary>Datasets that are measured.</summary>
    public required IReadOnlyList<DatasetDeclaration> Datasets { get; init; }
    /// <summary>The declarations of datasets that were recorded elsewhere.</summary>
    public required IReadOnlyList<RecordedDataDeclaration> Recorded { get; init; }
    /// <summary>Figures.</summary>
    public required IReadOnlyList<FigureDeclaration> Figures { get; init; }
    /// <summary>Claims.</summary>
    public required IReadOnlyList<ClaimDeclaration> Claims { get; init; }
    /// <summary>Predicates of claims.</summary>
    public required IReadOnlyList<PredicateDeclaration> Predicates { get; init; }

    /// <summary>The declarations that an experiment may name as the place where it runs.</summary>
    public IReadOnlyList<IDeclaration> Places => [.. Pins.Images, .. Machines];

    /// <summary>Absolute paths of the assemblies of extensions.</summary>
    public IEnumerable<string> ExtensionFiles =>
        Items.Where(item => item.Type == "ArtifactExtension").Select(item => item.Name).Where(Path.IsPathRooted);

    /// <summary>Problems with the declarations that the user should know about but that do not stop the call.</summary>
    public IReadOnlyList<Diagnostic> Warnings { get; init; } = [];

    /// <summary>
    /// Reads all items and checks everything that can be known before the first sample: that references between items
    /// are valid and, by a <see cref="Rehearsal"/>, that experiments, datasets, figures and claims fit together.
    /// </summary>
    /// <param name="items">The items.</param>
    /// <param name="layout">The locations of the project and its outputs; null when they are not known, and then no
    /// file is read.</param>
    /// <param name="trace">Record to which the extensions that are loaded are added.</param>
    /// <param name="readers">The place that runs the commands that convert recorded numbers; null when they are not to
    /// be run.</param>
    /// <exception cref="DiagnosticException">The declarations contain mistakes; the exception holds all of
    /// them.</exception>
    public static EvaluationModel Parse(IReadOnlyList<DeclarationItem> items, EvaluationLayout? layout = null,
        InputTrace? trace = null, ReaderHost? readers = null)
    {
        var found = new List<Diagnostic>();
        var extensions = new ExtensionLoader(layout, trace,
            one => FigureKinds.Refused(one) ?? FormulaFunctions.Refused(one)).Load(
                items.Where(item => item.Type == "ArtifactExtension"), found);
        // If extensions are broken, reading stops, since the names that they would have provided are unknown.
        if (found.Count > 0)
            throw new DiagnosticException(found);
        var broken = new HashSet<DeclarationItem>();
        var ledger = new PinLedger
        {
            Repos = Read("ExternalRepo", ExternalRepo.Parse),
            Files = Read("ExternalFile", ExternalFile.Parse),
            Tools = Read("ToolPin", ToolPin.Parse),
        };
        var declared = items;
        items = LedgerText.Expand(items, ledger, found);
        // Build arguments of an image may name other pins.
        ledger = ledger with { Images = Read("ContainerImage", ContainerImage.Parse) };
        var files = layout is null ? null : new NamedFiles(layout, ledger);
        var tools = Read("Tool", ToolDeclaration.Parse);
        var model = new EvaluationModel
        {
            Extensions = extensions,
            Items = declared,
            Pins = ledger with
            {
                Packaged = [.. tools.Where(tool => tool.DotNetTool is not null && tool.Path is null)
                .Select(tool => ((IDeclaration)tool, tool.DotNetTool!))]
            },
            Tools = tools,
            Machines = Read("VirtualMachine", VirtualMachineDeclaration.Parse),
            OtherMachines = Read("Machine", MachineDeclaration.Parse),
            Experiments = Read("Experiment",
                (item, diagnostics) => ExperimentDeclaration.Parse(item, diagnostics, extensions, layout, trace,
                    files)),
            Services = Read("Service", ServiceDeclaration.Parse),
            Datasets = Read("Dataset", (item, diagnostics) => DatasetDeclaration.Parse(item, diagnostics, extensions)),
            Recorded = Read("RecordedData",
                (item, diagnostics) => RecordedDataDeclaration.Parse(item, diagnostics, extensions, layout, trace,
                    readers)),
            Figures = Read("Figure", (item, diagnostics) => FigureDeclaration.Parse(item, diagnostics, extensions)),
            Claims = Read("Claim", ClaimDeclaration.Parse),
            Predicates = Read("Predicate",
                (item, diagnostics) => PredicateDeclaration.Parse(item, diagnostics, extensions)),
        };
        References.Check(model, layout, broken, found);
        model =
            model with
            {
                Datasets = [.. model.Datasets
                .Select(dataset => dataset.WithUnitOf(model.ReadersOf(dataset)))]
            };
        model = model with { Datasets = DatasetSources.Linked(model.Datasets, found) };
        DataChecks.Check(model.Datasets, model.Recorded, found);
        new Rehearsal(model, layout, files, broken, found)
        {
            SearchPath = (readers ?? new ReaderHost(null)).OfFigures,
        }.Run();
        found = [.. found.Distinct()];
        return found.Exists(diagnostic => diagnostic.Rule.Severity == Severity.Error)
            ? throw new DiagnosticException(found) : model with { Warnings = found };

        List<T> Read<T>(string type, Func<DeclarationItem, ICollection<Diagnostic>, T> parse) where T : IDeclaration
        {
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            var declarations = new List<T>();
            foreach (var item in items.Where(item => item.Type == type))
            {
                if (!names.Add(item.Name))
                    found.Add(DeclarationRules.DuplicateName.At(item.Where, type, item.Name));
                var before = found.Count;
                declarations.Add(parse(item, found));
                if (found.Skip(before).Any(diagnostic => diagnostic.Rule.Severity == Severity.Error))
                    broken.Add(item);
            }
            return declarations;
        }
    }

    /// <summary>
    /// Whether parts of the model name files of pins, and so these parts are known only once the pins are
    /// present.
    /// </summary>
    public bool ReadsPins =>
        Experiments.Any(experiment => experiment.Matrix.Any(axis => axis.Files.Any(NamedFiles.IsOfPin)))
        || Recorded.Any(recorded => NamedFiles.IsOfPin(recorded.File))
        || Figures.Any(figure => figure.Kind is CommandFigure command && command.Names("source").Any());

    /// <summary>The experiments whose samples a dataset takes, by name or by suite.</summary>
    public IEnumerable<ExperimentDeclaration> ExperimentsOf(DatasetDeclaration dataset) =>
        Experiments.Where(experiment =>
        dataset.Experiments.Contains(experiment.Name, StringComparer.OrdinalIgnoreCase)
            || dataset.Experiments.Contains(experiment.Suite, StringComparer.OrdinalIgnoreCase));

    private IEnumerable<ReaderOutline> ReadersOf(DatasetDeclaration dataset) =>
        ExperimentsOf(dataset).Select(experiment => experiment.Reader?.Outline).OfType<ReaderOutline>();
}
