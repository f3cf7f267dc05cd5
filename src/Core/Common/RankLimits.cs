using System.Collections.Concurrent;
using MathNet.Numerics.Distributions;

namespace Verus.Artifact.Common;

/// <summary>
/// Distribution-free limits of a shift by a rank test (Hodges and Lehmann, Annals of Mathematical Statistics 34, 1963;
/// Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, section 4.3).
/// </summary>
public static class RankLimits
{
    // The largest number of samples for which the distribution is counted exactly; beyond it, the normal approximation
    // of Hollander, Wolfe and Chicken is used.
    private const int MostExact = 40;

    // The maximum number of differences between samples that are computed; with more samples, the limits of the medians
    // themselves are precise enough.
    private const int MostDifferences = 1_000_000;

    private static readonly ConcurrentDictionary<(int, int), double[]> Counts = new();

    /// <summary>
    /// Limits of the shift between two independent samples, by Mann and Whitney's test. Mann and Whitney's test assumes
    /// that the two distributions have the same shape. The limits of the shift are infinite if the samples are too few
    /// for the level, or more than a thousand each.
    /// </summary>
    public static Limits OfShift(IReadOnlyList<double> left, IReadOnlyList<double> right, double level)
    {
        var (m, n) = (left.Count, right.Count);
        var rank = Math.Max(m, n) <= MostExact
            ? Rank(Counts.GetOrAdd((Math.Min(m, n), Math.Max(m, n)), _ => Count(m, n)), level)
            : Rank(m * n / 2.0, Math.Sqrt(m * (double)n * (m + n + 1) / 12), level);
        if (rank == 0 || (long)m * n > MostDifferences)
            return Limits.None;
        var differences = new double[m * n];
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
                differences[i * n + j] = left[i] - right[j];
        Array.Sort(differences);
        return new Limits(differences[rank - 1], differences[^rank]);
    }

    // The largest number of consecutive values of the statistic, starting at 0, whose total probability is at most the
    // level.
    private static int Rank(double[] cumulative, double level)
    {
        var rank = 0;
        while (rank < cumulative.Length && cumulative[rank] <= level)
            rank++;
        return rank;
    }

    private static int Rank(double mean, double deviation, double level) =>
        Math.Max(0, (int)Math.Floor(mean - 0.5 + Normal.InvCDF(0, 1, level) * deviation));

    // The cumulative probabilities of Mann and Whitney's U, by the recurrence over the numbers of samples.
    private static double[] Count(int m, int n)
    {
        var ways = new double[m + 1][];
        for (var i = 0; i <= m; i++)
        {
            ways[i] = new double[m * n + 1];
            ways[i][0] = 1;
        }
        for (var j = 1; j <= n; j++)
            for (var i = 1; i <= m; i++)
            {
                // The recurrence is f(i, j; u) = f(i - 1, j; u - j) + f(i, j - 1; u), where the row still holds f(i, j
                // - 1; u).
                for (var u = m * n; u >= 0; u--)
                    ways[i][u] += u >= j ? ways[i - 1][u - j] : 0;
            }
        // If the second group has no sample, only u = 0 is possible.
        return Cumulative(ways[m]);
    }

    private static double[] Cumulative(double[] ways)
    {
        var (all, sum) = (ways.Sum(), 0.0);
        return [.. ways.Select(count => (sum += count) / all)];
    }
}
