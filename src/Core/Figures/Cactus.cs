using ScottPlot;
using SkiaSharp;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>
/// A plot of how many points of a series have at most a given number: the numbers of each series from the smallest to
/// the largest, such as the times of the problems that a solver solved.
/// </summary>
internal sealed class Cactus : ChartKind
{
    private bool isCumulative;

    /// <inheritdoc/>
    public override string Name => "Cactus";

    /// <inheritdoc/>
    internal override bool HasPlaces => false;

    /// <inheritdoc/>
    internal override string RecordedStyle => "Dashed (paper)";

    /// <inheritdoc/>
    internal override IReadOnlyList<AxisScale> YScales => [AxisScale.Linear, AxisScale.Log];

    /// <inheritdoc/>
    internal override void DrawSwatch(SKCanvas canvas, SKRect area, FigureStyle style, bool paper) =>
        Stairs.DrawSwatch(canvas, area, style, paper);

    /// <inheritdoc/>
    internal override string XTitle(FigureData data, ChartAxes axes) => "solved";

    /// <inheritdoc/>
    internal override string YTitle(FigureData data) => (isCumulative ? "total " : "") + base.YTitle(data);

    /// <inheritdoc/>
    internal override ChartAxes AxesOf(FigureData data, string panel)
    {
        var figure = data.Figure;
        var lines = data.Series.SelectMany(series => Spread.Origins(data)
            .Select(paper => Line(data, panel, series.Value, paper))).ToList();
        double[] counts =
        [
            0, .. lines.Select(line => (double)line.Length),
            .. figure.XMarks.Select(mark => FigureData.Number(mark.Value)!.Value),
        ];
        double[] values =
            [.. lines.SelectMany(line => line), .. figure.YMarks.Select(mark => FigureData.Number(mark.Value)!.Value)];
        return new ChartAxes(AxisView.Of(AxisScale.Linear, counts, fromZero: true, figure.XTicks, figure.XLimits),
            AxisView.Of(figure.YScale, values, values.All(value => value >= 0), figure.YTicks, figure.YLimits),
            IsNumeric: true);
    }

    /// <inheritdoc/>
    internal override void AddMarks(ChartPanel panel)
    {
        foreach (var series in panel.Series)
        {
            var line = Line(panel.Data, panel.Key, series.Key, series.Paper);
            var steps = new List<Coordinates>();
            for (var i = 0; i < line.Length; i++)
            {
                if (panel.Axes.X.Place(i + 1) is { } x && panel.Axes.Y.Place(line[i]) is { } y)
                    steps.Add(new Coordinates(x, y));
            }
            Stairs.Add(panel, series, steps);
        }
    }

    /// <inheritdoc/>
    internal override IEnumerable<ChartMark> MarksOf(ChartPanel panel) =>
        from series in panel.Series
        let line = Line(panel.Data, panel.Key, series.Key, series.Paper)
        from index in Enumerable.Range(0, line.Length)
        let place = panel.Axes.X.Place(index + 1)
        let value = panel.Axes.Y.Place(line[index])
        where place is not null && value is not null
        select new ChartMark(place.Value, value.Value, () => SeriesMarks.Text(panel, series,
            $"{index + 1} solved, {(isCumulative ? "in all" : "each")} within {NumberText.Of(line[index])} "
                + string.Join(", ", panel.Data.Units)));

    /// <inheritdoc/>
    internal override IReadOnlyList<string>? Method(FigureData data)
    {
        var solved = data.Series.Select(series =>
        {
            var points = data.Points.Where(point => point.Series == series.Value).ToList();
            return $"{series.Label} {points.Count(point => point.Estimate is not null)} of {points.Count}".TrimStart();
        });
        return [$"With a number: {string.Join(", ", solved)}.", .. FigureNotes.StatisticOf(data, "no intervals")];
    }

    /// <inheritdoc/>
    protected override FigureDeclaration ReadOwn(MetadataReader reader, FigureDeclaration figure) =>
        ReadXAxis(reader, figure, [AxisScale.Linear]) with
        {
            Kind = new Cactus { isCumulative = reader.Flag("Cumulative") },
            Markers = FigureMetadata.Choices<FigureMarker>(reader, "Markers"),
            ErrorBars = false,
        };

    private double[] Line(FigureData data, string panel, string series, bool paper)
    {
        double[] line = [.. data.Line(panel, series, paper).SelectMany(Spread.NumberOf).Order()];
        for (var i = 1; isCumulative && i < line.Length; i++)
            line[i] = Math.Min(line[i] + line[i - 1], FigurePoint.MostOnAxis);
        return line;
    }
}
