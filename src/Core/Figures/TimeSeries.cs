using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>
/// A chart of numbers over time, such as the rows of one run. If a series has many numbers, <c>Window</c> shows the
/// mean of each window of time, with a band from the smallest to the largest number in that window.
/// </summary>
internal sealed class TimeSeries : LineChart
{
    private double? window;

    /// <inheritdoc/>
    public override string Name => "TimeSeries";

    /// <inheritdoc/>
    internal override IEnumerable<string> Notes(FigureData data) => [];

    /// <inheritdoc/>
    internal override IEnumerable<string> Crowded(FigureData data, IReadOnlyList<ChartSeries> series, float length) =>
        [];

    /// <inheritdoc/>
    internal override IReadOnlyList<string>? Method(FigureData data) => window is { } stretch
        ? [$"Line: mean over windows of {NumberText.Exact(stretch)} along {string.Join(' ', data.Figure.X)}; "
            + "band: from the smallest to the largest number of each."]
        : base.Method(data);

    /// <inheritdoc/>
    protected override bool HasFewMarkers => true;

    /// <inheritdoc/>
    protected override FigureDeclaration ReadOwn(MetadataReader reader, FigureDeclaration figure)
    {
        figure = base.ReadOwn(reader, figure);
        var kind = (TimeSeries)figure.Kind;
        kind.window = reader.Number("Window", number => number > 0, "a number above 0, in what X is in");
        kind.HasBands |= kind.window is not null;
        if (figure.XScale == AxisScale.Category)
            reader.Bad("XScale", "Category", "a scale of numbers");
        return figure with { XScale = figure.XScale ?? AxisScale.Linear };
    }

    /// <inheritdoc/>
    protected override List<List<PlacedPoint>> Stretches(ChartPanel panel, ChartSeries series)
    {
        if (window is not { } stretch)
            return base.Stretches(panel, series);
        var (axes, onRight) = (panel.Axes, panel.Data.IsOnRight(series.Key));
        var points = panel.PointsOf(series).Where(point => point.Estimate is not null)
            .GroupBy(point => Math.Floor(FigureData.Number(point.X)!.Value / stretch));
        var line = new List<PlacedPoint>();
        foreach (var group in points)
        {
            double[] numbers = [.. group.Select(point => point.Estimate!.Value)];
            var time = Common.Statistics.Mean(group.Select(point => FigureData.Number(point.X)!.Value).ToArray());
            if (axes.X.Place(time) is { } x && axes.PlaceOf(Common.Statistics.Mean(numbers), onRight) is { } y)
                line.Add(new PlacedPoint(
                    x, y, axes.PlaceOf(numbers.Min(), onRight) ?? axes.Y.Low, axes.PlaceOf(numbers.Max(), onRight)));
        }
        return line.Count == 0 ? [] : [line];
    }
}
