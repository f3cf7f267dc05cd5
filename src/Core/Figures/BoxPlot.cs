using ScottPlot;

namespace Verus.Artifact.Figures;

/// <summary>Boxes from the lower to the upper quartile of numbers, with whiskers and outliers.</summary>
internal sealed class BoxPlot : SampleChart
{
    // Tukey's rule.
    private const double Reach = 1.5;

    /// <inheritdoc/>
    public override string Name => "BoxPlot";

    /// <inheritdoc/>
    internal override IReadOnlyList<string>? Method(FigureData data) =>
    [
        $"Box: quartiles and median of the {Noun}s; whiskers: the last {Noun} within 1.5 times the box; "
            + $"dots: {Noun}s beyond; {Spread.Each(data, Counted)}.",
    ];

    /// <inheritdoc/>
    protected override void AddShape(
        SampleSlot slot, List<PlotShape> shapes, List<PlotShape> lines, List<Coordinates> dots)
    {
        var (samples, middle, half) = (slot.Sorted, slot.Middle, slot.Half);
        double[] quartiles =
            [Spread.Quantile(samples, 0.25), Spread.Quantile(samples, 0.5), Spread.Quantile(samples, 0.75)];
        var reach = Reach * (quartiles[2] - quartiles[0]);
        var (low, high) = (samples.First(sample => sample >= quartiles[0] - reach),
            samples.Last(sample => sample <= quartiles[2] + reach));
        var (bottom, median, top) = (slot.Up(quartiles[0]), slot.Up(quartiles[1]), slot.Up(quartiles[2]));
        // A whisker never starts inside the box when quartiles lie between samples.
        var (least, most) = (Math.Min(slot.Up(low), bottom), Math.Max(slot.Up(high), top));
        shapes.Add(slot.Stroke(middle, least, middle, bottom));
        shapes.Add(slot.Stroke(middle, top, middle, most));
        shapes.Add(slot.Stroke(middle - half / 2, least, middle + half / 2, least));
        shapes.Add(slot.Stroke(middle - half / 2, most, middle + half / 2, most));
        shapes.Add(slot.Area(
            [(middle - half, bottom), (middle + half, bottom), (middle + half, top), (middle - half, top)]));
        lines.Add(slot.Stroke(middle - half, median, middle + half, median, width: 1.6f) with { Line = Ink.Black });
        dots.AddRange(samples.Where(sample => sample < low || sample > high)
            .Select(sample => At(slot.Panel, middle, slot.Up(sample))));
    }
}
