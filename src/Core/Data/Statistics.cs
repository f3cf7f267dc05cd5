using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Verus.Artifact.Data;

/// <summary>The statistics of samples.</summary>
public static class Statistics
{
    /// <summary>
    /// The median with its 95% confidence interval from order statistics: the number of samples below the true median is binomial with
    /// one half, whatever the distribution of times is. Fewer than six samples allow no such interval, and Low and High are null. Null
    /// without samples.
    /// </summary>
    public static Estimate? MedianInterval(IReadOnlyList<double> samples)
    {
        if (samples.Count == 0)
            return null;
        var sorted = samples.Order().ToArray();
        var median = SortedArrayStatistics.Median(sorted);
        // The largest k such that at most 2.5% lies below: the interval is from the k-th smallest to the k-th largest sample.
        var k = 0;
        while (k < sorted.Length / 2 && Binomial.CDF(0.5, sorted.Length, k) <= 0.025)
            k++;
        return k == 0 ? new Estimate(median) : new Estimate(median, sorted[k - 1], sorted[^k]);
    }
}
