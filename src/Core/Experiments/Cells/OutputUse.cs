using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>
/// A use of what another experiment left: <c>{output:NAME}</c>, or <c>{outputs:NAME}</c> for several cells.
/// </summary>
/// <param name="Experiment">Name of the other experiment.</param>
/// <param name="IsOfAll">Whether all cells that agree with this one are meant, or the only one.</param>
public sealed record OutputUse(string Experiment, bool IsOfAll)
{
    private const string One = "output", All = "outputs";

    /// <summary>The placeholder without its braces.</summary>
    public string Placeholder => $"{(IsOfAll ? All : One)}:{Experiment}";

    /// <summary>The use that a placeholder is; null when it is none.</summary>
    public static OutputUse? Of(Placeholder placeholder) => placeholder is { Kind: One or All, Name.Length: > 0 }
        ? new OutputUse(placeholder.Name, placeholder.Kind == All) : null;

    /// <summary>The uses in texts, each once.</summary>
    public static IReadOnlyList<OutputUse> In(IEnumerable<Template> texts) =>
        [.. texts.SelectMany(text => text.Placeholders).Select(Of).OfType<OutputUse>().Distinct()
            .OrderBy(use => use.Placeholder, StringComparer.Ordinal)];

    /// <summary>The texts of an experiment and its services in which another's output may be named.</summary>
    public static IEnumerable<Template> Texts(ExperimentDeclaration experiment,
        IEnumerable<ServiceDeclaration> services) =>
        experiment.Command.Concat(experiment.Prepare.SelectMany(command => command))
            .Concat(services.SelectMany(service => service.Command.Concat(service.Environment.Values)));
}

/// <summary>What a cell gets for one use: a folder with copies of what samples left, named by their content.</summary>
/// <param name="Use">The use.</param>
/// <param name="Hash">Hash of the content.</param>
/// <param name="Folder">Absolute path of the folder; it is made before the sample starts.</param>
/// <param name="From">The cells, and the absolute path of the folder that a sample of each left.</param>
public sealed record UsedOutput(OutputUse Use, string Hash, string Folder,
    IReadOnlyList<(Cell Cell, string Logs)> From);
