using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>
/// The placeholders in texts of experiments and services, beside the axes of the matrix, by where the texts stand.
/// docs/experiments.md has them for users.
/// </summary>
internal static class CellPlaceholders
{
    private const string Generated = "generated", Sample = "sample", Group = "group";
    private static readonly string[] OfOthers = ["output:NAME/PATH", "outputs:NAME/PATH"];

    /// <summary>Those of Inputs and OptionalInputs, which are known before anything runs.</summary>
    public static PlaceholderSet OfInputs { get; } =
        new("project", "processors", "tool:NAME", "folder:NAME/PATH", "source:NAME/PATH", "file:NAME");

    /// <summary>All that there are: those of Command and Prepare.</summary>
    public static PlaceholderSet OfCommands { get; } =
        OfInputs.With(["work", "output", Generated, Sample, Group, "copy:NAME/PATH", "port:NAME", .. OfOthers]);

    /// <summary>
    /// Those of the environment, the working directory and Collect. They are the generator's, too, which has made no
    /// file yet and uses nothing of other experiments.
    /// </summary>
    public static PlaceholderSet OfSurroundings { get; } = OfCommands.Without([Generated, .. OfOthers]);

    /// <summary>Those of a Prepare that is for a group of cells: none of one sample.</summary>
    public static PlaceholderSet OfGroups { get; } = OfInputs.With(Group);

    /// <summary>Those that are there where no group of cells shares a preparation.</summary>
    public static PlaceholderSet WithoutGroup(PlaceholderSet set) => set.Without(Group);

    /// <summary>Those of Generate, which runs once for all samples and may itself write what is generated.</summary>
    public static PlaceholderSet OfGenerate { get; } = OfSurroundings.Without(Sample, Group).With(Generated);

    /// <summary>Those that are there without a Generate.</summary>
    public static PlaceholderSet WithoutGenerated(PlaceholderSet set) => set.Without(Generated);

    /// <summary>
    /// An argument that is just <c>{args:AXIS}</c>: the axis, whose value becomes several arguments; null for any other
    /// argument.
    /// </summary>
    public static string? AxisOfArguments(Template argument) => argument.Only is { Kind: "args", Whole: { } axis }
        ? axis : null;
}
