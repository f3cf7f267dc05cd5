using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>
/// Metadata that depend on axes: <c>{axis}</c> in Timeout and in the success rule is replaced by the cell's value.
/// Braces that do not enclose the name of an axis are left alone because regular expressions contain them.
/// </summary>
internal static class AxisMetadata
{
    // A matrix may have millions of cells.
    private const int MostCells = 10_000;

    // The declarations of experiments by the values that were filled in: cells share them.
    private static readonly ConditionalWeakTable<ExperimentDeclaration,
        ConcurrentDictionary<string, ExperimentDeclaration>> Filled = [];

    /// <summary>A text whose only placeholders are names of axes.</summary>
    public static Template Read(string text, IReadOnlyList<Axis> axes) =>
        Template.ParseKnown(text, placeholder => axes.Any(axis => axis.Name == placeholder.Text));

    /// <summary>The experiment, with the values of a cell's axes filled in.</summary>
    public static ExperimentDeclaration Of(ExperimentDeclaration experiment,
        IReadOnlyDictionary<string, AxisValue> values) =>
        experiment is { SuccessOf: null, TimeoutOf: null } ? experiment
        : Filled.GetValue(experiment, static _ => new(StringComparer.Ordinal))
            .GetOrAdd(string.Join('\0', Names(experiment).Select(name => values[name].Value)), _ => experiment with
            {
                Success = experiment.SuccessOf?.For(experiment.Success, values) ?? experiment.Success,
                Timeout = experiment.TimeoutOf is { } timeout
                    ? Seconds(timeout.Fill(axis => values[axis.Text].Value)) : experiment.Timeout,
            });

    /// <summary>Reports the first value that is not a valid time limit.</summary>
    public static void Check(ExperimentDeclaration experiment, MetadataReader reader)
    {
        var bad = experiment.TimeoutOf is not { } timeout || experiment.IsOpen ? null
            : Cell.Of(experiment with { IsSmoke = false }).Take(MostCells)
                .Select(cell => timeout.Fill(axis => cell.Values[axis.Text].Value))
                .FirstOrDefault(text => Seconds(text) is null);
        if (bad is not null)
            reader.Bad("Timeout", bad,
                "a duration above 0 such as 90 (seconds) or 10min, or an axis with such values, as {limit}");
    }

    /// <summary>Reports the first value that is not a valid exit code.</summary>
    public static void CheckCodes(ExperimentDeclaration experiment, MetadataReader reader)
    {
        var bad = experiment.SuccessOf is not { ExitCodes: { } codes } || experiment.IsOpen ? null
            : Cell.Of(experiment with { IsSmoke = false }).Take(MostCells)
                .SelectMany(cell => codes.Select(code => code.Fill(axis => cell.Values[axis.Text].Value)))
                .FirstOrDefault(text => Code(text) is null);
        if (bad is not null)
            reader.Bad("SuccessExitCodes", bad, "exit codes such as 0;4, or an axis with such codes, as {code}");
    }

    /// <summary>The exit code that a text denotes; null when the text denotes no exit code.</summary>
    public static int? Code(string text) =>
        Amount.ParseWhole(text) is { } number and >= 0 ? number : null;

    private static IEnumerable<string> Names(ExperimentDeclaration experiment) =>
        (experiment.SuccessOf?.Texts ?? []).Append(experiment.TimeoutOf).OfType<Template>()
            .SelectMany(text => text.Placeholders).Select(axis => axis.Text);

    private static double? Seconds(string text) =>
        Amount.ParseSeconds(text) is { } seconds and > 0 ? seconds : null;
}

/// <summary>A success rule whose exit codes or patterns depend on axes.</summary>
internal sealed record SuccessOfAxes(Template? Text, Template? Pattern, Template? FailurePattern,
    IReadOnlyList<Template>? ExitCodes)
{
    /// <summary>Reads the texts of a rule; null when none of them contains a brace.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="codes">The exit codes of the rule, as written.</param>
    /// <param name="axes">The axes.</param>
    public static SuccessOfAxes? Read(SuccessRule rule, IReadOnlyList<string> codes, IReadOnlyList<Axis> axes)
    {
        return new[] { rule.Text, rule.Pattern, rule.FailurePattern }.Concat(codes)
            .All(text => text?.Contains('{', StringComparison.Ordinal) != true) ? null
            : new SuccessOfAxes(Template(rule.Text), Template(rule.Pattern), Template(rule.FailurePattern),
                codes.Any(code => AxisMetadata.Code(code) is null)
                    ? [.. codes.Select(code => AxisMetadata.Read(code, axes))] : null);

        Template? Template(string? text) => text is null ? null : AxisMetadata.Read(text, axes);
    }

    /// <summary>All texts of the rule that depend on axes.</summary>
    public IEnumerable<Template?> Texts => [Text, Pattern, FailurePattern, .. ExitCodes ?? []];

    /// <summary>The success rule for a cell. In a pattern, the value of an axis is matched literally.</summary>
    public SuccessRule For(SuccessRule rule, IReadOnlyDictionary<string, AxisValue> values) => rule with
    {
        ExitCodes = ExitCodes is null ? rule.ExitCodes
            : [.. ExitCodes.Select(code => AxisMetadata.Code(code.Fill(axis => values[axis.Text].Value)))
                .OfType<int>()],
        Text = Text?.Fill(axis => values[axis.Text].Value),
        Pattern = Pattern?.Fill(axis => Regex.Escape(values[axis.Text].Value)),
        FailurePattern = FailurePattern?.Fill(axis => Regex.Escape(values[axis.Text].Value)),
    };
}
