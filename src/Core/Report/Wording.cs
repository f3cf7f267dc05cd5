using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Report;

/// <summary>
/// The words for verdicts and for the origin of numbers, the same on the page, in the appendix and in the summary.
/// </summary>
internal static class Wording
{
    /// <summary>The mark of recorded numbers.</summary>
    public const string Recorded = "RECORDED by the authors, not measured here";

    /// <summary>The mark of results that rest partly on recorded numbers.</summary>
    public const string PartlyRecorded = "PARTLY RECORDED by the authors, not all of it was measured here";

    /// <summary>The mark of a smoke run.</summary>
    public const string Smoke =
        "SMOKE RUN, not a result: a few cells with one sample each, to see whether everything works";

    /// <summary>A verdict with its symbol, so that colour is never the only carrier of information.</summary>
    public static string Verdict(VerdictOutcome outcome) => (outcome switch
    {
        VerdictOutcome.Supported => "✓ ",
        VerdictOutcome.NotSupported => "✗ ",
        VerdictOutcome.Inconclusive => "? ",
        _ => "– ",
    }) + VerdictFile.Words(outcome).ToLowerInvariant();

    /// <summary>A verdict that says when it rests on recorded numbers.</summary>
    public static string Verdict(VerdictOutcome outcome, Origin origin) =>
        Verdict(outcome) + (origin == Origin.Recorded && outcome != VerdictOutcome.NotMeasured
            ? " by recorded numbers" : "");

    /// <summary>What the user requested.</summary>
    public static string Request(ReportModel model) => model.Request == Requests.Everything
        ? "everything" : model.Request;

    /// <summary>The words for the importance of a predicate.</summary>
    public static string Strength(PredicateStrength strength) => strength switch
    {
        PredicateStrength.Must => "must hold",
        PredicateStrength.Paper => "holds in the paper",
        _ => "for information",
    };

    /// <summary>The mark of a figure; null when all of its numbers were measured on this machine, in full.</summary>
    public static string? Mark(ReportFigure figure) => figure.IsSmoke
        ? Smoke : figure.Drawn.Origin != Origin.Recorded ? null : figure.IsAllRecorded ? Recorded : PartlyRecorded;

    /// <summary>The mark of a claim; null when the claim rests only on numbers that were measured on this
    /// machine.</summary>
    public static string? Mark(ClaimVerdict claim) => claim.Origin != Origin.Recorded ? null
        : claim.Predicates.Any(predicate => predicate.Origin == Origin.Measured
            && predicate.Outcome != VerdictOutcome.NotMeasured) ? PartlyRecorded : Recorded;

    /// <summary>The mark of the whole report; null when no number in the report is recorded.</summary>
    public static string? Mark(ReportModel model) => model.Figures.Any(figure => figure.IsSmoke) ? Smoke
        : model.Figures.All(figure => Mark(figure) is null) && model.Verdicts.All(claim => Mark(claim) is null) ? null
        : model.Figures.Any(figure => figure.Measured.Count > 0)
            || model.Verdicts.Any(claim => Mark(claim) != Recorded && claim.Outcome != VerdictOutcome.NotMeasured)
            ? PartlyRecorded : Recorded;

    /// <summary>
    /// Sentences on what a reader must know before the first number: notes, deviations, differing machines, failed
    /// samples.
    /// </summary>
    public static IReadOnlyList<string> Warnings(ReportModel model)
    {
        var warnings = new List<string>(model.Notes);
        warnings.AddRange(model.Tools.Where(tool => tool.Deviation is not null)
            .Select(tool => $"{tool.Name}: {tool.Deviation}"));
        warnings.AddRange(model.Pins.Where(pin => pin.Deviation is not null)
            .Select(pin => $"{pin.Name}: {pin.Deviation}"));
        if (model.Machines.Count > 1)
            warnings.Add(
                $"The samples are from {Amount.Count(model.Machines.Count, "different machine")}, or from one machine "
                    + "in different "
                    + "states.");
        var failed = model.Resources.Sum(resource => resource.Failed);
        if (failed > 0)
            warnings.Add(
                $"{Amount.Count(failed, "sample")} failed; they are listed with their figure, and their output is "
                    + "kept.");
        if (model.Missing.Count > 0)
            warnings.Add(
                "Not drawn, because there are no numbers: "
                    + $"{string.Join(", ", model.Missing.Select(figure => figure.Name))}.");
        return [.. warnings.Distinct()];
    }
}
