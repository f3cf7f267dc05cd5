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
    /// <summary>Checks the rules for a report; returns no rule when nothing was measured, since the rules are about
    /// measurements.</summary>
    public static IReadOnlyList<RuleKept> Of(ReportModel model)
    {
        var measured = model.Figures.SelectMany(figure => figure.Measured).DistinctBy(dataset => dataset.Name).ToList();
        var rates = measured.Where(dataset => dataset.Statistic == "mean"
            && dataset.Unit.Contains('/', StringComparison.Ordinal)).Select(dataset => dataset.Name).ToList();
        if (measured.Count == 0)
            return [];
        var single = NamesWith(measured, point => point is { IsExact: false, Samples.Count: 1 or 2 });
        var few = NamesWith(measured, point => point is { IsExact: false, Samples.Count: > 2 and < 6 });
        static RuleKept Rule(int number, string asks, string kept, string where) => new(number, asks, kept, where);
        return
        [
            Rule(1, "Say what a speed-up is relative to, and give absolute numbers.", "yes",
                "Predicates name both sides of a ratio; the tables of figures have the absolute numbers."),
            Rule(2, "Give the reason for each part that is left out.", "yes",
                "Notes of figures and predicates give the reasons, and so does the section of what was not measured."),
            Rule(3, "Average costs by the arithmetic mean, and rates by the harmonic mean.",
                rates.Count == 0 ? "yes" : "no", rates.Count == 0 ? "No dataset has the mean of a rate."
                    : $"Arithmetic means of rates: {string.Join(", ", rates)}."),
            Rule(4, "Average no ratios; if you must, by the geometric mean.", "in part",
                "Predicates show their formula; the SDK does not refuse a mean of ratios."),
            Rule(5, "Say whether numbers are deterministic, and give intervals of those that are not.",
                single.Count == 0 ? "yes" : "in part", single.Count == 0
                    ? "Each table has an interval and the number of samples; facts are marked in the data files."
                    : $"Points with one or two samples, which have no interval: {string.Join(", ", single)}."),
            Rule(6, "Assume no normal distribution without looking at the samples.", few.Count == 0 ? "yes" : "in part",
                few.Count == 0 ? "The SDK examines six samples or more for trend, correlation, modes and outliers."
                    : $"Points with three to five samples, which show no distribution: {string.Join(", ", few)}."),
            Rule(7, "Compare by sound statistics.", model.Verdicts.Count == 0 ? "not applicable" : "yes",
                model.Verdicts.Count == 0 ? "There is no claim." : "The section on verdicts, above, names the rules."),
            Rule(8, "Choose medians or other percentiles where a mean is not what matters.", "yes",
                "Each dataset names its statistic; samples are drawn beside it."),
            Rule(9, "Document all factors and the whole setup.", "yes",
                "The columns of the tables name the factors; machine, tools and pins are below."),
            Rule(10, "Say how processes were synchronised and times summarised.", "not applicable",
                "One clock takes each time, from before the start of the command until its end."),
            Rule(11, "Show upper bounds of the performance.", "no", "Figures show no model of the best possible "
                + "performance."),
            Rule(12, "Draw what is needed to judge a number, and connect points only along a scale.", "yes",
                "Intervals and samples are in figures and tables; lines go along an axis."),
        ];
    }

    private static List<string> NamesWith(IEnumerable<Dataset> datasets, Func<DataPoint, bool> holds) =>
        [.. datasets.Where(dataset => dataset.Points.Any(holds)).Select(dataset => dataset.Name)];
}
