using System.Globalization;
using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Data;

namespace Verus.Artifact.Report;

/// <summary>
/// A plot of the samples of each point of a dataset as dots on a line, with one scale for all rows. The scale is
/// relative to each point's own number, so that the spread of a short run can be compared with that of a long one;
/// datasets with numbers at or below zero use absolute values.
/// </summary>
internal sealed class StripPlot
{
    private const double Left = 4, Width = 112, Middle = 8;

    private readonly bool relative;
    private readonly double low, high;

    private StripPlot(bool relative, double low, double high) =>
        (this.relative, this.low, this.high) = (relative, low, high);

    /// <summary>A description of the scale, for the heading of the column.</summary>
    public string Scale => relative
        ? $"samples, ±{Amount.Number(100 * high)}%" : $"samples, {Amount.Number(low)} to {Amount.Number(high)}";

    /// <summary>The plot of a dataset; null when no point has two samples that differ.</summary>
    public static StripPlot? Of(Dataset dataset)
    {
        var points = dataset.Points.Where(point => point.Estimate is not null && point.Samples.Count > 0).ToList();
        if (!points.Exists(point => point.Samples.Distinct().Skip(1).Any()))
            return null;
        if (points.TrueForAll(point => point.Estimate!.Value > 0))
        {
            var half = points.Max(point => point.Samples.Max(sample => Math.Abs(sample / point.Estimate!.Value - 1)));
            if (double.IsFinite(half))
                return new StripPlot(true, -half, half);
        }
        return new StripPlot(false, points.Min(point => point.Samples.Min()), points.Max(point => point.Samples.Max()));
    }

    /// <summary>The strip of one point; empty when it has no samples.</summary>
    public string Draw(DataPoint point)
    {
        if (point.Estimate is not { } estimate || point.Samples.Count == 0)
            return "";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"<svg class=\"strip\" viewBox=\"0 0 {Left + Width + Left} {2 * Middle}\" role=\"img\" aria-label=\"");
        text.Append(Amount.Count(point.Samples.Count, "sample")).Append(", ").Append(Amount.Number(point.Samples.Min()))
            .Append(" to ")
            .Append(Amount.Number(point.Samples.Max())).Append("\">");
        text.Append(CultureInfo.InvariantCulture,
            $"<line x1=\"{Left}\" x2=\"{Left + Width}\" y1=\"{Middle}\" y2=\"{Middle}\"/>");
        if (estimate is { Low: { } from, High: { } to } && double.IsFinite(from) && double.IsFinite(to))
        {
            var (first, last) = (Place(from, estimate.Value), Place(to, estimate.Value));
            text.Append(CultureInfo.InvariantCulture,
                $"<rect x=\"{first:0.#}\" y=\"{Middle - 4}\" width=\"{last - first:0.#}\" height=\"8\"/>");
        }
        // Dots at the same position are drawn only once, so that a thousand samples draw no more dots than the strip
        // has room for.
        foreach (var place in point.Samples.Select(sample => Math.Round(2 * Place(sample, estimate.Value)) / 2)
            .Distinct().Order())
            text.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{place:0.#}\" cy=\"{Middle}\" r=\"2.6\"/>");
        return text.Append("</svg>").ToString();
    }

    private double Place(double value, double centre)
    {
        var at = relative ? value / centre - 1 : value;
        // The value and the ends of the scale are halved before they are subtracted, since the difference of the
        // largest numbers would overflow.
        return Left
            + Width * (high > low && (at / 2 - low / 2) / (high / 2 - low / 2) is var share && double.IsFinite(share)
                ? Math.Clamp(share, 0, 1) : 0.5);
    }
}
