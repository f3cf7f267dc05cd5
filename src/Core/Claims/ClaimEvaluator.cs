using System.Globalization;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Claims;

/// <summary>Judges claims by their predicates.</summary>
public static class ClaimEvaluator
{
    private const int Resamples = 1000;
    private const int FewSamples = 4;

    /// <summary>A verdict for each claim. <paramref name="datasets"/> gives a dataset by name; null where there is none.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">A predicate names a column that its dataset does not have.</exception>
    public static IReadOnlyList<ClaimVerdict> Evaluate(IReadOnlyList<ClaimDeclaration> claims, IReadOnlyList<PredicateDeclaration> predicates, Func<string, Dataset?> datasets) =>
    [
        .. claims.Select(claim =>
        {
            var verdicts = predicates.Where(predicate => string.Equals(predicate.Claim, claim.Name, StringComparison.OrdinalIgnoreCase))
                .Select(predicate => Judge(predicate, datasets(predicate.Dataset))).ToList();
            return new ClaimVerdict
            {
                Name = claim.Name,
                Title = claim.Title,
                Outcome = Together([.. verdicts.Where(verdict => verdict.Strength == PredicateStrength.Must).Select(verdict => verdict.Outcome)]),
                Origin = verdicts.Exists(verdict => verdict.Origin == Origin.Recorded) ? Origin.Recorded : Origin.Measured,
                Predicates = verdicts,
                Figures = claim.Figures,
            };
        }),
    ];

    /// <summary>
    /// One predicate that fails refutes a claim; one that cannot be decided leaves it open; and a claim of which something was not measured is at
    /// best inconclusive.
    /// </summary>
    public static VerdictOutcome Together(IReadOnlyList<VerdictOutcome> must) =>
        must.Contains(VerdictOutcome.NotSupported) ? VerdictOutcome.NotSupported
        : must.All(outcome => outcome == VerdictOutcome.NotMeasured) ? VerdictOutcome.NotMeasured
        : must.All(outcome => outcome == VerdictOutcome.Supported) ? VerdictOutcome.Supported
        : VerdictOutcome.Inconclusive;

    /// <summary>Judges one predicate.</summary>
    public static PredicateVerdict Judge(PredicateDeclaration predicate, Dataset? dataset)
    {
        if (dataset is null)
            return Verdict(predicate, VerdictOutcome.NotMeasured, Origin.Measured, null, [$"there are no data of {predicate.Dataset}"]);
        foreach (var column in predicate.Quantity!.Columns.Concat(predicate.Where.Select(condition => condition.Column)).Where(column => !dataset.Columns.Contains(column)))
            throw ClaimRules.UnknownColumn.Throw(predicate.Item.Where, predicate.Name, column, dataset.Name, Suggestion.For(column, dataset.Columns));
        var evaluator = new FormulaEvaluator(dataset, predicate.Where);
        var notes = Notes(predicate, dataset, evaluator).ToList();
        var value = evaluator.Evaluate(predicate.Quantity, [.. evaluator.Points.Select(point => point.Estimate!.Value)]);
        if (!double.IsFinite(value))
            return Verdict(predicate, VerdictOutcome.NotMeasured, dataset.Origin, null, [.. notes, "the data do not give this quantity a value"]);
        var estimate = Interval(predicate, dataset, evaluator, value);
        return Verdict(predicate, Decide(predicate, estimate), dataset.Origin, estimate, notes);
    }

    // The whole interval inside the bounds, wholly outside, or neither.
    private static VerdictOutcome Decide(PredicateDeclaration predicate, Estimate estimate)
    {
        var (low, high) = (estimate.Low ?? estimate.Value, estimate.High ?? estimate.Value);
        var (least, most) = (predicate.AtLeast ?? double.NegativeInfinity, predicate.AtMost ?? double.PositiveInfinity);
        return low >= least && high <= most ? VerdictOutcome.Supported
            : high < least || low > most ? VerdictOutcome.NotSupported
            : VerdictOutcome.Inconclusive;
    }

    // Percentile bootstrap: every point's samples are drawn anew, and the quantity is computed from those.
    private static Estimate Interval(PredicateDeclaration predicate, Dataset dataset, FormulaEvaluator evaluator, double value)
    {
        if (evaluator.Points.All(point => point.Samples.Count < 2))
            return new Estimate(value);
        var statistic = Enum.TryParse<Statistic>(dataset.Statistic, ignoreCase: true, out var parsed) ? parsed : Statistic.Median;
        var random = new Random(Statistics.SeedOf(predicate.Name + string.Join(' ', evaluator.Points.Select(point => point.Estimate!.Value.ToString("R", CultureInfo.InvariantCulture)))));
        var values = new List<double>(Resamples);
        for (var i = 0; i < Resamples; i++)
        {
            var resampled = evaluator.Evaluate(predicate.Quantity!,
                [.. evaluator.Points.Select(point => point.Samples.Count < 2 ? point.Estimate!.Value : Statistics.OfResample(statistic, point.Samples, random))]);
            if (double.IsFinite(resampled))
                values.Add(resampled);
        }
        if (values.Count == 0)
            return new Estimate(value);
        var (low, high) = Statistics.Middle95([.. values]);
        return new Estimate(value, low, high);
    }

    private static IEnumerable<string> Notes(PredicateDeclaration predicate, Dataset dataset, FormulaEvaluator evaluator)
    {
        if (predicate.Note is { } note)
            yield return note;
        foreach (var text in dataset.Notes)
            yield return text;
        var without = dataset.Points.Where(point => point.Estimate is null && predicate.Where.All(condition => condition.Holds(point[condition.Column])))
            .Select(point => string.Join(", ", dataset.Columns.Select(column => point[column])) + (point.Note is null ? "" : $" ({point.Note})")).ToList();
        if (without.Count > 0)
            yield return "left out: " + string.Join("; ", without.Take(6)) + (without.Count > 6 ? $" and {without.Count - 6} more" : "");
        var few = evaluator.Points.Where(point => point.Samples.Count is > 0 and < FewSamples).ToList();
        if (few.Count > 0)
            yield return $"{few.Count} of {evaluator.Points.Count} points rest on fewer than {FewSamples} samples";
    }

    private static PredicateVerdict Verdict(PredicateDeclaration predicate, VerdictOutcome outcome, Origin origin, Estimate? value, IReadOnlyList<string> notes) => new()
    {
        Name = predicate.Name,
        Statement = $"{predicate.Statement} {Bounds(predicate)}",
        Strength = predicate.Strength,
        Outcome = outcome,
        Value = value,
        Margin = Margin(predicate, value),
        Origin = origin,
        Notes = notes,
    };

    private static string Bounds(PredicateDeclaration predicate) => string.Join(" and ", new[]
    {
        predicate.AtLeast is { } least ? string.Create(CultureInfo.InvariantCulture, $">= {least:0.######}") : null,
        predicate.AtMost is { } most ? string.Create(CultureInfo.InvariantCulture, $"<= {most:0.######}") : null,
    }.OfType<string>());

    // The smaller of the factors by which the value may worsen towards each bound; a bound of zero has no factor.
    private static double? Margin(PredicateDeclaration predicate, Estimate? value)
    {
        var margins = new List<double>();
        if (value is not null && predicate.AtLeast is { } least && least > 0)
            margins.Add(value.Value / least);
        if (value is not null && predicate.AtMost is { } most && value.Value > 0)
            margins.Add(most / value.Value);
        return margins.Count == 0 ? null : margins.Min();
    }
}
