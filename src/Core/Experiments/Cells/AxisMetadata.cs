using System.Globalization;
using System.Text.RegularExpressions;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>Metadata that depend on axes: <c>{axis}</c> in Timeout and in what counts as success is the value of the cell. Other braces stay, since patterns have them.</summary>
internal static class AxisMetadata
{
    // A matrix may have millions of cells.
    private const int MostCells = 10_000;

    /// <summary>An experiment as it is for a cell.</summary>
    public static ExperimentDeclaration Of(ExperimentDeclaration experiment, IReadOnlyDictionary<string, AxisValue> values)
    {
        var success = experiment.Success with
        {
            Text = Put(experiment.Success.Text, values, isPattern: false),
            Pattern = Put(experiment.Success.Pattern, values, isPattern: true),
            FailurePattern = Put(experiment.Success.FailurePattern, values, isPattern: true),
        };
        var timeout = Put(experiment.TimeoutOf, values, isPattern: false);
        return timeout is null && success == experiment.Success ? experiment
            : experiment with { Success = success, Timeout = timeout is null ? experiment.Timeout : Seconds(timeout) };
    }

    /// <summary>Reports the first value that gives no time limit.</summary>
    public static void Check(ExperimentDeclaration experiment, MetadataReader reader)
    {
        var bad = experiment.TimeoutOf is null ? null
            : Cell.Of(experiment with { IsSmoke = false }).Take(MostCells).Select(cell => Put(experiment.TimeoutOf, cell.Values, isPattern: false)!).FirstOrDefault(text => Seconds(text) is null);
        if (bad is not null)
            reader.Bad("Timeout", bad, "a number of seconds above 0, or an axis with such numbers, as {limit}");
    }

    private static double? Seconds(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds) && seconds > 0 ? seconds : null;

    private static string? Put(string? text, IReadOnlyDictionary<string, AxisValue> values, bool isPattern)
    {
        if (text is null || !text.Contains('{', StringComparison.Ordinal))
            return text;
        foreach (var (name, value) in values)
            text = text.Replace($"{{{name}}}", isPattern ? Regex.Escape(value.Value) : value.Value, StringComparison.Ordinal);
        return text;
    }
}
