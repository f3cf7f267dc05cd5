using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;

namespace Verus.Artifact.Report;

/// <summary>One of the twelve rules for reporting measurements, and whether a report follows it.</summary>
/// <param name="Number">The number of the rule in the paper.</param>
/// <param name="Asks">A paraphrase of what the rule asks for.</param>
/// <param name="Kept">Whether the rule is followed: yes, no, in part, or not applicable.</param>
/// <param name="Where">The part of the report that shows this, or a description of what is wrong.</param>
internal sealed record RuleKept(int Number, string Asks, string Kept, string Where);

/// <summary>
/// The twelve rules for reporting measurements of T. Hoefler and R. Belli, Scientific Benchmarking of Parallel
/// Computing Systems, SC'15, answered from what a report contains.
/// </summary>
internal static class TwelveRules
{
    private const int LeastForDistribution = 6;

    /// <summary>Checks the rules for a report; returns no rule when nothing was measured, since the rules are about
    /// measurements.</summary>
    public static IReadOnlyList<RuleKept> Of(ReportModel model)
    {
        var measured = model.Figures.SelectMany(figure => figure.Measured).DistinctBy(dataset => dataset.Name).ToList();
        return measured.Count == 0 ? [] : [Absolute(measured), Reasons(model, measured), Rates(measured),
            Ratios(model, measured), Intervals(measured), Distributions(measured), Comparisons(model),
            Percentiles(measured), Setup(model), Parallel(), Bounds(), Plots(measured)];
    }

    private static RuleKept Absolute(List<Dataset> measured)
    {
        var relative = Names(measured.Where(IsRatio));
        return Kept(1, "Say what a speed-up is relative to, and give absolute numbers.", relative, "in part",
            "Ratios without absolute numbers beside them: ",
            "The tables of figures have absolute numbers; the formulas of predicates name both sides of a ratio.");
    }

    private static RuleKept Reasons(ReportModel model, List<Dataset> measured)
    {
        List<string> silent = [.. measured.Where(dataset => dataset.Points.Any(point =>
            point.Estimate is null && string.IsNullOrEmpty(point.Note))).Select(dataset => dataset.Name),
            .. model.Missing.Where(figure => figure.Reasons.Count == 0).Select(figure => figure.Name)];
        var without = measured.Sum(dataset => dataset.Points.Count(point => point.Estimate is null));
        return Kept(2, "Give the reason for each part that is left out.", silent, "no", "Left out without a reason: ",
            without + model.Missing.Count == 0 ? "Nothing is left out of the measured figures."
                : $"Each of {Amount.Count(without, "point")} without a number and of "
                    + $"{Amount.Count(model.Missing.Count, "missing figure")} has its reason.");
    }

    private static RuleKept Rates(List<Dataset> measured) =>
        Kept(3, "Average costs by the arithmetic mean, and rates by the harmonic mean.",
            Names(measured.Where(dataset => dataset.Statistic == "mean"
                && dataset.Unit.Contains('/', StringComparison.Ordinal))), "no", "Arithmetic means of rates: ",
            "No dataset has the mean of a rate.");

    private static RuleKept Ratios(ReportModel model, List<Dataset> measured)
    {
        List<string> averaged = [.. Names(measured.Where(dataset => dataset.Statistic is "mean" or "sum"
            && IsRatio(dataset))), .. model.Verdicts.SelectMany(claim => claim.Predicates)
                .Where(predicate => predicate.AveragesRatios).Select(predicate => predicate.Name)];
        return Kept(4, "Average no ratios; if you must, by the geometric mean.", averaged, "no",
            "Arithmetic means or sums of ratios: ", "No dataset and no predicate has an arithmetic mean of ratios.");
    }

    private static RuleKept Intervals(List<Dataset> measured) =>
        Kept(5, "Say whether numbers are deterministic, and give intervals of those that are not.",
            NamesWith(measured, point => point is { IsExact: false, Samples.Count: 1 or 2 }), "in part",
            "Points with one or two samples, which have no interval: ",
            "Each table has an interval and the number of samples; facts are marked in the data files.");

    private static RuleKept Distributions(List<Dataset> measured) =>
        Kept(6, "Assume no normal distribution without looking at the samples.",
            NamesWith(measured, point => point is { IsExact: false, Samples.Count: > 0 and < LeastForDistribution }),
            "in part", "Points with fewer than six samples, which show no distribution: ",
            "All samples were examined for trend, correlation, skewness, modes, outliers and runs that differ.");

    private static RuleKept Comparisons(ReportModel model)
    {
        const string Asks = "Compare by sound statistics.";
        var predicates = model.Verdicts.SelectMany(claim => claim.Predicates)
            .Where(predicate => predicate.Outcome != VerdictOutcome.NotMeasured).ToList();
        if (predicates.Count == 0)
            return new RuleKept(7, Asks, "not applicable", "No claim was judged.");
        List<string> bare = [.. predicates.Where(predicate => predicate is { Origin: Origin.Recorded,
            Outcome: VerdictOutcome.Supported or VerdictOutcome.NotSupported }).Select(predicate => predicate.Name)];
        return Kept(7, Asks, bare, "in part", "Decided by recorded numbers, whose spread is not known: ",
            $"{Amount.Count(predicates.Count, "predicate")} judged by intervals, whose rules are above.");
    }

    private static RuleKept Percentiles(List<Dataset> measured)
    {
        var skewed = Names(measured.Where(dataset => dataset.Statistic == "mean" && Math.Abs(SkewnessTest.Of(
            dataset.Points.Where(point => !point.IsExact).Select(point => point.Samples)).Z) > SkewnessTest.Unlikely));
        return Kept(8, "Choose medians or other percentiles where a mean is not what matters.", skewed, "in part",
            "Means of samples that are skewed: ", "Statistics in use: "
                + $"{string.Join(", ", measured.Select(dataset => dataset.Statistic).Distinct())}. No mean is of "
                + "samples that look skewed.");
    }

    private static RuleKept Setup(ReportModel model)
    {
        List<string> lacking = [.. model.Machines.Count == 0 ? ["the machine"] : Array.Empty<string>(),
            .. model.Runs.Count == 0 ? ["the runs"] : Array.Empty<string>(),
            .. model.Tools.Where(tool => tool.Version == "unversioned").Select(tool => $"the version of {tool.Name}")];
        return Kept(9, "Document all factors and the whole setup.", lacking, "in part", "Not documented: ",
            $"The columns of the tables name the factors; {Amount.Count(model.Machines.Count, "machine")}, "
                + $"{Amount.Count(model.Runs.Count, "run")}, {Amount.Count(model.Tools.Count, "tool")} and "
                + $"{Amount.Count(model.Pins.Count, "pin")} are below.");
    }

    // The SDK times one command by one clock, so that no process has to be synchronised with another one.
    private static RuleKept Parallel() => new(10, "Say how processes were synchronised and times summarised.",
        "not applicable", "One clock takes each time, from before the start of the command until its end.");

    // The SDK has no way to declare a model of the best possible performance.
    private static RuleKept Bounds() => new(11, "Show upper bounds of the performance.", "no",
        "Figures show no model of the best possible performance.");

    private static RuleKept Plots(List<Dataset> measured) =>
        Kept(12, "Draw what is needed to judge a number, and connect points only along a scale.",
            NamesWith(measured, point => point is
            {
                IsExact: false, IsDerived: false, Estimate: { Low: null }
                or { High: null }
            }), "in part", "Numbers that are drawn without an interval: ",
            "Each number has an interval in the figures and tables; lines go along an axis.");

    private static RuleKept Kept(int number, string asks, List<string> against, string otherwise,
        string wrong, string right) => against.Count == 0 ? new RuleKept(number, asks, "yes", right)
            : new RuleKept(number, asks, otherwise, $"{wrong}{string.Join(", ", against)}.");

    private static bool IsRatio(Dataset dataset) => dataset.Unit is "ratio" or "x" or "×" or "%";

    private static List<string> Names(IEnumerable<Dataset> datasets) => [.. datasets.Select(dataset => dataset.Name)];

    private static List<string> NamesWith(IEnumerable<Dataset> datasets, Func<DataPoint, bool> holds) =>
        Names(datasets.Where(dataset => dataset.Points.Any(holds)));
}
