using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Figures;
using Verus.Artifact.Pins;
using Verus.Artifact.Places.Vm;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation;

/// <summary>Everything that a project declares, read and checked. Immutable.</summary>
public sealed record EvaluationModel
{
    /// <summary>Item types that declare something, in the order of the line.</summary>
    public static IReadOnlyList<string> ItemTypes { get; } =
    [
        "ExternalRepo", "ContainerImage", "ExternalFile", "ToolPin", "Tool", "VirtualMachine", "Experiment", "Service", "Dataset", "RecordedData", "Figure", "Claim", "Predicate",
    ];

    /// <summary>The ledger.</summary>
    public required PinLedger Pins { get; init; }
    /// <summary>Tools.</summary>
    public required IReadOnlyList<ToolDeclaration> Tools { get; init; }
    /// <summary>Virtual machines that experiments run in.</summary>
    public required IReadOnlyList<VirtualMachineDeclaration> Machines { get; init; }
    /// <summary>Experiments.</summary>
    public required IReadOnlyList<ExperimentDeclaration> Experiments { get; init; }
    /// <summary>Services of experiments.</summary>
    public required IReadOnlyList<ServiceDeclaration> Services { get; init; }
    /// <summary>Datasets that are measured.</summary>
    public required IReadOnlyList<DatasetDeclaration> Datasets { get; init; }
    /// <summary>Datasets that were recorded elsewhere.</summary>
    public required IReadOnlyList<RecordedDataDeclaration> Recorded { get; init; }
    /// <summary>Figures.</summary>
    public required IReadOnlyList<FigureDeclaration> Figures { get; init; }
    /// <summary>Claims.</summary>
    public required IReadOnlyList<ClaimDeclaration> Claims { get; init; }
    /// <summary>Predicates of claims.</summary>
    public required IReadOnlyList<PredicateDeclaration> Predicates { get; init; }

    /// <summary>Reads all items and checks that what they refer to is there.</summary>
    /// <exception cref="DiagnosticException">Something does not fit; all of it is in the exception.</exception>
    public static EvaluationModel Parse(IReadOnlyList<DeclarationItem> items)
    {
        var found = new List<Diagnostic>();
        var tools = Read("Tool", ToolDeclaration.Parse);
        var model = new EvaluationModel
        {
            Pins = new PinLedger
            {
                Repos = Read("ExternalRepo", ExternalRepo.Parse),
                Images = Read("ContainerImage", ContainerImage.Parse),
                Files = Read("ExternalFile", ExternalFile.Parse),
                Tools = Read("ToolPin", ToolPin.Parse),
                Packaged = [.. tools.Where(tool => tool.DotNetTool is not null && tool.Path is null).Select(tool => ((IDeclaration)tool, tool.DotNetTool!))],
            },
            Tools = tools,
            Machines = Read("VirtualMachine", VirtualMachineDeclaration.Parse),
            Experiments = Read("Experiment", ExperimentDeclaration.Parse),
            Services = Read("Service", ServiceDeclaration.Parse),
            Datasets = Read("Dataset", DatasetDeclaration.Parse),
            Recorded = Read("RecordedData", RecordedDataDeclaration.Parse),
            Figures = Read("Figure", FigureDeclaration.Parse),
            Claims = Read("Claim", ClaimDeclaration.Parse),
            Predicates = Read("Predicate", PredicateDeclaration.Parse),
        };
        References.Check(model, found);
        return found.Exists(diagnostic => diagnostic.Rule.Severity == Severity.Error) ? throw new DiagnosticException(found) : model;

        List<T> Read<T>(string type, Func<DeclarationItem, ICollection<Diagnostic>, T> parse) where T : IDeclaration
        {
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            var declarations = new List<T>();
            foreach (var item in items.Where(item => item.Type == type))
            {
                if (!names.Add(item.Name))
                    found.Add(DeclarationRules.DuplicateName.At(item.Where, type, item.Name));
                declarations.Add(parse(item, found));
            }
            return declarations;
        }
    }
}
