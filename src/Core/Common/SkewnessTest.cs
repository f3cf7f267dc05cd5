using MathNet.Numerics.Distributions;

namespace Verus.Artifact.Common;

/// <summary>
/// The skewness of several sets of samples, averaged over the sets, compared with that of normal samples (Cramér,
/// Mathematical Methods of Statistics, section 29.3).
/// </summary>
internal static class SkewnessTest
{
    /// <summary>The magnitude that the score of normal samples exceeds with a probability of 1%.</summary>
    public static readonly double Unlikely = Normal.InvCDF(0, 1, 0.995);

    /// <summary>
    /// Returns the average skewness, and its score: its distance from zero in standard errors of normal samples. Sets
    /// of fewer than three samples, or of equal samples, say nothing.
    /// </summary>
    public static (double Skewness, double Z) Of(IEnumerable<IReadOnlyList<double>> sets)
    {
        var (sum, weight) = (0.0, 0.0);
        foreach (var samples in sets.Where(samples => samples.Count >= Statistics.LeastForInterval))
        {
            var (n, mean) = ((double)samples.Count, samples.Average());
            var variance = samples.Average(sample => Math.Pow(sample - mean, 2));
            if (variance == 0)
                continue;
            var precision = (n + 1) * (n + 3) / (6 * (n - 2));
            sum += precision * samples.Average(sample => Math.Pow(sample - mean, 3)) / Math.Pow(variance, 1.5);
            weight += precision;
        }
        return weight == 0 ? (0, 0) : (sum / weight, sum / Math.Sqrt(weight));
    }
}
