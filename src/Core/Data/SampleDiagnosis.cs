using System.Globalization;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using Verus.Artifact.Common;
using Statistics = Verus.Artifact.Common.Statistics;

namespace Verus.Artifact.Data;

/// <summary>
/// Tests whether the samples of a dataset violate the assumptions of confidence intervals. A violated assumption
/// becomes a note of the dataset; no sample is dropped. Each test of an assumption has an error rate of 1% over all
/// points together, and of 2% for positive correlation, so that notes are rarely false alarms.
/// </summary>
public static class SampleDiagnosis
{
    // Fewer samples show nothing.
    private const int LeastSamples = 6;
    private const double Level = 0.01;
    // Only positive correlation makes intervals too narrow, and it is hard to see in few samples.
    private const double LevelOfCorrelation = 0.02;
    // A gap that is a smaller share of the range is no gap to the eye, however many samples there are.
    private const double LeastGap = 0.1;
    // The sum of fewer products of scores is not roughly normal.
    private const int LeastPairs = 20;

    /// <summary>Returns notes on the samples of a measured dataset.</summary>
    public static IReadOnlyList<string> Of(Dataset dataset)
    {
        var points = dataset.Points.Where(point => point.Samples.Count >= LeastSamples && !point.IsExact
            && point.Samples.Distinct().Skip(2).Any()).ToList();
        return points.Count == 0 || dataset.Origin == Origin.Recorded ? []
            : [.. new[] { WarmUp(points), Trend(points), Correlation(points), Neighbours(points), Skewness(points),
                Modes(dataset, points), Outliers(dataset, points), Runs(dataset, points) }.OfType<string>()];
    }

    // Tests whether runs differ by more than samples of one run do, at the level divided by the number of points
    // (Bonferroni).
    private static string? Runs(Dataset dataset, List<DataPoint> points)
    {
        var several = points.Where(point => point.Rounds.Count == point.Samples.Count
            && point.Rounds.Select(RunGroups.RunOf).Distinct().Skip(1).Any()).ToList();
        var found = several.Where(point => BetweenRuns.Probability(point.Samples,
            [.. point.Rounds.Select(RunGroups.RunOf)], byRanks: true) < Level / several.Count).ToList();
        return found.Count == 0 ? null
            : $"the runs of {Names(dataset, found)} differ by more than the samples of one run: intervals rest on runs";
    }

    // Compares the first samples of points with the rest by their ranks among all samples of the point, which are
    // uniformly distributed if the first samples do not differ.
    private static string? WarmUp(List<DataPoint> points)
    {
        var ranks = points.Select(point => Rank(point.Samples, point.Samples[0])).ToList();
        var z = (ranks.Average() - 0.5) * Math.Sqrt(12 * ranks.Count);
        var share = Statistics.Median([.. points.Select(point => point.Samples[0]
            / Statistics.Median([.. point.Samples.Skip(1)]) - 1)]);
        return ranks.Count >= 5 && IsUnlikely(z) ? Text(
            $"the first samples differ from the rest (median {100 * share:+0.0;-0.0}%, z = {z:0.0}): consider WarmUps")
            : null;
    }

    // Tests for a trend by Kendall's tau between the samples of each point and their order, added over the points
    // (Kendall, Rank Correlation Methods, 1975).
    private static string? Trend(List<DataPoint> points)
    {
        var (sum, variance) = (0.0, 0.0);
        foreach (var samples in points.Select(point => point.Samples))
        {
            for (var i = 0; i < samples.Count; i++)
                for (var j = i + 1; j < samples.Count; j++)
                    sum += Math.Sign(samples[j] - samples[i]);
            var n = (double)samples.Count;
            variance += n * (n - 1) * (2 * n + 5) / 18;
        }
        var pairs = points.Sum(point => point.Samples.Count * (point.Samples.Count - 1) / 2.0);
        return IsUnlikely(sum / Math.Sqrt(variance))
            ? Text($"the samples follow a trend from the first to the last (tau = {sum / pairs:0.00})") : null;
    }

    // Tests for autocorrelation by the correlation of each sample with the next sample of its point, averaged over the
    // points, after subtracting the bias of short series (Kendall and Ord, Time Series, section 6.9).
    private static string? Correlation(List<DataPoint> points)
    {
        var (sum, weight) = (0.0, 0.0);
        foreach (var samples in points.Select(point => point.Samples))
        {
            var (n, mean) = ((double)samples.Count, samples.Mean());
            var all = samples.Sum(sample => (sample - mean) * (sample - mean));
            var next = samples.Skip(1).Zip(samples, (one, before) => (one - mean) * (before - mean)).Sum();
            (sum, weight) = (sum + n * (next / all + 1 / n), weight + n);
        }
        return IsPositive(sum / weight * Math.Sqrt(weight)) ? Text(
            $"successive samples are correlated (r = {sum / weight:0.00}): they say less than independent ones would")
            : null;
    }

    // Tests for correlation between each sample and the next one that was taken, of whatever point: an effect of the
    // machine that lasts for several samples cannot be seen in the samples of one point when points alternate. Samples
    // are replaced by the normal scores of their ranks within their point; products of independent scores have the mean
    // zero and the variance one (serial correlation by ranks: Wald and Wolfowitz, Annals of Mathematical Statistics 14,
    // 1943). Two samples of one point are left to the test above.
    private static string? Neighbours(List<DataPoint> points)
    {
        var order = points.Where(point => point.Started.Count == point.Samples.Count)
            .SelectMany(point => Scores(point.Samples).Zip(point.Started, (score, started) => (point, score, started)))
            .OrderBy(sample => sample.started, StringComparer.Ordinal).ToList();
        double[] products = [.. order.Skip(1).Zip(order).Where(pair => pair.First.point != pair.Second.point)
            .Select(pair => pair.First.score * pair.Second.score)];
        return products.Length >= LeastPairs && IsPositive(products.Sum() / Math.Sqrt(products.Length)) ? Text(
            $"samples that were taken one after the other are alike (r = {products.Average():0.00}): the machine ")
            + "changes, which cancels in comparisons by rounds, and not in intervals of single numbers" : null;
    }

    // The normal scores of the ranks of samples, scaled to the variance one.
    private static double[] Scores(IReadOnlyList<double> samples)
    {
        double[] scores = [.. samples.Ranks(RankDefinition.Average)
            .Select(rank => Normal.InvCDF(0, 1, (rank - 0.5) / samples.Count))];
        var size = Math.Sqrt(scores.Average(score => score * score));
        return [.. scores.Select(score => score / size)];
    }

    private static string? Skewness(List<DataPoint> points)
    {
        var (skewness, z) = SkewnessTest.Of(points.Select(point => point.Samples));
        return IsUnlikely(z) ? Text(
            $"the samples are skewed (skewness = {skewness:0.0}): limits of means are less sure than they look") : null;
    }

    // Two groups with a gap between them that normal samples hardly have: the largest distance between neighbours, with
    // at least a fifth of the samples on either side, as a share of the range. Simulated normal samples have a gap of
    // more than 4.1/n in one of twenty points, for n from 10 to 80.
    private static string? Modes(Dataset dataset, List<DataPoint> points)
    {
        var found = points.Where(point => point.Samples.Count >= 10).Where(point =>
        {
            double[] sorted = [.. point.Samples.Order()];
            var margin = sorted.Length / 5;
            var gap = Enumerable.Range(margin, sorted.Length - 2 * margin + 1).Where(i => i > 0 && i < sorted.Length)
                .Max(i => sorted[i] - sorted[i - 1]);
            return gap > Math.Max(LeastGap, 4.1 / sorted.Length) * (sorted[^1] - sorted[0]);
        }).ToList();
        // About one in twenty points with normal samples has a gap of this size.
        return found.Count == 0 || Binomial.CDF(0.05, points.Count, found.Count - 1) < 1 - Level && points.Count > 1
            ? null : Text($"the samples of {Names(dataset, found)} form two groups: the median may be of either");
    }

    // Tests for outliers by the largest distance from the mean in standard deviations (Grubbs, Technometrics 11, 1969),
    // at the level divided by the number of points.
    private static string? Outliers(Dataset dataset, List<DataPoint> points)
    {
        var found = points.Where(point =>
        {
            var (n, mean, deviation) = (point.Samples.Count, point.Samples.Mean(), Limits.Deviation(point.Samples));
            var t = Limits.Quantile(Level / (2.0 * n * points.Count), n - 2);
            return point.Samples.Max(sample => Math.Abs(sample - mean)) / deviation
                > (n - 1) / Math.Sqrt(n) * Math.Sqrt(t * t / (n - 2 + t * t));
        }).ToList();
        return found.Count == 0 ? null : $"outliers among the samples of {Names(dataset, found)}; they count";
    }

    // The share of the samples that are below a given one of them, between 0 and 1.
    private static double Rank(IReadOnlyList<double> samples, double sample) =>
        (samples.Count(other => other < sample) + samples.Count(other => other == sample) / 2.0) / samples.Count;

    private static bool IsPositive(double z) => z > Normal.InvCDF(0, 1, 1 - LevelOfCorrelation);

    private static bool IsUnlikely(double z) => Math.Abs(z) > Normal.InvCDF(0, 1, 1 - Level / 2);

    private static string Names(Dataset dataset, List<DataPoint> points) =>
        string.Join("; ", points.Take(3).Select(point =>
            string.Join(", ", dataset.Columns.Select(column => point[column]))))
            + (points.Count > 3 ? $" and {Amount.Count(points.Count - 3)} more" : "");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
