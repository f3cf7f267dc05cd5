using System.Globalization;
using Verus.Artifact.Declarations;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>What the earlier stages left for the experiments.</summary>
public sealed record CellContext
{
    /// <summary>The evaluation's folders.</summary>
    public required EvaluationLayout Layout { get; init; }
    /// <summary>Tools that were found or made.</summary>
    public IReadOnlyDictionary<string, ResolvedTool> Tools { get; init; } = new Dictionary<string, ResolvedTool>();
    /// <summary>Checkouts by the name of their pin.</summary>
    public IReadOnlyDictionary<string, SourceBinding> Sources { get; init; } = new Dictionary<string, SourceBinding>();
    /// <summary>Downloaded files by the name of their pin.</summary>
    public IReadOnlyDictionary<string, SourceBinding> Files { get; init; } = new Dictionary<string, SourceBinding>();
    /// <summary>Services of experiments.</summary>
    public IReadOnlyList<ServiceDeclaration> Services { get; init; } = [];

    /// <summary>What {processors} becomes.</summary>
    public string Processors { get; init; } = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture);
    /// <summary>The value of a variable of the caller's environment; null when it is not set.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Services that an experiment needs.</summary>
    public IEnumerable<ServiceDeclaration> ServicesOf(ExperimentDeclaration experiment) =>
        Services.Where(service => service.IsOf(experiment));
}
