using System.Globalization;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Data.Formulas;

/// <summary>
/// Percentile bootstrap of a formula: the samples of every point are resampled, and the formula is computed from them.
/// </summary>
internal static class FormulaBootstrap
{
    // Draws are computed in blocks, so that large datasets do not take much memory.
    private const int Block = 250;

    // If a larger share of draws has no value, the middle 95% is unknown.
    private const double LeastShare = 0.975;

    /// <summary>
    /// Returns the values of a formula in each of <see cref="Statistics.Resamples"/> draws, by the columns of its
    /// numbers.
    /// </summary>
    /// <param name="evaluator">The formula over its points.</param>
    /// <param name="draw">Returns some draws of a point, given how many have been drawn and how many to draw.</param>
    public static Dictionary<string, double[]> Of(FormulaEvaluator evaluator, Func<DataPoint, int, int, double[]> draw)
    {
        var all = new Dictionary<string, double[]>(StringComparer.Ordinal);
        for (var done = 0; done < Statistics.Resamples; done += Block)
        {
            var rows = evaluator.Numbers([.. evaluator.Points.Select(point => draw(point, done, Block))]);
            foreach (var row in rows)
            {
                if (!all.TryGetValue(KeyOf(row), out var draws))
                    all[KeyOf(row)] = draws = new double[Statistics.Resamples];
                row.Draws.CopyTo(draws, done);
            }
        }
        return all;
    }

    /// <summary>Returns a key that distinguishes a number of a formula from its other numbers.</summary>
    public static string KeyOf(Row row) => Points.Key(row.Keys, [.. row.Keys.Keys.Order(StringComparer.Ordinal)]);

    /// <summary>Returns the middle 95% of the draws; null when too many of them have no value.</summary>
    /// <param name="draws">The draws.</param>
    /// <param name="without">The number of draws without a value.</param>
    public static (double Low, double High)? Middle(double[] draws, out int without)
    {
        var finite = draws.Where(double.IsFinite).ToArray();
        without = Statistics.Resamples - finite.Length;
        return finite.Length < LeastShare * Statistics.Resamples ? null : Statistics.Middle95(finite);
    }

    /// <summary>Returns the statistic by which the samples of a dataset became numbers.</summary>
    public static Statistic StatisticOf(Dataset dataset) => Choices.Find<Statistic>(dataset.Statistic)
        ?? Statistic.Median;

    /// <summary>
    /// Returns numbers of a point whose samples are resampled. They depend on the point alone, so that all formulas
    /// over one dataset see the same draws.
    /// </summary>
    public static double[] Draw(Statistic statistic, DataPoint point, int from, int count)
    {
        if (point.Draws is { } known)
            return known[from..(from + count)];
        var seed = string.Join(' ',
            point.Keys.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"))
            + string.Join(' ', point.Samples.Select(sample => sample.ToString("R", CultureInfo.InvariantCulture)));
        var random = new Random(Statistics.SeedOf(string.Create(CultureInfo.InvariantCulture, $"{from} {seed}")));
        var draws = new double[count];
        for (var i = 0; i < count; i++)
            draws[i] = point.Samples.Count < 2
                ? point.Estimate!.Value : Statistics.OfResample(statistic, point.Samples, random);
        return draws;
    }
}
