using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>
/// The placeholders that texts of experiments and services may contain in addition to the axes of the matrix, grouped
/// by where the texts occur. docs/experiments.md describes these placeholders for users.
/// </summary>
internal static class CellPlaceholders
{
    private const string Generated = "generated", Sample = "sample", Group = "group";
    private static readonly string[] OfOthers = ["output:NAME/PATH", "outputs:NAME/PATH"];

    /// <summary>The placeholders of the metadata Inputs and OptionalInputs, whose values are known before anything
    /// runs.</summary>
    public static PlaceholderSet OfInputs { get; } =
        new("project", "processors", "tool:NAME", "folder:NAME/PATH", "source:NAME/PATH", "file:NAME");

    /// <summary>
    /// The placeholders of ReaderCommand, which runs when the sample has ended: {output} is the folder with the
    /// sample's kept files.
    /// </summary>
    public static PlaceholderSet OfReaders { get; } = OfInputs.With("output");

    /// <summary>All placeholders; the metadata Command and Prepare may contain every one of them.</summary>
    public static PlaceholderSet OfCommands { get; } =
        OfInputs.With(["work", "output", Generated, Sample, Group, "copy:NAME/PATH", "port:NAME", .. OfOthers]);

    /// <summary>
    /// The placeholders of the environment, the working directory and Collect. The command of a generator may contain
    /// the same placeholders as the environment, since it has not written a file yet and uses no output of other
    /// experiments.
    /// </summary>
    public static PlaceholderSet OfEnvironment { get; } = OfCommands.Without([Generated, .. OfOthers]);

    /// <summary>
    /// The placeholders of a Prepare that serves a group of cells; placeholders that belong to a single sample are not
    /// among them.
    /// </summary>
    public static PlaceholderSet OfGroups { get; } = OfInputs.With(Group);

    /// <summary>The placeholders of a service that a group of cells shares.</summary>
    public static PlaceholderSet OfSharedServices { get; } = OfGroups.With("port:NAME");

    /// <summary>The placeholders that are available when no group of cells shares a preparation.</summary>
    public static PlaceholderSet WithoutGroup(PlaceholderSet set) => set.Without(Group);

    /// <summary>
    /// The placeholders of Generate, a command that runs once for all samples and may write the generated file itself.
    /// </summary>
    public static PlaceholderSet OfGenerate { get; } = OfEnvironment.Without(Sample, Group).With(Generated);

    /// <summary>The placeholders that are available without Generate.</summary>
    public static PlaceholderSet WithoutGenerated(PlaceholderSet set) => set.Without(Generated);

    /// <summary>
    /// The axis that an argument names if it consists only of <c>{args:AXIS}</c>, so that the axis's value becomes
    /// several arguments; null for any other argument.
    /// </summary>
    public static string? AxisOfArguments(Template argument) => argument.Only is { Kind: "args", Whole: { } axis }
        ? axis : null;
}
