using System.Collections.Immutable;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// What the stages so far could not do, and why. It is not fatal: what can be had is measured, the report says what is
/// missing, and the call ends with one list of errors.
/// </summary>
public sealed record Gaps
{
    /// <summary>Nothing is missing.</summary>
    public static Gaps None { get; } = new();

    /// <summary>
    /// What stands in the way of an experiment, or of a tool that was asked for, by its name. What is not in here can
    /// be had.
    /// </summary>
    public ImmutableSortedDictionary<string, IReadOnlyList<Shortfall>> Missing { get; init; } =
        ImmutableSortedDictionary.Create<string, IReadOnlyList<Shortfall>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Errors that the call ends with, in the order in which they were found.</summary>
    public ImmutableList<Diagnostic> Errors { get; init; } = [];

    /// <summary>Whether a later call may succeed although nothing that can be looked at has changed.</summary>
    public bool MayCloseByThemselves { get; init; }

    /// <summary>The experiments of a list that nothing stands in the way of.</summary>
    public IReadOnlyList<ExperimentDeclaration> Possible(IEnumerable<ExperimentDeclaration> experiments) =>
        [.. experiments.Where(experiment => !Missing.ContainsKey(experiment.Name))];

    /// <summary>The same of tools that were asked for by name.</summary>
    public IReadOnlyList<string> Possible(IEnumerable<string> tools) =>
        [.. tools.Where(tool => !Missing.ContainsKey(tool))];

    /// <summary>These gaps and errors for the end of the call.</summary>
    public Gaps With(params IEnumerable<Diagnostic> errors) => this with { Errors = Errors.AddRange(errors) };

    /// <summary>
    /// These gaps and experiments that one thing stands in the way of; the same may be there the next time.
    /// </summary>
    public Gaps Without(IEnumerable<ExperimentDeclaration> experiments, Func<string, IReadOnlyList<Shortfall>> why) =>
        this with
        {
            MayCloseByThemselves = true,
            Missing = Missing.SetItems(
            experiments.Select(experiment => KeyValuePair.Create(experiment.Name, why(experiment.Name)))),
        };
}
