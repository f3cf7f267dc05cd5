namespace Verus.Artifact.Common;

/// <summary>Limits of the ratio of two positive quantities, each of which has samples.</summary>
public static class RatioLimits
{
    // The largest distance of the ratio of two medians from the centre of its limits, as a share of their width, at
    // which the two distributions are still regarded as having the same shape.
    internal const double MostApart = 0.75;

    /// <summary>
    /// Limits of the ratio of two means (Fieller, Journal of the Royal Statistical Society B 16, 1954), with Welch and
    /// Satterthwaite's degrees of freedom for independent samples. For paired samples, the limits of the ratio of means
    /// take their covariance into account.
    /// </summary>
    public static Limits OfMeans(IReadOnlyList<double> above, IReadOnlyList<double> below, bool paired, double level)
    {
        if (Math.Min(above.Count, below.Count) < Statistics.LeastForInterval)
            return Limits.None;
        return Fieller(Part.Of(above), Part.Of(below), paired ? Covariance(above, below) / above.Count : null, level);
    }

    /// <summary>
    /// Limits of the ratio of two means by Fieller's theorem, each mean with its variance and degrees of freedom.
    /// </summary>
    /// <param name="above">The mean that is divided.</param>
    /// <param name="below">The mean by which it is divided.</param>
    /// <param name="covariance">The covariance of the means of paired samples; null for independent samples.</param>
    /// <param name="level">The level of each limit.</param>
    internal static Limits Fieller(Part above, Part below, double? covariance, double level)
    {
        var ((x, vx, fx), (y, vy, fy), shared) = (above, below, covariance ?? 0);
        var ratio = x / y;
        var freedom = covariance is null ? Limits.Freedom([(vx, fx), (ratio * ratio * vy, fy)]) : fx;
        if (vx == 0 && vy == 0)
            return new Limits(ratio, ratio);
        // The limits enclose the ratios r for which |x - r y| is within t standard errors of x - r y, which is a
        // quadratic inequality.
        var t = Limits.Quantile(level, freedom);
        var (a, b, c) = (y * y - t * t * vy, x * y - t * t * shared, x * x - t * t * vx);
        var root = b * b - a * c;
        return a > 0 && root >= 0 ? new Limits((b - Math.Sqrt(root)) / a, (b + Math.Sqrt(root)) / a) : Limits.None;
    }

    /// <summary>
    /// Limits of the ratio of two medians, under the assumption that the two distributions differ by a factor only. For
    /// paired samples, the logarithms of the pairs' ratios are symmetric around the logarithm of the factor under this
    /// assumption, whatever the distribution, and Student's t applies to them; for independent samples, a rank test is
    /// used (<see cref="RankLimits"/>). If the ratio of the medians is far outside of its limits, the assumption that
    /// the distributions differ by a factor is wrong, and the limits are widened to those that follow from the limits
    /// of the two medians. With too few samples for a rank test, the samples are taken as roughly normal (Welch).
    /// </summary>
    public static Limits OfMedians(IReadOnlyList<double> above, IReadOnlyList<double> below, bool paired, double level)
    {
        if (Math.Min(above.Count, below.Count) < Statistics.LeastForInterval || above.Min() <= 0 || below.Min() <= 0)
            return Limits.None;
        double[] left = [.. above.Select(number => Math.Log(number))];
        double[] right = [.. below.Select(number => Math.Log(number))];
        double[] pairs = paired ? [.. left.Zip(right, (one, other) => one - other)] : [];
        var rank = paired ? Limits.OfMean(pairs, level) : RankLimits.OfShift(left, right, level);
        var ratio = Statistics.Median(left) - Statistics.Median(right);
        if (!double.IsFinite(rank.Low)
            || Math.Abs(ratio - (rank.Low + rank.High) / 2) > MostApart * (rank.High - rank.Low))
        {
            var welch = Welch(left, right, ratio, level);
            rank = double.IsFinite(rank.Low)
                ? new Limits(Math.Min(rank.Low, welch.Low), Math.Max(rank.High, welch.High)) : welch;
        }
        return new Limits(Math.Exp(rank.Low), Math.Exp(rank.High));
    }

    /// <summary>
    /// Limits of the ratio of two medians or means of which each run, or each pair of runs, gives one ratio: Student's
    /// t on the logarithms of the ratios, see <see cref="BetweenRuns"/>. The limits enclose the ratio of all samples.
    /// </summary>
    /// <param name="ratio">The ratio of all samples.</param>
    /// <param name="logarithms">The logarithm of the ratio of each run.</param>
    /// <param name="level">The level of each limit.</param>
    internal static Limits OfRuns(double ratio, IReadOnlyList<double> logarithms, double level)
    {
        var limits = BetweenRuns.Around(Math.Log(ratio), logarithms, level);
        return new Limits(Math.Exp(limits.Low), Math.Exp(limits.High));
    }

    private static Limits Welch(double[] left, double[] right, double ratio, double level)
    {
        var (one, other) = (Limits.ErrorOfMedian(left), Limits.ErrorOfMedian(right));
        return Limits.Around(ratio, Math.Sqrt(one * one + other * other),
            Limits.Freedom([(one * one, left.Length - 1), (other * other, right.Length - 1)]), level);
    }

    private static double Variance(IReadOnlyList<double> samples) => Math.Pow(Limits.Deviation(samples), 2);

    private static double Covariance(IReadOnlyList<double> left, IReadOnlyList<double> right)
    {
        var (x, y) = (Statistics.Mean([.. left]), Statistics.Mean([.. right]));
        return left.Zip(right, (one, other) => (one - x) * (other - y)).Sum() / (left.Count - 1);
    }

    /// <summary>A mean, its variance, and the degrees of freedom of the variance.</summary>
    internal readonly record struct Part(double Mean, double Variance, double Freedom)
    {
        /// <summary>The mean of independent samples.</summary>
        public static Part Of(IReadOnlyList<double> samples) =>
            new(Statistics.Mean([.. samples]), RatioLimits.Variance(samples) / samples.Count, samples.Count - 1);
    }
}
