using ScottPlot;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>Bars in groups, upright or lying.</summary>
internal sealed class GroupedBars : ChartKind
{
    private const float LeastBarWidth = 2;

    // Of a place, which a group fills; the rest is the gap to the next one.
    private const double Group = 0.8;

    /// <inheritdoc/>
    public override string Name => "GroupedBars";

    /// <inheritdoc/>
    internal override IReadOnlyList<AxisScale> YScales => [AxisScale.Linear, AxisScale.Log, AxisScale.Broken];

    /// <inheritdoc/>
    internal override bool StandsOnZero => true;

    /// <inheritdoc/>
    internal override bool GrowsForNames => true;

    /// <inheritdoc/>
    internal override float LeastLength(int places, int series) => places * series * LeastBarWidth / (float)Group;

    /// <inheritdoc/>
    internal override void AddMarks(ChartPanel panel)
    {
        var (figure, data) = (panel.Data.Figure, panel.Data);
        var slot = Group / panel.Series.Count;
        var foot = panel.Axes.Y.Place(0) ?? panel.Axes.Y.Low;
        var bars = new List<PlacedBar>();
        var onLight = new List<PlacedPoint>();
        var onDark = new List<PlacedPoint>();
        for (var i = 0; i < panel.Series.Count; i++)
        {
            var series = panel.Series[i];
            foreach (var point in panel.PointsOf(series))
            {
                if (panel.Placed(point) is not { } placed)
                    continue;
                placed = placed with { X = placed.X - Group / 2 + (i + 0.5) * slot };
                // Without series the categories have the colours.
                var looks = figure.Series.Count == 0 && figure.Colors.Count > 1
                    ? FigureStyle.Of(figure, data.Xs[data.IndexOf(point.X)!.Value].Rank) : series.Style;
                bars.Add(new PlacedBar(placed.X, placed.Y, foot, slot * 0.92, looks, series.Paper));
                (!series.Paper && IsDark(Color.FromHex(looks.Color)) ? onDark : onLight).Add(placed);
            }
        }
        panel.Plot.Add.Plottable(new BarSet(bars, figure.Horizontal));
        panel.AddIntervals(onLight, Colors.Black);
        panel.AddIntervals(onDark, Color.FromHex("#e04040"));
    }

    /// <inheritdoc/>
    internal override IEnumerable<string> Crowded(FigureData data, IReadOnlyList<ChartSeries> series, float length)
    {
        var bars = data.Xs.Count * series.Count;
        if ((float)Group * length / Math.Max(1, bars) < LeastBarWidth / 2)
            yield return $"the {bars} bars of a panel are too narrow to be told apart";
    }

    /// <inheritdoc/>
    protected override FigureDeclaration ReadOwn(MetadataReader reader, FigureDeclaration figure) => figure with
    {
        XScale = AxisScale.Category,
        Horizontal = reader.Flag("Horizontal"),
        Hatches = FigureMetadata.Choices<FigureHatch>(reader, "Hatches"),
    };

    // Black intervals cannot be seen on such bars. The weights are those of the eye.
    private static bool IsDark(Color color) => 0.2126 * color.Red + 0.7152 * color.Green + 0.0722 * color.Blue < 50;
}
