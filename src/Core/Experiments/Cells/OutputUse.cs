using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>
/// A use of another experiment's output: <c>{output:NAME}</c>, or <c>{outputs:NAME}</c> for several cells.
/// </summary>
/// <param name="Experiment">Name of the other experiment.</param>
/// <param name="IsOfAll">Whether the placeholder means all matching cells, rather than a single one.</param>
public sealed record OutputUse(string Experiment, bool IsOfAll)
{
    private const string One = "output", All = "outputs";

    /// <summary>The placeholder of the use, without its braces.</summary>
    public string Placeholder => $"{(IsOfAll ? All : One)}:{Experiment}";

    /// <summary>The use of another experiment's output that a placeholder denotes; null when the placeholder denotes
    /// none.</summary>
    public static OutputUse? Of(Placeholder placeholder) => placeholder is { Kind: One or All, Name.Length: > 0 }
        ? new OutputUse(placeholder.Name, placeholder.Kind == All) : null;

    /// <summary>The distinct uses of other experiments' output in some texts.</summary>
    public static IReadOnlyList<OutputUse> In(IEnumerable<Template> texts) =>
        [.. texts.SelectMany(text => text.Placeholders).Select(Of).OfType<OutputUse>().Distinct()
            .OrderBy(use => use.Placeholder, StringComparer.Ordinal)];

    /// <summary>
    /// The texts of an experiment and its services that may refer to the output of another experiment.
    /// </summary>
    public static IEnumerable<Template> Texts(ExperimentDeclaration experiment,
        IEnumerable<ServiceDeclaration> services) =>
        experiment.Command.Concat(experiment.Prepare.SelectMany(command => command))
            .Concat(services.SelectMany(service => service.Command.Concat(service.Environment.Values)));
}

/// <summary>
/// What a cell receives for one use of another experiment's output: a folder with copies of the output of samples,
/// named by its content.
/// </summary>
/// <param name="Use">The use.</param>
/// <param name="Hash">Hash of the folder's content.</param>
/// <param name="Folder">Absolute path of the folder, which is created before the sample starts.</param>
/// <param name="From">The cells whose output is used, each with the absolute path of the output folder of one of its
/// samples.</param>
public sealed record UsedOutput(OutputUse Use, string Hash, string Folder,
    IReadOnlyList<(Cell Cell, string Logs)> From);
