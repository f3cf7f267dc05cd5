using System.Globalization;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>The inputs, tools and services that the earlier stages provide to the experiments.</summary>
public sealed record CellContext
{
    /// <summary>The evaluation's folders.</summary>
    public required EvaluationLayout Layout { get; init; }
    /// <summary>The tools that were found or built.</summary>
    public IReadOnlyDictionary<string, ResolvedTool> Tools { get; init; } = new Dictionary<string, ResolvedTool>();
    /// <summary>
    /// The tools that are missing although experiments are measured of which some cells need them, each with a
    /// description of what is missing.
    /// </summary>
    public IReadOnlyDictionary<string, string> MissingTools { get; init; } = new Dictionary<string, string>();
    /// <summary>The checkouts, by the name of their pin.</summary>
    public IReadOnlyDictionary<string, SourceBinding> Sources { get; init; } = new Dictionary<string, SourceBinding>();
    /// <summary>The downloaded files, by the name of their pin.</summary>
    public IReadOnlyDictionary<string, SourceBinding> Files { get; init; } = new Dictionary<string, SourceBinding>();
    /// <summary>The services of experiments.</summary>
    public IReadOnlyList<ServiceDeclaration> Services { get; init; } = [];

    /// <summary>
    /// Absolute path of the runner, which ends all processes that a reader's command has started; null when there is no
    /// runner.
    /// </summary>
    public string? Runner { get; init; }

    /// <summary>The value of {processors}.</summary>
    public string Processors { get; init; } = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture);
    /// <summary>The value of a variable of the caller's environment; null when the variable is not set.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>The services (items <c>Service</c>) that an experiment needs.</summary>
    public IEnumerable<ServiceDeclaration> ServicesOf(ExperimentDeclaration experiment) =>
        Services.Where(service => service.IsOf(experiment));

    /// <summary>
    /// The value of a placeholder that is the same for all cells: paths of the project, of tools, sources and files,
    /// and the number of processors. A placeholder of another kind, or one that names a thing which is not present, has
    /// no value, and the result is null.
    /// </summary>
    internal string? ValueOf(Placeholder placeholder)
    {
        var name = placeholder.Name;
        return placeholder.Kind switch
        {
            "project" => Layout.ProjectDirectory,
            "tool" => Tools.GetValueOrDefault(placeholder.Whole!)?.Path,
            "folder" => Below(Tools.GetValueOrDefault(name)?.Folder),
            "source" => Below(Sources.GetValueOrDefault(name)?.Path),
            "file" => Files.GetValueOrDefault(placeholder.Whole!)?.Path,
            "processors" => Processors,
            _ => null,
        };

        string? Below(string? folder) => folder is null ? null : placeholder.Below(folder);
    }
}
