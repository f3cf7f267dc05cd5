using ScottPlot;
using SkiaSharp;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>
/// A chart of numbers against numbers, in which each marker is a pair of points that agree in all columns except those
/// that <c>XPoints</c> and <c>YPoints</c> fix, such as two metrics of one run, or two systems on one input.
/// </summary>
internal sealed class Scatter : ChartKind
{
    private static readonly AxisScale[] Scales = [AxisScale.Linear, AxisScale.Log];

    // The width of the margin that shows points which have a number on one axis only.
    private const double Edge = 0.08;

    private IReadOnlyList<Condition> xPoints = [], yPoints = [];
    private double[] diagonals = [];

    /// <inheritdoc/>
    public override string Name => "Scatter";

    /// <inheritdoc/>
    internal override bool HasPlaces => false;

    /// <inheritdoc/>
    internal override bool HasOneUnit => false;

    /// <inheritdoc/>
    internal override bool NumbersAreOnY => false;

    /// <inheritdoc/>
    internal override string RecordedStyle => "Hollow (paper)";

    /// <inheritdoc/>
    internal override IReadOnlyList<AxisScale> YScales => Scales;

    /// <inheritdoc/>
    internal override IEnumerable<(string MetadataName, Condition Condition)> Conditions =>
        xPoints.Select(one => ("XPoints", one)).Concat(yPoints.Select(one => ("YPoints", one)));

    /// <inheritdoc/>
    internal override ChartAxes AxesOf(FigureData data, string panel)
    {
        var figure = data.Figure;
        var pairs = data.Series.SelectMany(series => AllPairs(data, panel, series.Value)).ToList();
        double[] xs = [.. Numbers(pairs.Select(pair => pair.X), figure)];
        double[] ys = [.. Numbers(pairs.Select(pair => pair.Y), figure)];
        // In a chart with a diagonal, each axis spans the numbers of both axes, so that equal numbers have equal
        // positions.
        var both = diagonals.Length > 0 ? xs.Concat(ys).ToArray() : null;
        var x = AxisView.Of(figure.XScale ?? AxisScale.Linear,
            [.. both ?? xs, .. figure.XMarks.Select(mark => FigureData.Number(mark.Value)!.Value)],
            fromZero: false, figure.XTicks, figure.XLimits);
        var y = AxisView.Of(figure.YScale,
            [.. both ?? ys, .. figure.YMarks.Select(mark => FigureData.Number(mark.Value)!.Value)],
            fromZero: false, figure.YTicks, figure.YLimits);
        return new ChartAxes(
            x.WithRoom(0, pairs.Exists(pair => LacksX(pair) && !LacksY(pair)) ? Edge : 0),
            y.WithRoom(0, pairs.Exists(pair => LacksY(pair) && !LacksX(pair)) ? Edge : 0), IsNumeric: true);
    }

    /// <inheritdoc/>
    internal override void Check(FigureData data)
    {
        CheckPairs(data);
        base.Check(data);
    }

    /// <inheritdoc/>
    internal override FigureContent Lay(FigureData data, Ink ink)
    {
        CheckPairs(data);
        return base.Lay(data, ink);
    }

    /// <inheritdoc/>
    internal override string XTitle(FigureData data, ChartAxes axes) => TitleOf(data, xPoints);

    /// <inheritdoc/>
    internal override string YTitle(FigureData data) => TitleOf(data, yPoints);

    /// <inheritdoc/>
    internal override void AddMarks(ChartPanel panel)
    {
        panel.Plot.Add.Plottable(new ShapeSet([.. diagonals.Select(factor => Diagonal(panel.Axes, factor))]));
        foreach (var series in panel.Series)
        {
            List<Coordinates> whole = [], edge = [];
            List<PlacedPoint> upright = [], level = [];
            foreach (var pair in Pairs(panel.Data, panel.Key, series.Key, series.Paper))
            {
                var (x, y) = (panel.Axes.X, panel.Axes.Y);
                if (PlaceOf(pair.X, x, !LacksY(pair)) is not { } across
                    || PlaceOf(pair.Y, y, !LacksX(pair)) is not { } up)
                    continue;
                (LacksX(pair) || LacksY(pair) ? edge : whole).Add(new Coordinates(across, up));
                if (!panel.Data.Figure.ErrorBars)
                    continue;
                if (EndsOf(pair.X, x) is { } ofX)
                    level.Add(new PlacedPoint(up, across, ofX.Low, ofX.High));
                if (EndsOf(pair.Y, y) is { } ofY)
                    upright.Add(new PlacedPoint(across, up, ofY.Low, ofY.High));
            }
            var color = Color.FromHex(series.Style.Color).WithAlpha(0.6);
            panel.Plot.Add.Plottable(new IntervalSet(upright, color, lying: false));
            panel.Plot.Add.Plottable(new IntervalSet(level, color, lying: true));
            panel.Plot.Add.Plottable(new MarkerSet(whole, PlotParts.Marker(series.Style, series.Paper)));
            panel.Plot.Add.Plottable(new MarkerSet(edge, PlotParts.Marker(series.Style, paper: true)));
        }
    }

    /// <inheritdoc/>
    internal override IEnumerable<ChartMark> MarksOf(ChartPanel panel)
    {
        var columns = JoiningColumns(panel.Data);
        return from series in panel.Series
               from pair in Pairs(panel.Data, panel.Key, series.Key, series.Paper)
               let place = PlaceOf(pair.X, panel.Axes.X, !LacksY(pair))
               let value = PlaceOf(pair.Y, panel.Axes.Y, !LacksX(pair))
               where place is not null && value is not null
               select new ChartMark(place.Value, value.Value, () => SeriesMarks.Text(panel, series,
                   string.Join(", ", [.. columns.Select(column => $"{column} = {(pair.X ?? pair.Y)!.Point[column]}"),
                       $"{NameOf(xPoints)}: {ShownOf(pair.X)}", $"{NameOf(yPoints)}: {ShownOf(pair.Y)}"])));

        static string NameOf(IReadOnlyList<Condition> side) =>
            string.Join(", ", side.SelectMany(condition => condition.Values));
        static string ShownOf(FigurePoint? point) => point is null ? "no value" : PictureMarks.NumberOf(point);
    }

    /// <inheritdoc/>
    internal override void DrawSwatch(SKCanvas canvas, SKRect area, FigureStyle style, bool paper)
    {
        using var paint = Paint.NewDisposablePaint();
        Drawing.DrawMarker(canvas, paint, new Pixel(area.MidX, area.MidY), PlotParts.Marker(style, paper));
    }

    /// <inheritdoc/>
    internal override IEnumerable<string> Notes(FigureData data)
    {
        List<Pair> pairs =
        [
            .. data.Panels.SelectMany(panel => data.Series.SelectMany(
                series => Pairs(data, panel.Value, series.Value, paper: false))),
        ];
        var without = pairs.Count(pair => LacksX(pair) != LacksY(pair));
        if (without > 0)
            yield return $"{Points(without)} a number on one axis only: hollow, at the end of the other axis.";
        if (pairs.Count(pair => LacksX(pair) && LacksY(pair)) is > 0 and var none)
            yield return $"{Points(none)} no number on either axis.";
        var beyond = pairs.Count(pair => IsBeyond(pair.X, data.Figure.XScale) || IsBeyond(pair.Y, data.Figure.YScale));
        if (beyond > 0)
            yield return $"{Points(beyond)} a number at or below zero, which is not on a logarithmic axis.";
        var limits = (data.Figure.XLimits, data.Figure.YLimits);
        var outside = pairs.Count(pair => pair is { X.Estimate.Value: var x, Y.Estimate.Value: var y }
            && !(limits.XLimits.Has(x) && limits.YLimits.Has(y)));
        if (outside > 0)
            yield return $"{Points(outside)} a number beyond the ends of an axis; the text file has everything.";
    }

    /// <inheritdoc/>
    protected override FigureDeclaration ReadOwn(MetadataReader reader, FigureDeclaration figure)
    {
        reader.Required("XPoints");
        reader.Required("YPoints");
        figure = ReadXAxis(reader, figure, Scales);
        var kind = new Scatter
        {
            xPoints = reader.Conditions("XPoints", "metric=bits"),
            yPoints = reader.Conditions("YPoints", "metric=error_rate"),
            diagonals = FigureMetadata.Numbers(reader, "Diagonals"),
        };
        FigureMetadata.CheckPositive(reader, "Diagonals", kind.diagonals, "a diagonal", AxisScale.Log);
        foreach (var column in figure.Series.Where(kind.IsFixed))
            reader.Bad("Series", column, "columns that XPoints and YPoints do not fix");
        return figure with
        {
            Kind = kind,
            Markers = FigureMetadata.Choices<FigureMarker>(reader, "Markers"),
            ErrorBars = reader.Flag("ErrorBars", otherwise: true),
        };
    }

    private void CheckPairs(FigureData data)
    {
        data.CheckUnits(data.Points.Where(point => Holds(xPoints, point)));
        data.CheckUnits(data.Points.Where(point => Holds(yPoints, point)));
        var (figure, columns) = (data.Figure, JoiningColumns(data));
        foreach (var side in new[] { xPoints, yPoints })
        {
            if (data.Points.Where(point => Holds(side, point)).GroupBy(point => KeyOf(point, columns))
                .FirstOrDefault(group => group.Count() > 1) is { } several)
            {
                throw FigureRules.SeveralValues.Error(figure.Item.Where, figure.Name,
                    string.Join(", ", several.Select(point => point.Dataset.Name).Distinct()),
                    string.Join("; ", side), "a column that is fixed on the other axis only", "XPoints and YPoints");
            }
        }
        var pairs = data.Panels.SelectMany(panel => data.Series.SelectMany(
            series => Pairs(data, panel.Value, series.Value, paper: false)));
        if (!pairs.Any(pair => pair is { X: not null, Y: not null }))
        {
            throw FigureRules.NoPairs.Error(figure.Item.Where, figure.Name, string.Join("; ", xPoints),
                string.Join("; ", yPoints), columns.Count == 0 ? "nothing" : string.Join(", ", columns));
        }
    }

    private static string Points(int count) => count == 1 ? "1 point has" : $"{count} points have";

    private static PlotShape Diagonal(ChartAxes axes, double factor)
    {
        // The diagonal, on which both numbers are equal, is straight if both axes have the same scale, and curved
        // otherwise.
        const int steps = 64;
        var corners = new List<Coordinates>();
        for (var i = 0; i <= steps; i++)
        {
            var place = axes.X.Low + (axes.X.High - axes.X.Low) * i / steps;
            if (axes.X.Place(1) is 0 && axes.Y.Place(1) is 0)
                corners.Add(new Coordinates(place, place + Math.Log10(factor)));
            else if (axes.X.ValueAt(place) is { } value && axes.Y.Place(value * factor) is { } up)
                corners.Add(new Coordinates(place, up));
        }
        return new PlotShape(corners) { Line = SKColor.Parse("#777777"), IsDashed = factor != 1 };
    }

    private static double? PlaceOf(FigurePoint? point, AxisView axis, bool otherHasOne) =>
        point?.Estimate is { } estimate ? axis.Place(estimate.Value)
        : otherHasOne ? axis.High - (axis.High - axis.Low) * Edge / 3 : null;

    private static (double Low, double High)? EndsOf(FigurePoint? point, AxisView axis) =>
        point?.Estimate is { Low: { } low, High: { } high } && axis.Place(high) is { } end
            ? (axis.Place(low) ?? axis.Low, end) : null;

    private static IEnumerable<double> Numbers(IEnumerable<FigurePoint?> points, FigureDeclaration figure) =>
        points.Select(point => point?.Estimate).OfType<Estimate>().SelectMany(estimate =>
            figure.ErrorBars && estimate is { Low: { } low, High: { } high }
                ? new[] { estimate.Value, low, high } : [estimate.Value]);

    private static bool IsBeyond(FigurePoint? point, AxisScale? scale) =>
        scale == AxisScale.Log && point?.Estimate is { Value: <= 0 };

    private static bool LacksX(Pair pair) => pair.X?.Estimate is null;

    private static bool LacksY(Pair pair) => pair.Y?.Estimate is null;

    private bool IsFixed(string column) =>
        xPoints.Concat(yPoints).Any(condition => condition.IsSingle && condition.Name == column);

    private static bool Holds(IReadOnlyList<Condition> conditions, FigurePoint point) =>
        conditions.All(condition => condition.Holds(point.Point[condition.Name]));

    // The columns that the points of both axes have and for which neither `XPoints` nor `YPoints` fixes a value.
    private List<string> JoiningColumns(FigureData data)
    {
        var datasets = data.Points.Concat(data.PaperPoints).Select(point => point.Dataset).Distinct().ToList();
        return [.. datasets.SelectMany(dataset => dataset.Columns).Distinct()
            .Where(column => !IsFixed(column) && datasets.TrueForAll(dataset => dataset.Columns.Contains(column)))];
    }

    private static string KeyOf(FigurePoint point, List<string> columns) =>
        FigureData.Key(columns.Select(column => point.Point[column]));

    private IEnumerable<Pair> AllPairs(FigureData data, string panel, string series) =>
        Pairs(data, panel, series, paper: false)
            .Concat(data.HasOverlay ? Pairs(data, panel, series, paper: true) : []);

    private IEnumerable<Pair> Pairs(FigureData data, string panel, string series, bool paper)
    {
        var columns = JoiningColumns(data);
        var points = data.Line(panel, series, paper).ToList();
        var ys = points.Where(point => Holds(yPoints, point)).DistinctBy(point => KeyOf(point, columns))
            .ToDictionary(point => KeyOf(point, columns), StringComparer.Ordinal);
        foreach (var x in points.Where(point => Holds(xPoints, point)))
        {
            ys.Remove(KeyOf(x, columns), out var y);
            yield return new Pair(x, y);
        }
        foreach (var y in ys.Values)
            yield return new Pair(null, y);
    }

    private static string TitleOf(FigureData data, IReadOnlyList<Condition> side)
    {
        var here = data.Points.Where(point => Holds(side, point) && point.Estimate is not null).ToList();
        var names = side.Where(condition => condition.Operator == "=").SelectMany(condition => condition.Values)
            .ToList();
        var text = names.Count > 0 ? string.Join(", ", names)
            : string.Join(", ", here.Select(point => point.Dataset.Quantity).Distinct());
        return FigureData.WithUnit(text, [.. here.Select(point => point.Unit).Distinct()]);
    }

    private sealed record Pair(FigurePoint? X, FigurePoint? Y);
}
