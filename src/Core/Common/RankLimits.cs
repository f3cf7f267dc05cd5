using System.Collections.Concurrent;
using MathNet.Numerics.Distributions;

namespace Verus.Artifact.Common;

/// <summary>
/// Distribution-free limits of a shift by rank tests (Hodges and Lehmann, Annals of Mathematical Statistics 34, 1963;
/// Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, sections 3.3 and 4.3).
/// </summary>
public static class RankLimits
{
    // Beyond this number of samples, the normal approximation of the same book takes the place of the exact count.
    private const int MostExact = 40;

    // More differences than this are not computed; a median of so many samples is known well by itself.
    private const int MostDifferences = 1_000_000;

    private static readonly ConcurrentDictionary<(int, int), double[]> Unpaired = new();
    private static readonly ConcurrentDictionary<int, double[]> Paired = new();

    /// <summary>
    /// Limits of the shift between two independent samples, by Mann and Whitney's test. It assumes that the two
    /// distributions have the same shape. None if the samples are too few for the level, or more than a thousand each.
    /// </summary>
    public static Limits OfShift(IReadOnlyList<double> left, IReadOnlyList<double> right, double level)
    {
        var (m, n) = (left.Count, right.Count);
        var rank = Math.Max(m, n) <= MostExact
            ? Rank(Unpaired.GetOrAdd((Math.Min(m, n), Math.Max(m, n)), _ => CountUnpaired(m, n)), level)
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

    /// <summary>
    /// Limits of the centre of paired differences, by Wilcoxon's signed-rank test. It assumes that the differences are
    /// symmetric, as those of two distributions of one shape are. None if the pairs are too few for the level; six are
    /// needed at 0.025. None for more than a thousand pairs, too.
    /// </summary>
    public static Limits OfPairs(IReadOnlyList<double> differences, double level)
    {
        var n = differences.Count;
        var rank = n <= MostExact ? Rank(Paired.GetOrAdd(n, CountPaired), level)
            : Rank(n * (n + 1) / 4.0, Math.Sqrt(n * (n + 1.0) * (2 * n + 1) / 24), level);
        if (rank == 0 || (long)n * n > MostDifferences)
            return Limits.None;
        var averages = new double[n * (n + 1) / 2];
        var at = 0;
        for (var i = 0; i < n; i++)
            for (var j = i; j < n; j++)
                averages[at++] = (differences[i] + differences[j]) / 2;
        Array.Sort(averages);
        return new Limits(averages[rank - 1], averages[^rank]);
    }

    // The largest number of values of the statistic, from 0, whose probability is at most the level together.
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
    private static double[] CountUnpaired(int m, int n)
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
                // f(i, j; u) = f(i - 1, j; u - j) + f(i, j - 1; u); the row still holds f(i, j - 1; u).
                for (var u = m * n; u >= 0; u--)
                    ways[i][u] += u >= j ? ways[i - 1][u - j] : 0;
            }
        // With no sample on the right, only u = 0 is possible.
        return Cumulative(ways[m]);
    }

    // The cumulative probabilities of Wilcoxon's signed-rank statistic: each rank is added or not.
    private static double[] CountPaired(int n)
    {
        var ways = new double[n * (n + 1) / 2 + 1];
        ways[0] = 1;
        for (var rank = 1; rank <= n; rank++)
            for (var sum = ways.Length - 1; sum >= rank; sum--)
                ways[sum] += ways[sum - rank];
        return Cumulative(ways);
    }

    private static double[] Cumulative(double[] ways)
    {
        var (all, sum) = (ways.Sum(), 0.0);
        return [.. ways.Select(count => (sum += count) / all)];
    }
}
