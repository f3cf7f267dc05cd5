using System.Collections.Immutable;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// The gaps of a call: what its stages could not do so far, and why. Gaps are not fatal: everything that can be
/// obtained is measured, the report names what is missing, and the call ends with one list of errors.
/// </summary>
public sealed record Gaps
{
    /// <summary>No gaps.</summary>
    public static Gaps None { get; } = new();

    /// <summary>
    /// The problem that prevents an experiment, or a tool that was requested, by the name of the experiment or tool.
    /// Experiments and tools that are not listed can be obtained.
    /// </summary>
    public ImmutableSortedDictionary<string, IReadOnlyList<Shortfall>> Missing { get; init; } =
        ImmutableSortedDictionary.Create<string, IReadOnlyList<Shortfall>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The tools without which an experiment has only a part of its cells, each with a description of what is missing.
    /// </summary>
    public ImmutableSortedDictionary<string, string> MissingTools { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The errors with which the call ends, in the order in which they were found.</summary>
    public ImmutableList<Diagnostic> Errors { get; init; } = [];

    /// <summary>Whether a later call may succeed although no input that can be checked has changed.</summary>
    public bool MayCloseByThemselves { get; init; }

    /// <summary>The experiments of a list that no problem prevents.</summary>
    public IReadOnlyList<ExperimentDeclaration> Possible(IEnumerable<ExperimentDeclaration> experiments) =>
        [.. experiments.Where(experiment => !Missing.ContainsKey(experiment.Name))];

    /// <summary>The tools of a list, each requested by name, that no problem prevents.</summary>
    public IReadOnlyList<string> Possible(IEnumerable<string> tools) =>
        [.. tools.Where(tool => !Missing.ContainsKey(tool))];

    /// <summary>A copy of the gaps with further errors for the end of the call.</summary>
    public Gaps With(params IEnumerable<Diagnostic> errors) => this with { Errors = Errors.AddRange(errors) };

    /// <summary>A copy of the gaps with a tool that is missing for a part of an experiment's cells.</summary>
    public Gaps WithoutTool(string tool, Shortfall why) => this with
    {
        MayCloseByThemselves = true,
        MissingTools = MissingTools.SetItem(tool, why.Words),
    };

    /// <summary>
    /// A copy of the gaps with further experiments that a problem prevents; the problem may be gone at the next call.
    /// </summary>
    public Gaps Without(IEnumerable<ExperimentDeclaration> experiments, Func<string, IReadOnlyList<Shortfall>> why) =>
        this with
        {
            MayCloseByThemselves = true,
            Missing = Missing.SetItems(
            experiments.Select(experiment => KeyValuePair.Create(experiment.Name, why(experiment.Name)))),
        };
}
