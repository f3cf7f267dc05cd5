using System.Globalization;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Data.Formulas;

/// <summary>
/// Percentile bootstrap of a formula: the samples of every point are drawn anew, and the formula is computed from
/// those.
/// </summary>
internal static class FormulaBootstrap
{
    // Draws are computed in blocks, so that large datasets do not take much memory.
    private const int Block = 250;

    // Where more draws than that have no value, the middle 95% is not known.
    private const double LeastShare = 0.975;

    /// <summary>
    /// What a formula gives in each of <see cref="Statistics.Resamples"/> draws, by the columns of its numbers.
    /// </summary>
    /// <param name="evaluator">The formula over its points.</param>
    /// <param name="draw">Some numbers of a point: how many have been drawn, and how many to draw.</param>
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

    /// <summary>What tells a number of a formula from its others.</summary>
    public static string KeyOf(Row row) => Points.Key(row.Keys, [.. row.Keys.Keys.Order(StringComparer.Ordinal)]);

    /// <summary>The middle 95% of draws; null where too many of them have no value.</summary>
    /// <param name="draws">The draws.</param>
    /// <param name="without">How many have no value.</param>
    public static (double Low, double High)? Middle(double[] draws, out int without)
    {
        var finite = draws.Where(double.IsFinite).ToArray();
        without = Statistics.Resamples - finite.Length;
        return finite.Length < LeastShare * Statistics.Resamples ? null : Statistics.Middle95(finite);
    }

    /// <summary>The statistic of a dataset, by which its samples became numbers.</summary>
    public static Statistic StatisticOf(Dataset dataset) => Choices.Find<Statistic>(dataset.Statistic)
        ?? Statistic.Median;

    /// <summary>
    /// Numbers of a point whose samples are drawn anew. They depend on the point alone, so that all formulas over one
    /// dataset see the same draws.
    /// </summary>
    public static double[] Draw(Statistic statistic, DataPoint point, int from, int count)
    {
        if (point.Draws is { } known)
            return known[from..(from + count)];
        var seed = string.Join(' ',
            point.Keys.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"))
            + string.Join(' ', point.Samples.Select(sample => sample.ToString("R", CultureInfo.InvariantCulture)));
        return Draw(statistic, point, count,
            new Random(Statistics.SeedOf(string.Create(CultureInfo.InvariantCulture, $"{from} {seed}"))));
    }

    /// <summary>The same with numbers of chance of the caller's.</summary>
    public static double[] Draw(Statistic statistic, DataPoint point, int count, Random random)
    {
        var draws = new double[count];
        for (var i = 0; i < count; i++)
            draws[i] = point.Samples.Count < 2
                ? point.Estimate!.Value : Statistics.OfResample(statistic, point.Samples, random);
        return draws;
    }
}
