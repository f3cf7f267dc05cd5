using System.Globalization;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Data;

/// <summary>How the samples of a point become one number.</summary>
public enum Statistic
{
    /// <summary>The middle one; half the sum of the two middle ones.</summary>
    Median,
    /// <summary>The arithmetic mean.</summary>
    Mean,
    /// <summary>The smallest.</summary>
    Min,
    /// <summary>The largest.</summary>
    Max,
    /// <summary>The sum.</summary>
    Sum,
}

/// <summary>The statistics of samples.</summary>
public static class Statistics
{
    private const int Resamples = 2000;

    /// <summary>One number of samples; NaN without samples.</summary>
    public static double Of(Statistic statistic, IReadOnlyList<double> samples) => samples.Count == 0 ? double.NaN : statistic switch
    {
        Statistic.Mean => samples.Average(),
        Statistic.Min => samples.Min(),
        Statistic.Max => samples.Max(),
        Statistic.Sum => samples.Sum(),
        _ => SortedArrayStatistics.Median([.. samples.Order()]),
    };

    /// <summary>
    /// The statistic with its 95% confidence interval: Student's t for the mean; for the median order statistics where there are six samples or
    /// more, else, from three on, a percentile bootstrap. Other statistics have no interval. Null without samples.
    /// </summary>
    public static Estimate? Interval(Statistic statistic, IReadOnlyList<double> samples) => samples.Count == 0 ? null : statistic switch
    {
        Statistic.Mean => MeanInterval(samples),
        Statistic.Median => MedianInterval(samples) is { Low: null } && samples.Count >= 3 ? Bootstrap(samples) : MedianInterval(samples),
        _ => new Estimate(Of(statistic, samples)),
    };

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

    /// <summary>The mean with its 95% t-interval; no interval for a single sample.</summary>
    public static Estimate MeanInterval(IReadOnlyList<double> samples)
    {
        var mean = samples.Average();
        if (samples.Count < 2)
            return new Estimate(mean);
        var half = StudentT.InvCDF(0, 1, samples.Count - 1, 0.975) * ArrayStatistics.StandardDeviation([.. samples]) / Math.Sqrt(samples.Count);
        return new Estimate(mean, mean - half, mean + half);
    }

    /// <summary>Samples drawn from samples, with replacement.</summary>
    public static double[] Resample(IReadOnlyList<double> samples, Random random)
    {
        var drawn = new double[samples.Count];
        for (var i = 0; i < drawn.Length; i++)
            drawn[i] = samples[random.Next(samples.Count)];
        return drawn;
    }

    /// <summary>The seed for resampling that belongs to a text: the same data give the same interval, on every machine.</summary>
    public static int SeedOf(string text) => int.Parse(ContentHashes.OfText(text)[..7], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>The middle 95% of values; sorts them.</summary>
    public static (double Low, double High) Middle95(double[] values)
    {
        Array.Sort(values);
        return (SortedArrayStatistics.Quantile(values, 0.025), SortedArrayStatistics.Quantile(values, 0.975));
    }

    private static Estimate Bootstrap(IReadOnlyList<double> samples)
    {
        var random = new Random(SeedOf(string.Join(' ', samples.Select(sample => sample.ToString("R", CultureInfo.InvariantCulture)))));
        var medians = new double[Resamples];
        for (var i = 0; i < Resamples; i++)
            medians[i] = Of(Statistic.Median, Resample(samples, random));
        var (low, high) = Middle95(medians);
        return new Estimate(Of(Statistic.Median, samples), low, high);
    }
}
