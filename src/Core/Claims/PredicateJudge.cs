using System.Globalization;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Data.Formulas;

namespace Verus.Artifact.Claims;

/// <summary>Judges one predicate on one dataset.</summary>
internal sealed class PredicateJudge(PredicateDeclaration predicate, Dataset? dataset, int? numaNodes)
{
    private const int FewSamples = 4;

    private readonly List<string> notes = predicate.Note is { } note ? [note] : [];

    /// <summary>Returns the verdict.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The predicate does not fit the dataset.</exception>
    public PredicateVerdict Verdict()
    {
        if (dataset is null || predicate.Quantity is null)
            return NotMeasured($"there are no data for {predicate.Dataset}");
        CheckColumns(dataset);
        var evaluator = new FormulaEvaluator(dataset, predicate.Where, predicate.Quantity);
        CheckNumbers(dataset, predicate.Quantity, evaluator);
        notes.AddRange(dataset.Notes);
        notes.AddRange(Unknown(dataset, predicate.Quantity));
        notes.AddRange(PointNotes(dataset, evaluator));
        var subject = predicate.Subject.Count == 0 ? []
            : dataset.Points.Where(point => FormulaEvaluator.Hold(predicate.Where, point)
                && FormulaEvaluator.Hold(predicate.Subject, point)).ToList();
        if (predicate.Subject.Count > 0 && subject.TrueForAll(point => point.Estimate is null))
            return NotMeasured("there are no numbers for the points that the claim is about");
        // A count of zero is meaningful only if something was attempted.
        if (evaluator.Points.Count == 0 && evaluator.Read.All(point => point.Failures == 0))
            return NotMeasured("there are no numbers to decide with");
        if (Value(evaluator) is not { } value)
            return NotMeasured("the data give this quantity no value");
        var estimate = Interval(dataset, evaluator, value);
        return Verdict(Outcome(estimate, subject, evaluator), estimate);
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

    // Percentile bootstrap: the samples of every point are resampled, and the quantity is computed from them. The draws
    // depend on the data alone, so that a quantity has the interval that a derived point with its formula has.
    private Estimate Interval(Dataset data, FormulaEvaluator evaluator, double value)
    {
        if (evaluator.Points.All(point => point.Samples.Count < 2 && point.Draws is null))
            return new Estimate(value);
        var statistic = FormulaBootstrap.StatisticOf(data);
        var draws = FormulaBootstrap.Of(evaluator,
            (point, from, count) => FormulaBootstrap.Draw(statistic, point, from, count));
        if (FormulaBootstrap.Middle(draws.Values.SingleOrDefault() ?? [], out var without) is var (low, high))
            return new Estimate(value, low, high);
        notes.Add(string.Create(CultureInfo.InvariantCulture,
            $"without a value in {without} of {Statistics.Resamples} draws of samples"));
        return new Estimate(value, double.NegativeInfinity, double.PositiveInfinity);
    }

    private VerdictOutcome Outcome(Estimate estimate, List<DataPoint> subject, FormulaEvaluator evaluator)
    {
        var outcome = Decide(estimate);
        if (numaNodes < predicate.NumaNodes)
        {
            notes.Add($"is about machines with at least {predicate.NumaNodes} NUMA nodes; this one has {numaNodes}");
            return VerdictOutcome.Inconclusive;
        }
        if (outcome == VerdictOutcome.Supported && subject.Exists(point => point.Estimate is null))
        {
            notes.Add("it holds for the numbers that exist, but not every point that the claim is about has one");
            return VerdictOutcome.Inconclusive;
        }
        // Points that were not tried might have counted.
        var untried = evaluator.Read.Count(point => point is { Estimate: null, Failures: 0 });
        if (predicate.Quantity!.Counts && untried > 0
            && !(outcome == VerdictOutcome.Supported && predicate.AtMost is null))
        {
            notes.Add($"{untried} of the points that it counts were not measured");
            return VerdictOutcome.Inconclusive;
        }
        return outcome;
    }

    // Depends on whether the whole interval lies inside the bounds, wholly outside of them, or neither.
    private VerdictOutcome Decide(Estimate estimate)
    {
        var (low, high) = (estimate.Low ?? estimate.Value, estimate.High ?? estimate.Value);
        var (least, most) = (predicate.AtLeast ?? double.NegativeInfinity, predicate.AtMost ?? double.PositiveInfinity);
        return low >= least && high <= most ? VerdictOutcome.Supported
            : high < least || low > most ? VerdictOutcome.NotSupported
            : VerdictOutcome.Inconclusive;
    }

    // A value that no point has means either a tool that was not run or a misspelt name.
    private IEnumerable<string> Unknown(Dataset data, Formula formula)
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
                // Excluding a value that does not occur does no harm, unless another value was meant.
                if (isNear || column.Any(condition => condition.Operator == "=" && condition.Values.Contains(value)))
                    yield return $"no data with {column.Key} = {value}{(isNear ? "." + suggestion : "")}";
            }
        }
    }

    private static IEnumerable<string> PointNotes(Dataset data, FormulaEvaluator evaluator)
    {
        var without = evaluator.Read.Where(point => point.Estimate is null)
            .Select(point => string.Join(", ", data.Columns.Select(column => point[column]))
                + (point.Note is null ? "" : $" ({point.Note})")).ToList();
        if (without.Count > 0)
            yield return "left out: " + string.Join("; ", without.Take(6))
                + (without.Count > 6 ? $" and {without.Count - 6} more" : "");
        var few = evaluator.Points.Count(point => point.Samples.Count is > 0 and < FewSamples);
        if (few > 0)
            yield return $"{few} of {evaluator.Points.Count} points have fewer than {FewSamples} samples";
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
        // An interval without ends was enough to decide, but it is not one to show.
        Value = value is { Low: double.NegativeInfinity } ? new Estimate(value.Value) : value,
        Margin = Margin(value),
        Origin = dataset?.Origin ?? Origin.Measured,
        Notes = [.. notes.Distinct()],
    };

    private string Bounds() => string.Join(" and ", new[]
    {
        predicate.AtLeast is { } least ? string.Create(CultureInfo.InvariantCulture, $">= {least:0.######}") : null,
        predicate.AtMost is { } most ? string.Create(CultureInfo.InvariantCulture, $"<= {most:0.######}") : null,
    }.OfType<string>());

    // The smaller of the factors by which the value may worsen towards each bound. A bound of zero or less has no
    // factor.
    private double? Margin(Estimate? value)
    {
        var margins = new List<double>();
        if (value is not null && predicate.AtLeast is { } least && least > 0)
            margins.Add(value.Value / least);
        if (value is not null && predicate.AtMost is { } most && value.Value > 0)
            margins.Add(most / value.Value);
        return margins.Count == 0 || !double.IsFinite(margins.Min()) ? null : margins.Min();
    }
}
