using Verus.Artifact.Common;

namespace Verus.Artifact.Figures;

/// <summary>The numbers behind points, for kinds that show how the numbers are distributed.</summary>
internal static class Spread
{
    /// <summary>
    /// The minimum number of samples for quartiles and densities; fewer samples are shown one by one, since a summary
    /// would claim too much.
    /// </summary>
    public const int LeastForShape = 5;

    /// <summary>
    /// Returns the samples of a point, or its number if the point has no samples, as a recorded one. Values that no
    /// axis can show are omitted.
    /// </summary>
    public static IEnumerable<double> SamplesOf(FigurePoint point) =>
        point.Point.Samples.Count > 0
            ? point.Point.Samples.Where(sample => Math.Abs(sample) <= FigurePoint.MostOnAxis)
            : NumberOf(point);

    /// <summary>Returns the number of a point, if it has one.</summary>
    public static IEnumerable<double> NumberOf(FigurePoint point) =>
        point.Estimate is { } estimate ? [estimate.Value] : [];

    /// <summary>
    /// Returns, for each group of points that is drawn, whether its points are recorded: false for the measured points,
    /// and true for the recorded points beside them, if these are drawn.
    /// </summary>
    public static IReadOnlyList<bool> Origins(FigureData data) => data.HasOverlay ? [false, true] : [false];

    /// <summary>Returns all points that are drawn in a panel, including recorded ones beside measured ones.</summary>
    public static IEnumerable<FigurePoint> Drawn(FigureData data, string panel) =>
        (data.HasOverlay ? data.Points.Concat(data.PaperPoints) : data.Points).Where(point => point.Panel == panel);

    /// <summary>
    /// Returns sentences on shown numbers that are not samples or are missing from a logarithmic axis.
    /// </summary>
    public static IEnumerable<string> Notes(FigureData data, AxisScale? scale, CountedNumber counted)
    {
        var points = data.Points.Where(point => point.Estimate is not null).ToList();
        if (points.Exists(point => point.Point.Samples.Count == 0)
            && points.Exists(point => point.Point.Samples.Count > 0))
            yield return "Of points without samples, such as recorded ones, the number stands for them.";
        var beyond = FigureMetadata.IsLog(scale) ? points.SelectMany(SamplesOf).Count(sample => sample <= 0) : 0;
        if (beyond > 0)
            yield return $"{Count(beyond, counted)} at or below zero, which is not on a logarithmic axis.";
        var huge = points.Sum(point =>
            point.Point.Samples.Count(sample => !(Math.Abs(sample) <= FigurePoint.MostOnAxis)));
        if (huge > 0)
            yield return $"{Count(huge, counted)} beyond what an axis shows.";
    }

    /// <summary>Returns how many numbers each series has, as the end of a sentence.</summary>
    public static string Counts(FigureData data, Func<FigurePoint, IEnumerable<double>> numbersOf)
    {
        var counts = data.Series.Where(series => data.SeriesWithNumbers.Contains(series.Value)).Select(series =>
            (series.Label, Count: data.Points.Where(point => point.Series == series.Value)
                .Sum(point => numbersOf(point).Count())));
        return string.Join(", ",
            counts.Select(one => one.Label.Length > 0 ? $"{one.Label} {one.Count}" : $"{one.Count}"));
    }

    /// <summary>Returns a description of how many numbers stand behind each mark.</summary>
    public static string Each(FigureData data, CountedNumber counted)
    {
        var noun = Noun(counted);
        var counts = data.Points.Select(point => point.Point.Samples.Count).Where(count => count > 0).ToList();
        return counts.Count == 0
            ? $"no {noun}s" : counts.Max() == 1
                ? $"1 {noun} each" : counts.Min() == counts.Max() ? $"{counts[0]} {noun}s each"
            : $"{counts.Min()} to {counts.Max()} {noun}s each";
    }

    /// <summary>Returns a quantile of sorted samples.</summary>
    public static double Quantile(double[] sorted, double share) => Statistics.QuantileOfSorted(sorted, share);

    /// <summary>The noun for one of the counted numbers.</summary>
    public static string Noun(CountedNumber counted) => counted == CountedNumber.Points ? "point" : "sample";

    private static string Count(int count, CountedNumber counted) =>
        count == 1 ? $"1 {Noun(counted)} is" : $"{count} {Noun(counted)}s are";
}
