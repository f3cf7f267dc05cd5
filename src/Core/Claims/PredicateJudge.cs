using System.Globalization;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Data.Formulas;

namespace Verus.Artifact.Claims;

/// <summary>
/// Judges one predicate on one dataset by the limits of its quantity: see <see cref="QuantityLimits"/>. Both limits are
/// at the level 0.025, so that at most 5% of all verdicts are wrong about the true value.
/// </summary>
internal sealed class PredicateJudge(PredicateDeclaration predicate, Dataset? dataset, int? numaNodes)
{
    private readonly List<string> notes = predicate.Note is { } note ? [note] : [];

    /// <summary>Returns the verdict on the predicate.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The predicate does not fit the dataset.</exception>
    public PredicateVerdict Verdict()
    {
        if (dataset is null || predicate.Quantity is null)
            return NotMeasured($"there are no data for {predicate.Dataset}");
        CheckColumns(dataset);
        var evaluator = new FormulaEvaluator(dataset, predicate.Where, predicate.Quantity,
            withTimedOut: predicate.Quantity.IsExtremeOfPoints);
        CheckNumbers(dataset, predicate.Quantity, evaluator);
        notes.AddRange(dataset.Notes);
        var unknown = Unknown(dataset, predicate.Quantity).ToList();
        notes.AddRange(unknown.Select(one => one.Note));
        var gaps = new LeftOut(predicate, dataset, evaluator);
        notes.AddRange(gaps.Notes);
        notes.AddRange(PointNotes(dataset, evaluator));
        var subject = predicate.Subject.Count == 0 ? []
            : dataset.Points.Where(point => FormulaEvaluator.Hold(predicate.Where, point)
                && FormulaEvaluator.Hold(predicate.Subject, point)).ToList();
        if (predicate.Subject.Count > 0 && subject.TrueForAll(point => point is { Estimate: null, Above: null }))
            return NotMeasured("there are no numbers for the points that the claim is about");
        // A count of zero is meaningful only if something was attempted.
        if (evaluator.Points.Count == 0 && evaluator.Read.All(point => point.Failures == 0))
            return NotMeasured("there are no numbers to decide with");
        if (Value(evaluator) is not { } value)
            return NotMeasured("the data give this quantity no value");
        var (estimate, reasons) = Interval(dataset, evaluator, value, paired: true);
        var outcome = Decide(estimate);
        // Where both limits are known, it is the bound between them that leaves the predicate open.
        if (outcome == VerdictOutcome.Inconclusive && !double.IsFinite((estimate.High - estimate.Low) ?? 0))
            notes.AddRange(reasons.Where(reason => reason != PointSpread.TooFew));
        var isWhole = gaps.IsEmpty && unknown.TrueForAll(one => !one.IsGap);
        return Verdict(Outcome(outcome, subject, evaluator, isWhole), estimate);
    }

    /// <summary>Returns the verdict on a predicate that could not be judged.</summary>
    public static PredicateVerdict NotJudged(PredicateDeclaration predicate, Dataset? dataset,
        IReadOnlyList<string> why)
    {
        var judge = new PredicateJudge(predicate, dataset, null);
        judge.notes.AddRange(why);
        return judge.Verdict(VerdictOutcome.NotMeasured, null);
    }

    private void CheckColumns(Dataset data)
    {
        if (predicate.Columns.FirstOrDefault(column => !data.Columns.Contains(column)) is { } unknown)
            throw ClaimRules.UnknownColumn.Error(predicate.Item.Where, predicate.Name, unknown, data.Name,
                Suggestion.For(unknown, data.Columns));
    }

    private void CheckNumbers(Dataset data, Formula formula, FormulaEvaluator evaluator)
    {
        foreach (var column in formula.NumericColumns)
            if (evaluator.Points.FirstOrDefault(point => Amount.ParseNumber(point[column]) is null) is { } point)
                throw ClaimRules.NotNumeric.Error(predicate.Item.Where, predicate.Name, column, data.Name,
                    point[column]);
    }

    private double? Value(FormulaEvaluator evaluator)
    {
        try
        {
            var value = evaluator.Evaluate([.. evaluator.Points.Select(point => new[] { point.Estimate!.Value })],
                out var numbers, leftOut => notes.Add(leftOut));
            return numbers > 1 ? throw ClaimRules.SeveralNumbers.Error(predicate.Item.Where, predicate.Name, numbers)
                : value is null || !double.IsFinite(value[0]) ? null : value[0];
        }
        catch (FormatException problem)
        {
            throw ClaimRules.BadFormula.Error(predicate.Item.Where, predicate.Name,
                predicate.Item.Metadata["Quantity"].Trim(), problem.Message);
        }
    }

    // If samples were taken in rounds, the samples of a round are compared with each other. If the verdict depends on
    // whether samples are compared by rounds, the verdict says so.
    private (Estimate Estimate, IReadOnlyList<string> Reasons) Interval(Dataset data, FormulaEvaluator evaluator,
        double value, bool paired)
    {
        var quantity = new QuantityLimits(evaluator, data, paired);
        if (quantity.Of(predicate.Quantity!).Rows is not [var number])
            return (new Estimate(value, double.NegativeInfinity, double.PositiveInfinity), []);
        var (low, high) = number.At(Limits.Usual);
        var estimate = number.IsExact ? new Estimate(value) : new Estimate(value, low, high);
        if (quantity.ByRuns && paired)
            notes.Add("its runs differ by more than samples of one run do: the interval rests on the runs");
        if (quantity.ByRounds && paired)
        {
            var (other, _) = Interval(data, evaluator, value, paired: false);
            if (Decide(other) != Decide(estimate))
                notes.Add($"compared round by round: {VerdictFile.Words(Decide(estimate)).ToLowerInvariant()} "
                    + $"({VerdictFile.Show(Finite(estimate))}); without rounds: "
                    + $"{VerdictFile.Words(Decide(other)).ToLowerInvariant()} ({VerdictFile.Show(Finite(other))})");
        }
        return (estimate, number.Reasons);
    }

    private VerdictOutcome Outcome(VerdictOutcome outcome, List<DataPoint> subject, FormulaEvaluator evaluator,
        bool isWhole)
    {
        if (numaNodes < predicate.NumaNodes)
        {
            notes.Add($"is about machines with at least {predicate.NumaNodes} NUMA nodes; this one has {numaNodes}");
            return VerdictOutcome.Inconclusive;
        }
        if (outcome == VerdictOutcome.Supported && subject.Exists(point => point is { Estimate: null, Above: null }))
        {
            notes.Add("it holds for the numbers that exist, but not every point that the claim is about has one");
            return VerdictOutcome.Inconclusive;
        }
        if (predicate.Quantity!.Counts)
        {
            // Points that were not tried might have been counted by the quantity.
            var untried = evaluator.Read.Count(point => point is { Estimate: null, Failures: 0, IsAbsent: false });
            if (untried > 0 && !(outcome == VerdictOutcome.Supported && predicate.AtMost is null))
            {
                notes.Add($"{untried} of the points that it counts were not measured");
                return VerdictOutcome.Inconclusive;
            }
        }
        else if (outcome == VerdictOutcome.Supported && !isWhole)
        {
            notes.Add("it holds for the numbers that exist, but some that it asks for are missing");
            return VerdictOutcome.Inconclusive;
        }
        return outcome;
    }

    // The outcome depends on whether the confidence interval lies completely inside the bounds, completely outside of
    // them, or neither.
    private VerdictOutcome Decide(Estimate estimate)
    {
        var (low, high) = (estimate.Low ?? estimate.Value, estimate.High ?? estimate.Value);
        var (least, most) = (predicate.AtLeast ?? double.NegativeInfinity, predicate.AtMost ?? double.PositiveInfinity);
        return low >= least && high <= most ? VerdictOutcome.Supported
            : high < least || low > most ? VerdictOutcome.NotSupported
            : VerdictOutcome.Inconclusive;
    }

    // A value in a condition that no point has means either a tool that was not run or a misspelt name. If a condition
    // asks for a value by name and no point has it, this is a gap.
    private IEnumerable<(string Note, bool IsGap)> Unknown(Dataset data, Formula formula)
    {
        var conditions = formula.Selections.SelectMany(selection => selection.Conditions).Concat(predicate.Where)
            .Concat(predicate.Subject).ToList();
        foreach (var column in conditions.Where(condition => condition.Operator is "=" or "!=")
            .GroupBy(condition => condition.Name))
        {
            var known = data.Points.Select(point => point[column.Key]).ToHashSet(StringComparer.Ordinal);
            var named = column.SelectMany(condition => condition.Values).ToHashSet(StringComparer.Ordinal);
            foreach (var value in named.Where(value => !known.Contains(value)))
            {
                var suggestion = Suggestion.For(value, known.Except(named));
                var isNear = suggestion.StartsWith(" Did", StringComparison.Ordinal);
                var isAsked = column.Any(condition => condition.Operator == "=" && condition.Values.Contains(value));
                // A condition that excludes a value which does not occur does no harm, unless another value was meant.
                if (isNear || isAsked)
                    yield return ($"no data with {column.Key} = {value}{(isNear ? "." + suggestion : "")}", isAsked);
            }
        }
    }

    private static IEnumerable<string> PointNotes(Dataset data, FormulaEvaluator evaluator)
    {
        var timedOut = evaluator.Points.Where(point => point.Above is not null).Select(point =>
            LeftOut.NameOf(data, point)).ToList();
        if (timedOut.Count > 0)
            yield return $"timed out, and above the limit: {LeftOut.Some(timedOut)}";
        List<HashSet<string>> runs = [.. evaluator.Points.Where(point => !point.IsExact && point.Rounds.Count > 0)
            .Select(point => point.Rounds.Select(RunGroups.RunOf).ToHashSet(StringComparer.Ordinal))];
        if (runs.DistinctBy(own => string.Join(' ', own.Order(StringComparer.Ordinal))).ToList() is var kinds
            && kinds.Exists(one => kinds.Exists(other => !one.Overlaps(other))))
            yield return "some of its points were measured in different runs, and a difference between runs looks like "
                + "a difference between points";
        if (runs.Exists(own => own.Count == 2))
            yield return "some of its points have samples of two runs, which hardly show whether runs differ";
        foreach (var (least, most, means) in new[] {
            (1, Statistics.LeastForInterval - 1, "and fewer than 3 decide nothing"),
            (Statistics.LeastForInterval, Statistics.LeastForOrder - 1, "taken as roughly normal") })
        {
            var few = evaluator.Points.Where(point => !point.IsExact && point.Samples.Count >= least
                && point.Samples.Count <= most).ToList();
            if (few.Count > 0)
                yield return $"{few.Count} of {Amount.Count(evaluator.Points.Count, "point")} with "
                    + $"{few.Min(point => point.Samples.Count)}"
                    + (few.Max(point => point.Samples.Count) is var largest
                        && largest > few.Min(point => point.Samples.Count) ? $" to {largest}" : "")
                    + $" {(largest == 1 ? "sample" : "samples")}, {means}";
        }
    }

    private PredicateVerdict NotMeasured(string why)
    {
        notes.Add(why);
        return Verdict(VerdictOutcome.NotMeasured, null);
    }

    private PredicateVerdict Verdict(VerdictOutcome outcome, Estimate? value) => new()
    {
        Name = predicate.Name,
        Statement = $"{predicate.Statement} {Bounds()}",
        Strength = predicate.Strength,
        Outcome = outcome,
        Value = value is null ? null : Finite(value),
        Margin = Margin(value?.Value),
        MarginInterval = MarginInterval(value),
        Origin = dataset?.Origin ?? Origin.Measured,
        AveragesRatios = predicate.Quantity?.AveragesRatios == true,
        Notes = [.. notes.Distinct()],
    };

    private string Bounds() => string.Join(" and ", new[]
    {
        predicate.AtLeast is { } least ? string.Create(CultureInfo.InvariantCulture, $">= {least:0.######}") : null,
        predicate.AtMost is { } most ? string.Create(CultureInfo.InvariantCulture, $"<= {most:0.######}") : null,
    }.OfType<string>());

    // An interval with an open end may be enough to decide a predicate, but it is not shown.
    private static Estimate Finite(Estimate value) => double.IsFinite((value.High - value.Low) ?? 0)
        ? value : new Estimate(value.Value);

    // The margin is a monotone function of the value unless the predicate has two bounds, in which case the largest
    // margin lies between the ends of the interval.
    private IReadOnlyList<double>? MarginInterval(Estimate? value) =>
        value is { Low: { } low, High: { } high } && double.IsFinite(high - low)
        && Margin(low) is { } one && Margin(high) is { } other && Margin(value.Value) is { } here
            ? [Math.Min(one, other), Math.Max(here, Math.Max(one, other))] : null;

    // The margin: the smaller of the factors by which the value may worsen towards each bound. For a bound of zero or
    // less, no factor can be computed.
    private double? Margin(double? value)
    {
        var margins = new List<double>();
        if (value is { } number && predicate.AtLeast is { } least && least > 0)
            margins.Add(number / least);
        if (value is > 0 and { } size && predicate.AtMost is { } most)
            margins.Add(most / size);
        return margins.Count == 0 || !double.IsFinite(margins.Min()) ? null : margins.Min();
    }
}
