using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Verus.Artifact.Common;

/// <summary>
/// Samples of several runs, which may differ by more than samples of one run do (Kalibera and Jones, ISMM'13). The
/// model is the one-way analysis of variance with random effects (Scheffé, The Analysis of Variance, chapter 7).
/// </summary>
public static class BetweenRuns
{
    /// <summary>
    /// The level of the test of whether runs differ. Samples of all runs are pooled only if the test is not significant
    /// at this level, which is so high because a test at a usual level would overlook differences that make pooled
    /// limits too narrow (Bancroft, Annals of Mathematical Statistics 15, 1944; Bozivich, Bancroft and Hartley, Annals
    /// of Mathematical Statistics 27, 1956).
    /// </summary>
    public const double PoolingLevel = 0.25;

    /// <summary>
    /// The level of the test for fewer than <see cref="LeastForPooling"/> runs, and for runs of which one has more than
    /// twice as many samples as another. Pooled limits are then more wrong if runs differ, and the test shows it less
    /// often: at 0.25, limits of five runs of 12 and four times 2 samples cover as little as 88%, and at 0.5 at least
    /// 92% (<c>bench/verdicts only=runs</c>).
    /// </summary>
    public const double CarefulLevel = 0.5;

    /// <summary>The number of runs from which <see cref="PoolingLevel"/> is enough.</summary>
    public const int LeastForPooling = 5;

    /// <summary>Whether runs differ by more than chance, so that their samples are not pooled.</summary>
    /// <inheritdoc cref="Probability"/>
    public static bool Differ(IReadOnlyList<double> samples, IReadOnlyList<string> runs, bool byRanks)
    {
        var sizes = runs.CountBy(run => run).Select(run => run.Value).ToList();
        var isEasy = sizes.Count >= LeastForPooling && sizes.Max() <= 2 * sizes.Min();
        return Probability(samples, runs, byRanks) < (isEasy ? PoolingLevel : CarefulLevel);
    }

    /// <summary>
    /// The probability that samples whose runs do not differ are at least as unlike between runs as these are (F test);
    /// 1 where it cannot be tested, because there is one run, or one sample of each run.
    /// </summary>
    /// <param name="samples">The samples.</param>
    /// <param name="runs">The run of each sample.</param>
    /// <param name="byRanks">Whether the ranks of the samples are tested, so that single outliers do not hide a
    /// difference of medians (Conover and Iman, The American Statistician 35, 1981).</param>
    public static double Probability(IReadOnlyList<double> samples, IReadOnlyList<string> runs, bool byRanks)
    {
        var groups = Groups(byRanks ? samples.Ranks(RankDefinition.Average) : samples, runs);
        var (between, within) = (groups.Count - 1, samples.Count - groups.Count);
        if (between < 1 || within < 1)
            return 1;
        var mean = groups.Average(group => group.Average());
        var all = groups.SelectMany(group => group).Average();
        var outside = groups.Sum(group => group.Count * Math.Pow(group.Average() - all, 2)) / between;
        var inside = groups.Sum(group => group.Sum(sample => Math.Pow(sample - group.Average(), 2))) / within;
        return inside > 0 ? 1 - FisherSnedecor.CDF(between, within, outside / inside)
            : groups.TrueForAll(group => group.Average() == mean) ? 1 : 0;
    }

    /// <summary>Reduces the samples of each run to one number, in the order of the runs.</summary>
    public static double[] Reduce(IReadOnlyList<double> samples, IReadOnlyList<string> runs,
        Func<IReadOnlyList<double>, double> reduce) => [.. Groups(samples, runs).Select(reduce)];

    /// <summary>
    /// Limits by Student's t of one number of each run, with one degree of freedom less than there are runs. Every run
    /// counts once, however many samples it has; where the runs have different numbers of samples, the numbers of the
    /// runs have different variances, which keeps the error rate of a t-test of normal numbers at usual levels below
    /// its nominal one (Benjamini, Journal of the American Statistical Association 78, 1983). The limits enclose the
    /// value of all samples together.
    /// </summary>
    /// <param name="value">The value that the limits are for, such as the median of all samples.</param>
    /// <param name="runs">The number of each run, such as its median.</param>
    /// <param name="level">The level of each limit.</param>
    public static Limits Around(double value, IReadOnlyList<double> runs, double level)
    {
        var limits = Limits.Around(Statistics.Mean([.. runs]), ErrorOf(runs), runs.Count - 1, level);
        return new Limits(Math.Min(limits.Low, value), Math.Max(limits.High, value));
    }

    /// <summary>The standard error of the mean of the numbers of runs.</summary>
    public static double ErrorOf(IReadOnlyList<double> runs) => Limits.Deviation(runs) / Math.Sqrt(runs.Count);

    private static List<List<double>> Groups(IReadOnlyList<double> samples, IReadOnlyList<string> runs) =>
        [.. samples.Zip(runs).GroupBy(pair => pair.Second, StringComparer.Ordinal)
            .Select(group => group.Select(pair => pair.First).ToList())];
}
