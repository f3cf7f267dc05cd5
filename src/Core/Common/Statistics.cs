using System.Globalization;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Verus.Artifact.Common;

/// <summary>How the samples of a point are reduced to one number.</summary>
public enum Statistic
{
    /// <summary>The median: the middle sample, or the mean of the two middle samples.</summary>
    Median,
    /// <summary>The arithmetic mean.</summary>
    Mean,
    /// <summary>The smallest.</summary>
    Min,
    /// <summary>The largest.</summary>
    Max,
    /// <summary>The sum.</summary>
    Sum,
    /// <summary>The number of samples.</summary>
    Count,
}

/// <summary>The method that computes the 95% confidence interval of a statistic.</summary>
public enum IntervalMethod
{
    /// <summary>
    /// Order statistics, for the median of six samples or more: whatever the distribution, the number of samples below
    /// the true median is binomial with probability one half, so the interval covers at least 95%.
    /// </summary>
    Order,
    /// <summary>
    /// Percentile bootstrap: the statistic of resamples drawn with replacement. A bootstrap interval never extends
    /// beyond the samples, and covers less than 95% when there are few samples (for the median at most 75%, 88% and 94%
    /// with three, four and five samples).
    /// </summary>
    Bootstrap,
    /// <summary>Student's t, for the mean of roughly normal samples.</summary>
    T,
    /// <summary>No interval.</summary>
    None,
}

/// <summary>
/// Statistics of samples. All computations are deterministic and independent of the clock and the order of calls: the
/// same samples give the same numbers.
/// </summary>
public static class Statistics
{
    /// <summary>The number of resamples of a bootstrap.</summary>
    public const int Resamples = 2000;

    /// <summary>The minimum number of samples for a confidence interval.</summary>
    public const int LeastForInterval = 3;

    /// <summary>The minimum number of samples for which order statistics give a 95% interval of the median.</summary>
    public const int LeastForOrder = 6;

    /// <summary>
    /// The coverage of confidence intervals as a text, such as <c>95%</c>. Intervals of the median of three to five
    /// samples reach at most from the smallest to the largest sample, and cover 75%, 88% and 94%, whatever the
    /// distribution.
    /// </summary>
    /// <param name="isMedian">Whether the intervals are intervals of medians.</param>
    /// <param name="counts">The numbers of samples.</param>
    public static string Coverage(bool isMedian, IEnumerable<int> counts)
    {
        var least = counts.Where(count => count >= LeastForInterval).DefaultIfEmpty(LeastForOrder).Min();
        return !isMedian || least >= LeastForOrder ? "95%"
            : string.Create(CultureInfo.InvariantCulture, $"{100 - 200 * Math.Pow(0.5, least):0}%");
    }

    /// <summary>Reduces samples to one number; NaN without samples, except for <see cref="Statistic.Count"/>.</summary>
    public static double Of(Statistic statistic, IReadOnlyList<double> samples) => OfBuffer(statistic, [.. samples]);

    /// <summary>The median of samples; NaN without samples.</summary>
    public static double Median(IReadOnlyList<double> samples) => Of(Statistic.Median, samples);

    /// <summary>
    /// The quantile for a share between 0 and 1, interpolated linearly between samples (definition 7); NaN without
    /// samples.
    /// </summary>
    public static double Quantile(IReadOnlyList<double> samples, double share) =>
        samples.Count == 0 ? double.NaN : QuantileOfSorted([.. samples.Order()], share);

    /// <summary>
    /// The quantile of samples that are already sorted. The quantile is computed even if the difference between two
    /// samples exceeds the range of a double.
    /// </summary>
    public static double QuantileOfSorted(double[] sorted, double share)
    {
        var quantile = SortedArrayStatistics.QuantileCustom(sorted, share, QuantileDefinition.R7);
        if (double.IsFinite(quantile))
            return quantile;
        var place = share * (sorted.Length - 1);
        var (below, part) = ((int)place, place - Math.Floor(place));
        return part == 0 ? sorted[below] : sorted[below] * (1 - part) + sorted[below + 1] * part;
    }

    /// <summary>
    /// The arithmetic mean of numbers; NaN without numbers. The mean is computed even if the sum of the numbers exceeds
    /// the range of a double.
    /// </summary>
    public static double Mean(ReadOnlySpan<double> numbers)
    {
        var (sum, mean) = (0.0, 0.0);
        foreach (var number in numbers)
            (sum, mean) = (sum + number, mean + number / numbers.Length);
        return numbers.Length == 0 ? double.NaN : double.IsFinite(sum) ? sum / numbers.Length : mean;
    }

    /// <summary>
    /// The default interval method of a statistic: order statistics for the median, Student's t for the mean, none for
    /// other statistics.
    /// </summary>
    public static IntervalMethod MethodOf(Statistic statistic) => statistic switch
    {
        Statistic.Median => IntervalMethod.Order,
        Statistic.Mean => IntervalMethod.T,
        _ => IntervalMethod.None,
    };

    /// <summary>
    /// A statistic of samples with its 95% confidence interval. Fewer than three samples have no confidence interval;
    /// the median of three to five samples has a bootstrap interval instead of one from order statistics. If an end of
    /// a confidence interval would exceed the range of a double, the statistic has no interval. The result is null
    /// without samples, except for <see cref="Statistic.Count"/>, and when the statistic itself exceeds the range of a
    /// double.
    /// </summary>
    public static Estimate? Interval(Statistic statistic, IReadOnlyList<double> samples,
        IntervalMethod? method = null) =>
        IntervalOf(statistic, samples, method) is not { } estimate || !double.IsFinite(estimate.Value) ? null
        : estimate is { Low: { } low, High: { } high } && !(double.IsFinite(low) && double.IsFinite(high))
            ? new Estimate(estimate.Value) : estimate;

    private static Estimate? IntervalOf(Statistic statistic, IReadOnlyList<double> samples, IntervalMethod? method)
    {
        if (samples.Count == 0)
            return statistic == Statistic.Count ? new Estimate(0) : null;
        if (samples.Count < LeastForInterval)
            return new Estimate(Of(statistic, samples));
        return (method ?? MethodOf(statistic)) switch
        {
            IntervalMethod.Order when samples.Count >= LeastForOrder => MedianInterval(samples),
            IntervalMethod.Order or IntervalMethod.Bootstrap => Bootstrap(statistic, samples),
            IntervalMethod.T => MeanInterval(samples),
            _ => new Estimate(Of(statistic, samples)),
        };
    }

    /// <summary>
    /// The median with its 95% confidence interval from order statistics. With fewer than six samples the median has no
    /// interval from order statistics, and Low and High are null. Without samples, the median is null.
    /// </summary>
    public static Estimate? MedianInterval(IReadOnlyList<double> samples)
    {
        if (samples.Count == 0)
            return null;
        var sorted = samples.Order().ToArray();
        var median = Of(Statistic.Median, sorted);
        // The interval extends from the k-th smallest to the k-th largest sample, for the largest k such that the true
        // median lies below it with a probability of at most 2.5%.
        var k = 0;
        while (k < sorted.Length / 2 && Binomial.CDF(0.5, sorted.Length, k) <= 0.025)
            k++;
        return k == 0 ? new Estimate(median) : new Estimate(median, sorted[k - 1], sorted[^k]);
    }

    /// <summary>The mean with its 95% t-interval; no interval for a single sample, NaN without samples.</summary>
    public static Estimate MeanInterval(IReadOnlyList<double> samples)
    {
        var mean = Of(Statistic.Mean, samples);
        if (samples.Count < 2)
            return new Estimate(mean);
        var half = StudentT.InvCDF(0, 1, samples.Count - 1, 0.975) * ArrayStatistics.StandardDeviation([.. samples])
            / Math.Sqrt(samples.Count);
        return new Estimate(mean, mean - half, mean + half);
    }

    /// <summary>The statistic of one resample, drawn from the samples with replacement.</summary>
    public static double OfResample(Statistic statistic, IReadOnlyList<double> samples, Random random)
    {
        Span<double> drawn = samples.Count <= 256 ? stackalloc double[samples.Count] : new double[samples.Count];
        for (var i = 0; i < drawn.Length; i++)
            drawn[i] = samples[random.Next(samples.Count)];
        return OfBuffer(statistic, drawn);
    }

    /// <summary>
    /// The resampling seed derived from a text, so that the same data give the same interval on every machine.
    /// </summary>
    public static int SeedOf(string text) =>
        int.Parse(ContentHashes.OfText(text)[..7], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>The range of the middle 95% of the values; this method sorts the values in place.</summary>
    public static (double Low, double High) Middle95(double[] values)
    {
        Array.Sort(values);
        return (QuantileOfSorted(values, 0.025), QuantileOfSorted(values, 0.975));
    }

    private static Estimate Bootstrap(Statistic statistic, IReadOnlyList<double> samples)
    {
        var random = new Random(
            SeedOf(string.Join(' ', samples.Select(sample => sample.ToString("R", CultureInfo.InvariantCulture)))));
        var values = new double[Resamples];
        for (var i = 0; i < Resamples; i++)
            values[i] = OfResample(statistic, samples, random);
        var (low, high) = Middle95(values);
        return new Estimate(Of(statistic, samples), low, high);
    }

    // Reduces the numbers in a buffer to one, and may sort the buffer in place.
    private static double OfBuffer(Statistic statistic, Span<double> buffer)
    {
        if (statistic == Statistic.Count)
            return buffer.Length;
        if (buffer.Length == 0)
            return double.NaN;
        if (statistic == Statistic.Median)
        {
            buffer.Sort();
            // If a number is NaN, so is the result: NaN sorts first, so every other result would be wrong.
            return double.IsNaN(buffer[0]) ? double.NaN
                : buffer.Length % 2 == 1 ? buffer[buffer.Length / 2] : Mean(buffer.Slice(buffer.Length / 2 - 1, 2));
        }
        if (statistic == Statistic.Mean)
            return Mean(buffer);
        var (sum, least, most) = (0.0, buffer[0], buffer[0]);
        foreach (var sample in buffer)
            (sum, least, most) = (sum + sample, Math.Min(least, sample), Math.Max(most, sample));
        return statistic switch { Statistic.Min => least, Statistic.Max => most, _ => sum };
    }
}
