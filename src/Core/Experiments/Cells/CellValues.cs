using System.Globalization;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>
/// The values of the placeholders of an experiment and its services for a cell: values of its axes, and paths.
/// </summary>
/// <param name="cellContext">The locations of sources, files and tools.</param>
/// <param name="cell">The cell.</param>
/// <param name="attempt">The attempt for which the cell runs; null when placeholders that depend on the attempt have no
/// value yet.</param>
/// <param name="generated">Absolute path of the cell's generated input; null when the cell has none.</param>
internal sealed class CellValues(CellContext cellContext, Cell cell, Attempt? attempt, string? generated)
    : IPlaceholderValues
{
    /// <inheritdoc/>
    public string ValueOf(Placeholder placeholder)
    {
        if (cell.Values.TryGetValue(placeholder.Text, out var value))
            return value.IsFile ? PathOf(value) : value.Value;
        if (!CellPlaceholders.OfCommands.Has(placeholder) || Known(placeholder) is not { } known)
            throw CellPlaceholders.OfCommands.With(cell.Values.Keys).Unknown(cell.Experiment.Item, "text", placeholder);
        return known;
    }

    /// <summary>Absolute path of an axis value that is a file.</summary>
    public string PathOf(AxisValue value) => Path.Combine(cellContext.Layout.ProjectDirectory, value.Path.Fill(this));

    private string? Known(Placeholder placeholder)
    {
        var name = placeholder.Name;
        return placeholder.Kind switch
        {
            "copy" => Below(attempt is null ? null : Path.Combine(attempt.Work, "copy", name)),
            "work" => attempt?.Work,
            "output" or "outputs" when OutputUse.Of(placeholder) is { } use =>
                Below(attempt?.Outputs.FirstOrDefault(output => output.Use == use)?.Folder),
            "output" => attempt?.Output,
            "port" => attempt?.Ports.TextOf(placeholder.Whole!),
            "generated" => generated,
            "group" => attempt?.Group?.Folder,
            "sample" => attempt?.Sample.ToString(CultureInfo.InvariantCulture),
            _ => cellContext.ValueOf(placeholder),
        };

        string? Below(string? folder) => folder is null ? null : placeholder.Below(folder);
    }
}
