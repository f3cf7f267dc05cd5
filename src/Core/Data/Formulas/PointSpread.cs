using MathNet.Numerics.Distributions;
using Verus.Artifact.Common;

namespace Verus.Artifact.Data.Formulas;

/// <summary>The uncertainty of the number of one point.</summary>
internal sealed class PointSpread
{
    /// <summary>The reason why a point with one or two samples has no limits.</summary>
    public const string TooFew = "a point with fewer than 3 samples decides nothing";

    private readonly Statistic statistic;
    private readonly DataPoint point;

    public PointSpread(DataPoint point, Dataset dataset)
    {
        this.point = point;
        statistic = StatisticOf(dataset);
        // A sum of samples is their mean times their number.
        Samples = statistic == Statistic.Sum
            ? [.. point.Samples.Select(sample => sample * point.Samples.Count)] : point.Samples;
        if (point.Above is not null)
            return;
        if (Recorded(dataset) || point.IsExact || statistic == Statistic.Count)
            return;
        if (point.Lineage is { } lineage)
        {
            Why = lineage.Reasons.Count > 0 ? lineage.Reasons[0] : null;
            var (low, high) = lineage.At(Limits.Usual);
            Error = Why is null && double.IsFinite(high - low) ? Width(low, high) : 0;
        }
        else if (Samples.Count == 0 && point is { IsDerived: true, Estimate.Low: null })
            Why = "a point that is computed from others has no interval";
        else if (Samples.Count == 0)
            Error = point.Estimate is { Low: { } low, High: { } high } ? Width(low, high) : 0;
        else if (Samples.Count < Statistics.LeastForInterval)
            Why = TooFew;
        else if (statistic is Statistic.Min or Statistic.Max)
            Why = $"no valid rule is known for the {$"{statistic}".ToLowerInvariant()} of samples";
        else
        {
            ErrorOfSamples = statistic == Statistic.Median
                ? Limits.ErrorOfMedian(Samples) : Limits.Deviation(Samples) / Math.Sqrt(Samples.Count);
            ByRuns = point.ByRuns(statistic);
            Error = ByRuns is null ? ErrorOfSamples : BetweenRuns.ErrorOf(ByRuns);
        }
    }

    /// <summary>
    /// The number of each run or boot, if these differ by more than chance; null if the samples are as good as those
    /// of one run.
    /// </summary>
    public double[]? ByRuns { get; }

    /// <summary>The standard error that the number would have if all samples were independent.</summary>
    public double ErrorOfSamples { get; }

    /// <summary>The samples whose median or mean is the point's number; empty when the point has no samples.</summary>
    public IReadOnlyList<double> Samples { get; }

    /// <summary>Whether the point's number is a median of samples, and not a mean.</summary>
    public bool IsMedian => statistic == Statistic.Median;

    /// <summary>The standard error of the point's number; zero when the number is exact.</summary>
    public double Error { get; }

    /// <summary>The degrees of freedom of the standard error.</summary>
    public double Freedom => ByRuns is not null
        ? ByRuns.Length - 1 : Samples.Count > 1 ? Samples.Count - 1 : double.PositiveInfinity;

    /// <summary>Why the uncertainty of the number is unknown; null when it is known.</summary>
    public string? Why { get; }

    /// <summary>Whether the number is exact, so that no further sample could change it.</summary>
    public bool IsExact => Error == 0 && Why is null && point.Above is null;

    /// <summary>
    /// Whether only a lower limit of the number is known, because all samples reached their time limit.
    /// </summary>
    public bool IsCensored => point.Above is not null;

    /// <summary>The confidence limits of the point's number.</summary>
    public Limits At(double level) => point.Above is { } least
        ? new Limits(least, double.PositiveInfinity) : Why is not null ? Limits.None
        : IsExact ? new Limits(point.Estimate!.Value, point.Estimate.Value)
        : point.Lineage is { } lineage ? lineage.At(level)
        : Samples.Count == 0 ? Limits.Around(point.Estimate!.Value, Error, double.PositiveInfinity, level)
        : ByRuns is not null ? BetweenRuns.Around(point.Estimate!.Value, ByRuns, level)
        : IsMedian ? Limits.OfMedian(Samples, level) : Limits.OfMean(Samples, level);

    /// <summary>Returns the statistic by which the samples of a dataset became numbers.</summary>
    public static Statistic StatisticOf(Dataset dataset) =>
        Declarations.Choices.Find<Statistic>(dataset.Statistic) ?? Statistic.Median;

    // Recorded numbers are treated as exact, since the samples behind them are not known.
    private static bool Recorded(Dataset dataset) => dataset.Origin == Origin.Recorded;

    private static double Width(double low, double high) => (high - low) / (2 * Normal.InvCDF(0, 1, 1 - Limits.Usual));
}
