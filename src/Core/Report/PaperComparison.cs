using Verus.Artifact.Common;
using Verus.Artifact.Data;

namespace Verus.Artifact.Report;

/// <summary>A point as it was measured on this machine and as the authors recorded it.</summary>
/// <param name="Here">The measured point; null when only the authors have the point.</param>
/// <param name="Paper">The recorded point; null when the authors have no such point.</param>
/// <param name="Ratio">The measured number divided by the recorded one; null unless both have a number of the same unit
/// and the recorded one is not zero.</param>
internal sealed record ComparedPoint(DataPoint? Here, DataPoint? Paper, double? Ratio)
{
    /// <summary>
    /// The ratio with the limits that follow from the intervals of the two numbers; null without a ratio. The logarithm
    /// of the ratio is a difference of two independent numbers, whose limits follow from theirs (method of variance
    /// estimates recovery: Zou and Donner, Statistics in Medicine 27, 2008). A recorded number without an interval is
    /// taken as exact. Without an interval of a positive measured number, the ratio has no limits.
    /// </summary>
    public Estimate? RatioInterval
    {
        get
        {
            if (Ratio is not { } ratio)
                return null;
            var (here, paper) = (Here!.Estimate!, Paper!.Estimate!);
            if (here is not { Low: > 0 and { } low, High: { } high } || paper.Value <= 0
                || paper is { Low: <= 0, High: not null })
                return new Estimate(ratio);
            var (least, most) = paper is { Low: { } below, High: { } above }
                ? (below, above) : (paper.Value, paper.Value);
            static double Log(double one, double other) => Math.Log(one / other);
            var (down, up) = (Math.Sqrt(Math.Pow(Log(here.Value, low), 2) + Math.Pow(Log(most, paper.Value), 2)),
                Math.Sqrt(Math.Pow(Log(high, here.Value), 2) + Math.Pow(Log(paper.Value, least), 2)));
            return new Estimate(ratio, ratio * Math.Exp(-down), ratio * Math.Exp(up));
        }
    }

    /// <summary>The value of a key column of the point.</summary>
    public string this[string column] => Here?[column] is { Length: > 0 } value ? value : Paper?[column] ?? "";
}

/// <summary>Pairs the authors' numbers with the numbers that were measured on this machine.</summary>
internal static class PaperComparison
{
    /// <summary>
    /// Returns the measured points, each with the recorded point that has the same values in the columns common to both
    /// datasets, followed by the recorded points that were not measured. If the values of the common columns match more
    /// than one point on either side, the points are not paired, since any pairing would be a guess.
    /// </summary>
    public static IReadOnlyList<ComparedPoint> Of(Dataset here, Dataset? paper)
    {
        if (paper is null)
            return [.. here.Points.Select(point => new ComparedPoint(point, null, null))];
        var shared = here.Columns.Intersect(paper.Columns, StringComparer.Ordinal).ToList();
        var measured = here.Points.ToLookup(Key, StringComparer.Ordinal);
        var recorded = paper.Points.ToLookup(Key, StringComparer.Ordinal);
        return
        [
            .. here.Points.Select(point => Other(Key(point)) is { } other
                ? new ComparedPoint(point, other, Ratio(point, other)) : new ComparedPoint(point, null, null)),
            .. paper.Points.Where(point => !measured.Contains(Key(point)))
                .Select(point => new ComparedPoint(null, point, null)),
        ];

        string Key(DataPoint point) => string.Join('\u001f', shared.Select(column => point[column]));

        DataPoint? Other(string key) => measured[key].Skip(1).Any() || recorded[key].Skip(1).Any()
            ? null : recorded[key].FirstOrDefault();

        double? Ratio(DataPoint point, DataPoint other) =>
            point.Estimate is { } a && other.Estimate is { } b && b.Value != 0 && double.IsFinite(a.Value / b.Value)
            && (point.Unit ?? here.Unit) == (other.Unit ?? paper.Unit) ? a.Value / b.Value : null;
    }
}
