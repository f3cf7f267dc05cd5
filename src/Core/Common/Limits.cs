using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Verus.Artifact.Common;

/// <summary>
/// Confidence limits. The probability that the true value lies beyond a limit is at most the requested level; the lower
/// and the upper limit, each at the level 0.025, together form a 95% interval. A limit that the samples cannot give is
/// infinite.
/// </summary>
/// <param name="Low">The lower limit.</param>
/// <param name="High">The upper limit.</param>
public readonly record struct Limits(double Low, double High)
{
    /// <summary>The level of each limit of a 95% interval.</summary>
    public const double Usual = 0.025;

    /// <summary>Infinite limits, for samples from which nothing follows.</summary>
    public static Limits None { get; } = new(double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>
    /// The factor from the standard error of a mean to that of a median: the median of normal samples has the
    /// asymptotic efficiency 2/π (Casella and Berger, Statistical Inference, example 10.2.4). A median of few samples
    /// needs a smaller factor, so the asymptotic factor is on the safe side.
    /// </summary>
    private static readonly double MedianFactor = Math.Sqrt(Math.PI / 2);

    /// <summary>
    /// Limits of a mean by Student's t (Student 1908), for roughly normal samples; infinite for fewer than three
    /// samples.
    /// </summary>
    public static Limits OfMean(IReadOnlyList<double> samples, double level)
    {
        if (samples.Count < Statistics.LeastForInterval)
            return None;
        var mean = Statistics.Mean([.. samples]);
        return Around(mean, Deviation(samples) / Math.Sqrt(samples.Count), samples.Count - 1, level);
    }

    /// <summary>
    /// Limits of a median from order statistics, whatever the distribution (David and Nagaraja, Order Statistics,
    /// section 7.1). If the samples are too few for the level (six are needed at 0.025), the limits are those of
    /// normal samples by Student's t, and at least as wide as the samples. For fewer than three samples, the limits of
    /// a median are infinite.
    /// </summary>
    public static Limits OfMedian(IReadOnlyList<double> samples, double level)
    {
        if (samples.Count < Statistics.LeastForInterval)
            return None;
        double[] sorted = [.. samples.Order()];
        var k = 0;
        while (k < sorted.Length / 2 && Binomial.CDF(0.5, sorted.Length, k) <= level)
            k++;
        if (k > 0)
            return new Limits(sorted[k - 1], sorted[^k]);
        var normal = Around(Statistics.Median(sorted), MedianFactor * Deviation(sorted) / Math.Sqrt(sorted.Length),
            sorted.Length - 1, level);
        return new Limits(Math.Min(normal.Low, sorted[0]), Math.Max(normal.High, sorted[^1]));
    }

    /// <summary>
    /// The standard error of a median: the larger of two estimates, one from order statistics (Price and Bonett,
    /// Journal of Statistical Computation and Simulation 72, 2002), which holds whatever the distribution, and one for
    /// normal samples. With fewer than six samples, the standard error of a median has only the estimate for normal
    /// samples.
    /// </summary>
    public static double ErrorOfMedian(IReadOnlyList<double> samples)
    {
        var (n, normal) = (samples.Count, MedianFactor * Deviation(samples) / Math.Sqrt(samples.Count));
        if (n < Statistics.LeastForOrder)
            return normal;
        var c = Math.Max(1, (int)Math.Round((n + 1) / 2.0 - Math.Sqrt(n)));
        double[] sorted = [.. samples.Order()];
        return Math.Max(normal, (sorted[^c] - sorted[c - 1]) / (-2 * Normal.InvCDF(0, 1,
            Binomial.CDF(0.5, n, c - 1))));
    }

    /// <summary>The standard deviation of samples, with n - 1 in the denominator.</summary>
    public static double Deviation(IReadOnlyList<double> samples) =>
        ArrayStatistics.StandardDeviation([.. samples]);

    /// <summary>Confidence limits by Student's t around a value with a standard error.</summary>
    public static Limits Around(double value, double error, double freedom, double level)
    {
        var half = error == 0 ? 0 : Quantile(level, freedom) * error;
        return double.IsFinite(half) ? new Limits(value - half, value + half) : None;
    }

    /// <summary>The quantile of Student's t that is exceeded with the probability of the level.</summary>
    public static double Quantile(double level, double freedom) => double.IsFinite(freedom)
        ? StudentT.InvCDF(0, 1, freedom, 1 - level) : Normal.InvCDF(0, 1, 1 - level);

    /// <summary>
    /// The degrees of freedom of a sum of independent variances of means (Welch 1938; Satterthwaite, Biometrics
    /// Bulletin 2, 1946).
    /// </summary>
    /// <param name="parts">Each variance of a mean with its own degrees of freedom.</param>
    public static double Freedom(IEnumerable<(double Variance, double Freedom)> parts)
    {
        var (sum, below) = (0.0, 0.0);
        foreach (var (variance, freedom) in parts)
            (sum, below) = (sum + variance, below + variance * variance / freedom);
        return below == 0 ? double.PositiveInfinity : sum * sum / below;
    }
}
