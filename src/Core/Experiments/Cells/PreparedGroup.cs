namespace Verus.Artifact.Experiments.Cells;

/// <summary>What an experiment's Prepare made for a group of its cells, for one round.</summary>
/// <param name="Folder">Absolute path of the folder that <c>{group}</c> stands for.</param>
/// <param name="Output">Absolute path of the folder with the output of the preparations.</param>
/// <param name="Failure">Why the preparation failed; null when it did not.</param>
public sealed record PreparedGroup(string Folder, string Output, string? Failure)
{
    /// <summary>
    /// What distinguishes the groups: the values of a cell on the axes that a preparation depends on; null when each
    /// sample has its own preparation.
    /// </summary>
    public static string? Of(Cell cell) => cell.Experiment.PreparePer is not { } per ? null
        : cell.Experiment.Name + string.Concat(per.Select(axis => $"\0{cell.Values[axis].Label}"));
}
