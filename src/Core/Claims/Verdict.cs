using Verus.Artifact.Common;
using Verus.Artifact.Data;

namespace Verus.Artifact.Claims;

/// <summary>The outcome of judging a predicate or a claim by its numbers.</summary>
public enum VerdictOutcome
{
    /// <summary>The predicate holds for every value in the confidence interval.</summary>
    Supported,
    /// <summary>The predicate does not hold for any value in the confidence interval.</summary>
    NotSupported,
    /// <summary>The confidence interval contains the threshold; more samples may decide.</summary>
    Inconclusive,
    /// <summary>The predicate or claim has no numbers by which it could be judged.</summary>
    NotMeasured,
}

/// <summary>The importance of a predicate for its claim.</summary>
public enum PredicateStrength
{
    /// <summary>The predicate should hold in any honest reproduction, and decides the claim.</summary>
    Must,
    /// <summary>The predicate holds with the authors' numbers but may fail elsewhere; it is shown and does not decide
    /// the claim.</summary>
    Paper,
    /// <summary>Is only shown.</summary>
    Info,
}

/// <summary>The verdict on one predicate.</summary>
public sealed record PredicateVerdict
{
    /// <summary>Name of the predicate, such as <c>A3c</c>.</summary>
    public required string Name { get; init; }
    /// <summary>The question that the predicate answers, in words and with the threshold.</summary>
    public required string Statement { get; init; }
    /// <summary>The importance of the predicate for its claim.</summary>
    public required PredicateStrength Strength { get; init; }
    /// <summary>The answer.</summary>
    public required VerdictOutcome Outcome { get; init; }
    /// <summary>The quantity that is compared with the threshold; null when the quantity has no value.</summary>
    public Estimate? Value { get; init; }
    /// <summary>
    /// The factor by which the value may worsen before the predicate fails; the predicate holds when the factor is
    /// above 1. If the predicate has no factor to its bounds, the margin is null.
    /// </summary>
    public double? Margin { get; init; }
    /// <summary>The ends of the 95% confidence interval of <see cref="Margin"/>; null when it has no
    /// interval.</summary>
    public IReadOnlyList<double>? MarginInterval { get; init; }
    /// <summary>Whether the numbers were measured on this machine or recorded by the authors.</summary>
    public required Origin Origin { get; init; }
    /// <summary>Whether the quantity is an arithmetic mean or a sum of ratios.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool AveragesRatios { get; init; }
    /// <summary>Notes on what a reader must know, such as omitted series, other tool versions, or few
    /// samples.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>The verdict on a claim, which follows from its <see cref="PredicateStrength.Must"/> predicates
/// together.</summary>
public sealed record ClaimVerdict
{
    /// <summary>Name of the claim.</summary>
    public required string Name { get; init; }
    /// <summary>The claim in the authors' words.</summary>
    public required string Title { get; init; }
    /// <summary>The answer.</summary>
    public required VerdictOutcome Outcome { get; init; }
    /// <summary>The origin of the numbers: recorded as soon as one predicate rests on recorded numbers.</summary>
    public required Origin Origin { get; init; }
    /// <summary>The predicates, in the order of declaration.</summary>
    public required IReadOnlyList<PredicateVerdict> Predicates { get; init; }
    /// <summary>
    /// Whether all thresholds of the claim were declared before the first of its samples was taken; null when there are
    /// no samples.
    /// </summary>
    public bool? IsDeclaredBefore { get; init; }
    /// <summary>The names of the figures whose data the claim rests on.</summary>
    public IReadOnlyList<string> Figures { get; init; } = [];

    /// <summary>
    /// Returns this verdict with its numbers but without a decision, and with the reason for that. If the outcome is
    /// "not measured", it stays unchanged.
    /// </summary>
    public ClaimVerdict Undecided(string why) => this with
    {
        Outcome = Open(Outcome),
        Predicates = [.. Predicates.Select(predicate =>
            predicate with { Outcome = Open(predicate.Outcome), Notes = [why, .. predicate.Notes] })],
    };

    private static VerdictOutcome Open(VerdictOutcome outcome) => outcome == VerdictOutcome.NotMeasured
        ? outcome : VerdictOutcome.Inconclusive;
}
