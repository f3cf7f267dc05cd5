namespace Verus.Artifact.Experiments.Cells;

/// <summary>The result of an experiment's Prepare for a group of its cells in one round.</summary>
/// <param name="Folder">Absolute path of the folder that <c>{group}</c> stands for.</param>
/// <param name="Output">Absolute path of the folder with the output of the preparations.</param>
/// <param name="Failure">Why the preparation failed; null when the preparation succeeded.</param>
public sealed record PreparedGroup(string Folder, string Output, string? Failure)
{
    /// <summary>
    /// The group of a cell: the cell's values on the axes that a preparation depends on; null when each sample has its
    /// own preparation.
    /// </summary>
    public static string? Of(Cell cell) => cell.Experiment.PreparePer is not { } per ? null
        : cell.Experiment.Name + string.Concat(per.Select(axis => $"\0{cell.Values[axis].Label}"));
}
