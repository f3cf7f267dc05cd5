using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>A chart of the number of values in each bin along the x axis.</summary>
internal sealed class Histogram : DistributionChart
{
    private const int LeastBins = 5, MostBins = 40, MostDeclared = 500;

    private const double LeastBarWidth = 0.75;

    private int? bins;
    private bool isShare;

    /// <inheritdoc/>
    public override string Name => "Histogram";

    /// <inheritdoc/>
    internal override bool StandsOnZero => true;

    /// <inheritdoc/>
    internal override string YTitle(FigureData data) =>
        (isShare ? "share of " : "number of ") + (CountsSamples ? "samples" : "points");

    /// <inheritdoc/>
    internal override ChartAxes AxesOf(FigureData data, string panel)
    {
        var figure = data.Figure;
        var x = NumbersAxis(data, panel);
        var groups = data.Series.SelectMany(series => Spread.Origins(data)
            .Select(paper => NumbersOf(data, panel, series.Value, paper))).Where(numbers => numbers.Length > 0)
            .ToList();
        var all = BinsOf(data, panel, x);
        var heights = groups.SelectMany(numbers => HeightsOf(numbers, all, x)).ToList();
        // A logarithmic axis starts at the height of half a number, so that a bar for a single number is visible.
        var least = groups.Select(numbers => isShare ? 0.5 / numbers.Length : 0.5).DefaultIfEmpty(0.5).Min();
        double[] values = [least, .. heights, .. figure.YMarks.Select(mark => FigureData.Number(mark.Value)!.Value)];
        return new ChartAxes(x, AxisView.Of(figure.YScale, values, fromZero: true, figure.YTicks, figure.YLimits),
            IsNumeric: true);
    }

    /// <inheritdoc/>
    internal override void AddMarks(ChartPanel panel) =>
        panel.Plot.Add.Plottable(new BarSet([.. BarsOf(panel).Select(bar => bar.Bar)], lying: false));

    /// <inheritdoc/>
    internal override IEnumerable<ChartMark> MarksOf(ChartPanel panel) => BarsOf(panel).Select(one =>
        new ChartMark(one.Bar.Place, one.Bar.Value, () => SeriesMarks.Text(panel, one.Series,
            $"{NumberText.Of(one.Height)} from {NumberText.Of(one.From)} to {NumberText.Of(one.To)}"))
        {
            Foot = one.Bar.Foot,
            Size = one.Bar.Size,
        });

    private IEnumerable<(PlacedBar Bar, ChartSeries Series, double Height, double From, double To)> BarsOf(
        ChartPanel panel)
    {
        var (x, y) = (panel.Axes.X, panel.Axes.Y);
        var all = BinsOf(panel.Data, panel.Key, x);
        var width = all.Width / panel.Series.Count;
        for (var i = 0; i < panel.Series.Count; i++)
        {
            var series = panel.Series[i];
            var heights = HeightsOf(NumbersOf(panel.Data, panel.Key, series.Key, series.Paper), all, x);
            for (var bin = 0; bin < heights.Length; bin++)
            {
                var start = all.From + bin * all.Width;
                if (heights[bin] > 0 && y.Place(heights[bin]) is { } top)
                    yield return (new PlacedBar(start + (i + 0.5) * width, top, y.Place(0) ?? y.Low, width * 0.96,
                        series.Style, series.Paper), series, heights[bin], x.ValueAt(start) ?? start,
                        x.ValueAt(start + all.Width) ?? start + all.Width);
            }
        }
    }

    /// <inheritdoc/>
    internal override IEnumerable<string> Notes(FigureData data)
    {
        var outside = data.Points.SelectMany(NumbersOf).Count(number => !data.Figure.XLimits.Has(number));
        return outside == 0 ? base.Notes(data)
            : base.Notes(data).Append($"Beyond the ends of the axis and in no bar: {outside}.");
    }

    /// <inheritdoc/>
    internal override IEnumerable<string> Crowded(FigureData data, IReadOnlyList<ChartSeries> series, float length)
    {
        var least = data.Panels.Select(panel => AxesOf(data, panel.Value).X is var x
            ? BinsOf(data, panel.Value, x).Width / (x.High - x.Low) * length / series.Count : length).Min();
        if (least < LeastBarWidth)
            yield return "the bars of a panel are too narrow to be distinguished";
    }

    /// <inheritdoc/>
    protected override FigureDeclaration ReadOwn(MetadataReader reader, FigureDeclaration figure)
    {
        figure = base.ReadOwn(reader, figure);
        var kind = (Histogram)figure.Kind;
        kind.bins = reader.WholeNumber("Bins", least: 1);
        if (kind.bins > MostDeclared)
            reader.Bad("Bins", $"{kind.bins}", $"a whole number from 1 to {MostDeclared}");
        kind.isShare = reader.Flag("Share");
        return figure with { Hatches = FigureMetadata.Choices<FigureHatch>(reader, "Hatches") };
    }

    // Makes bins of equal width in the coordinates of the axis, from the smallest to the largest visible number.
    private Bins BinsOf(FigureData data, string panel, AxisView x)
    {
        double[] places =
        [
            .. Spread.Drawn(data, panel).SelectMany(NumbersOf).Where(data.Figure.XLimits.Has)
                .Select(x.Place).OfType<double>(),
        ];
        var count = bins ?? Math.Clamp((int)Math.Ceiling(Math.Sqrt(places.Length)), LeastBins, MostBins);
        var (low, high) = places.Length == 0 ? (x.Low, x.High) : (places.Min(), places.Max());
        if (data.Figure.XLimits.Low is { } from && x.Place(from) is { } start)
            low = start;
        if (data.Figure.XLimits.High is { } to && x.Place(to) is { } end)
            high = end;
        // Equal numbers share one bar.
        if (!(high > low) || (high - low) / count <= Math.Abs(high) * 1e-14)
            return new Bins(low - (x.High - x.Low) / 20, (x.High - x.Low) / 10, 1);
        return new Bins(low, (high - low) / count, count);
    }

    private double[] HeightsOf(double[] numbers, Bins all, AxisView x)
    {
        var heights = new double[all.Count];
        foreach (var place in numbers.Select(x.Place).OfType<double>())
        {
            var bin = (int)Math.Clamp(Math.Floor((place - all.From) / all.Width), -1, all.Count);
            // The largest number of a histogram belongs to the last bar.
            if (bin == all.Count && place <= all.From + all.Count * all.Width * (1 + 1e-12))
                bin--;
            if (bin >= 0 && bin < all.Count)
                heights[bin] += isShare ? 1.0 / numbers.Length : 1;
        }
        return heights;
    }

    private sealed record Bins(double From, double Width, int Count);
}
