using System.Collections.Immutable;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// What the stages so far could not do, and why. Gaps are not fatal: everything that can be obtained is measured, the
/// report names what is missing, and the call ends with one list of errors.
/// </summary>
public sealed record Gaps
{
    /// <summary>No gaps.</summary>
    public static Gaps None { get; } = new();

    /// <summary>
    /// What prevents an experiment, or a tool that was asked for, by the name of the experiment or tool. Whatever is
    /// not listed can be obtained.
    /// </summary>
    public ImmutableSortedDictionary<string, IReadOnlyList<Shortfall>> Missing { get; init; } =
        ImmutableSortedDictionary.Create<string, IReadOnlyList<Shortfall>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Errors that the call ends with, in the order in which they were found.</summary>
    public ImmutableList<Diagnostic> Errors { get; init; } = [];

    /// <summary>Whether a later call may succeed although nothing that can be checked has changed.</summary>
    public bool MayCloseByThemselves { get; init; }

    /// <summary>The experiments in a list that nothing prevents.</summary>
    public IReadOnlyList<ExperimentDeclaration> Possible(IEnumerable<ExperimentDeclaration> experiments) =>
        [.. experiments.Where(experiment => !Missing.ContainsKey(experiment.Name))];

    /// <summary>The tools in a list, each asked for by name, that nothing prevents.</summary>
    public IReadOnlyList<string> Possible(IEnumerable<string> tools) =>
        [.. tools.Where(tool => !Missing.ContainsKey(tool))];

    /// <summary>A copy with further errors for the end of the call.</summary>
    public Gaps With(params IEnumerable<Diagnostic> errors) => this with { Errors = Errors.AddRange(errors) };

    /// <summary>
    /// A copy without experiments that a further problem prevents; the problem may be gone at the next call.
    /// </summary>
    public Gaps Without(IEnumerable<ExperimentDeclaration> experiments, Func<string, IReadOnlyList<Shortfall>> why) =>
        this with
        {
            MayCloseByThemselves = true,
            Missing = Missing.SetItems(
            experiments.Select(experiment => KeyValuePair.Create(experiment.Name, why(experiment.Name)))),
        };
}
