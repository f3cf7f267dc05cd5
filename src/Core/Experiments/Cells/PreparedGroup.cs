namespace Verus.Artifact.Experiments.Cells;

/// <summary>What the Prepare of an experiment made for a group of its cells, for one round.</summary>
/// <param name="Folder">Absolute path of the folder that <c>{group}</c> means.</param>
/// <param name="Output">Absolute path of the folder with the output of the preparations.</param>
/// <param name="Failure">Why it failed; null when it did not.</param>
public sealed record PreparedGroup(string Folder, string Output, string? Failure)
{
    /// <summary>
    /// What tells the groups apart: the values of a cell on the axes that a preparation is for; null: each sample has
    /// its own.
    /// </summary>
    public static string? Of(Cell cell) => cell.Experiment.PreparePer is not { } per ? null
        : cell.Experiment.Name + string.Concat(per.Select(axis => $"\0{cell.Values[axis].Label}"));
}
