using System.Globalization;
using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>
/// What may decide a claim that is inconclusive: how many samples more, of what, and how long they take. An interval
/// narrows with the square root of the number of samples, so the number that is needed follows from the distance of the
/// value from its bound; it is an estimate, since the next samples may lie elsewhere.
/// </summary>
internal sealed class ClaimAdvice(EvaluationContext context, EvaluationResults results, DatasetFolder data)
{
    // Below this number of samples, the width of an interval says little about the width to come.
    private const int Fewest = 6;
    // Beyond this factor, the value lies so near its bound that samples are not what is missing.
    private const int MostTimes = 100;
    // What arithmetic adds to a whole number of samples.
    private const double Rounding = 1e-6;

    /// <summary>One sentence for each predicate that keeps the claim undecided.</summary>
    public IReadOnlyList<string> For(ClaimVerdict claim) => claim.Outcome != VerdictOutcome.Inconclusive ? []
        : [.. claim.Predicates.Where(one => one is
            { Strength: PredicateStrength.Must, Outcome: VerdictOutcome.Inconclusive, Origin: Origin.Measured })
            .Select(Sentence).OfType<string>()];

    private string? Sentence(PredicateVerdict verdict)
    {
        var predicate = context.Model.Predicates.FirstOrDefault(one => one.Name == verdict.Name);
        if (predicate is null || data.Measured(predicate.Dataset) is not { } dataset)
            return null;
        var now = dataset.Points.Where(point => point is { Samples.Count: > 0, IsExact: false })
            .Select(point => point.Samples.Count).DefaultIfEmpty().Min();
        if (now == 0)
            return null;
        if (RunsOf(dataset) is { } runs)
            return OfRuns(verdict, Needed(verdict.Value, predicate.AtLeast, predicate.AtMost, runs), runs, now,
                context.Options.CommandFor(predicate.Claim));
        var needed = Needed(verdict.Value, predicate.AtLeast, predicate.AtMost, now);
        if (needed is null)
            return $"{verdict.Name}: the value lies so near its bound that more samples are unlikely to decide it.";
        var experiments = context.Needs.ExperimentsOf([predicate.Dataset]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var seconds = results.Sampled.Plans.Where(plan => experiments.Contains(plan.Cell.Experiment.Name)
            && plan.Good.Count < needed)
            .Sum(plan => (needed.Value - plan.Good.Count) * Planner.Typical(Planner.Seconds(plan.Good)));
        return string.Create(CultureInfo.InvariantCulture,
            $"{verdict.Name}: about {Amount.Count(needed.Value, "sample")} of each cell ")
            + string.Create(CultureInfo.InvariantCulture, $"instead of {now} may decide it")
            + (seconds > 0 ? $", which takes {Amount.Duration(seconds.Value)} more" : "")
            + $": {context.Options.CommandFor(predicate.Claim)} -p:Samples={needed}";
    }

    // The number of runs of a dataset whose limits follow from its runs, since these differ by more than chance; null
    // for any other dataset.
    private static int? RunsOf(Dataset dataset)
    {
        var statistic = Enum.TryParse<Statistic>(dataset.Statistic, ignoreCase: true, out var known)
            ? known : Statistic.Median;
        return dataset.Points.Where(point => point.IsByRuns(statistic))
            .Select(point => (int?)point.ByRuns(statistic)!.Length).DefaultIfEmpty(null).Min();
    }

    /// <summary>
    /// Advice where runs differ by more than chance: the interval narrows with the number of runs, and more samples of
    /// the same runs change little.
    /// </summary>
    /// <param name="verdict">The verdict on the predicate.</param>
    /// <param name="needed">The number of runs that is needed; null when it is out of reach.</param>
    /// <param name="runs">The number of runs that the interval rests on.</param>
    /// <param name="now">The number of samples that the interval rests on.</param>
    /// <param name="command">The command that measures the claim.</param>
    public static string OfRuns(PredicateVerdict verdict, int? needed, int runs, int now, string command) =>
        needed is not { } total
            ? $"{verdict.Name}: the value lies so near its bound that more runs are unlikely to decide it."
            : $"{verdict.Name}: the runs differ by more than their samples, so about {Amount.Count(total, "run")} "
                + $"instead of {runs} may decide it: {command} -p:Runs={total - runs} "
                + $"-p:Samples={total * Math.Max(1, now / runs)}";

    /// <summary>
    /// The number of samples with which an interval would no longer contain a bound; null when that number is out of
    /// reach.
    /// </summary>
    /// <param name="value">The value with its interval; null when there is none.</param>
    /// <param name="atLeast">The lower bound; null when there is none.</param>
    /// <param name="atMost">The upper bound; null when there is none.</param>
    /// <param name="now">The number of samples that the interval rests on.</param>
    public static int? Needed(Estimate? value, double? atLeast, double? atMost, int now)
    {
        if (value is not { Low: { } low, High: { } high } || !double.IsFinite(low) || !double.IsFinite(high))
            return Math.Max(Fewest, now + 1);
        // The side of the interval that reaches over the bound, and the room that the bound leaves to it.
        var times = new[]
        {
            atLeast is { } least ? Times(value.Value, least, low, high) : 0,
            atMost is { } most ? Times(value.Value, most, low, high) : 0,
        }.Max();
        return times > MostTimes ? null
            : Math.Max(Fewest, Math.Max(now + 1, (int)Math.Ceiling(now * times - Rounding)));
    }

    // By what factor the number of samples must grow so that the interval no longer contains the bound.
    private static double Times(double value, double bound, double low, double high)
    {
        if (bound < low || bound > high)
            return 0;
        var half = bound <= value ? value - low : high - value;
        var room = Math.Abs(value - bound);
        return room == 0 ? double.PositiveInfinity : half / room * (half / room);
    }
}
