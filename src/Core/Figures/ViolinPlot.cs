using MathNet.Numerics.Statistics;
using ScottPlot;
using SkiaSharp;

namespace Verus.Artifact.Figures;

/// <summary>A chart of the density of samples, mirrored, with the quartiles and the median inside.</summary>
internal sealed class ViolinPlot : SampleChart
{
    private const int Steps = 64;

    /// <inheritdoc/>
    public override string Name => "ViolinPlot";

    /// <inheritdoc/>
    internal override IReadOnlyList<string>? Method(FigureData data) =>
    [
        $"Outline: density of the {Noun}s (Gaussian kernel, Silverman's bandwidth), from the smallest to the largest, "
            + $"each as wide as the others; bar: quartiles; line across: median; {Spread.Each(data, Counted)}.",
    ];

    /// <inheritdoc/>
    protected override void AddShape(
        SampleSlot slot, List<PlotShape> shapes, List<PlotShape> lines, List<Coordinates> dots)
    {
        // The density is computed in the coordinates of the axis, so that a logarithmic axis shows the density of
        // logarithms.
        double[] places = [.. slot.Sorted.Select(slot.Up)];
        var (low, high) = (places[0], places[^1]);
        double At(double share) => Spread.Quantile(places, share);
        if (!(high - low > Math.Abs(high) * 1e-12))
        {
            // Samples that are all equal have no density, so they are drawn as a line.
            lines.Add(slot.Stroke(slot.Middle - slot.Half, low, slot.Middle + slot.Half, low, width: 1.6f));
            return;
        }
        var widths = Densities(places, low, high, At(0.75) - At(0.25));
        var most = widths.Max();
        IEnumerable<(double Place, double Value)> Side(int sign) => widths.Select((width, step) =>
            (slot.Middle + sign * slot.Half * width / most, low + (high - low) * step / Steps));
        shapes.Add(slot.Area([.. Side(1), .. Side(-1).Reverse()]));
        lines.Add(slot.Stroke(slot.Middle, At(0.25), slot.Middle, At(0.75), width: 2.4f) with { Line = Ink.Black });
        var (median, half) = (At(0.5), slot.Half * 0.4);
        PlotShape Across(float width) =>
            slot.Stroke(slot.Middle - half, median, slot.Middle + half, median, width);
        lines.Add(Across(2.6f) with { Line = SKColors.White });
        lines.Add(Across(1.2f) with { Line = Ink.Black });
    }

    private static double[] Densities(double[] places, double low, double high, double quartiles)
    {
        var deviation = places.StandardDeviation();
        var scale = quartiles > 0 ? Math.Min(deviation, quartiles / 1.34) : deviation;
        var bandwidth = Math.Max(0.9 * scale * Math.Pow(places.Length, -0.2), (high - low) / (4 * Steps));
        return [.. Enumerable.Range(0, Steps + 1).Select(step =>
        {
            var at = low + (high - low) * step / Steps;
            return places.Sum(place => Math.Exp(-0.5 * Math.Pow((at - place) / bandwidth, 2)));
        })];
    }
}
