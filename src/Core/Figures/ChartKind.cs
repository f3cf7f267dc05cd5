using ScottPlot;
using SkiaSharp;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>
/// A kind of figure whose points are placed along two axes, in panels. Axes, ticks, texts, panels and the room that
/// names need are common to all charts; a kind decides what marks it draws in a panel.
/// </summary>
internal abstract class ChartKind : FigureKind
{
    /// <summary>The scales that the chart's axis of values may have; the first is the default.</summary>
    internal abstract IReadOnlyList<AxisScale> YScales { get; }

    /// <summary>
    /// Whether the chart's points are at places of <c>X</c>, which is then required. A kind of chart without places of
    /// <c>X</c> has a place for each row.
    /// </summary>
    internal virtual bool HasPlaces => true;

    /// <summary>Whether some series of the chart may use a second axis of values.</summary>
    internal virtual bool MayHaveRight => false;

    /// <summary>The names of the metadata that select the chart's series.</summary>
    internal virtual (string Columns, string Order) SeriesMetadata => ("Series", "SeriesOrder");

    /// <summary>Whether the chart's axis of values includes zero, whatever the values.</summary>
    internal virtual bool StandsOnZero => false;

    /// <summary>
    /// Whether the chart's axis of values may start anywhere, since none of its marks has a length proportional to a
    /// value.
    /// </summary>
    internal virtual bool BeginsAnywhere => false;

    /// <summary>Whether the chart becomes wider when upright names would not have room.</summary>
    internal virtual bool GrowsForNames => false;

    /// <summary>The length of an axis of categories, in points, below which the chart's marks would not be
    /// legible.</summary>
    internal virtual float LeastLength(int places, int series) => 0;

    /// <summary>The height of the data area, in points, below which the chart's marks would not be legible.</summary>
    internal virtual float LeastHeight(FigureData data) => 0;

    /// <summary>
    /// Returns the axes of a panel: by default a place for each value of <see cref="FigureDeclaration.X"/>, and a scale
    /// that shows <see cref="ValuesOf"/>. A kind of chart whose places are numbers of its own, such as samples,
    /// overrides this method.
    /// </summary>
    /// <exception cref="Diagnostics.DiagnosticException">An axis of numbers meets a value that is not a
    /// number.</exception>
    internal virtual ChartAxes AxesOf(FigureData data, string panel) => ChartAxes.Of(this, data, panel);

    /// <summary>
    /// Returns what the axis of values has to show: the numbers of all points and the ends of intervals.
    /// </summary>
    internal virtual IEnumerable<double> ValuesOf(FigureData data, string panel) =>
        NumbersOf(data, panel, onRight: false);

    /// <summary>Returns the numbers of all points on one axis of values, and the ends of their intervals.</summary>
    internal static IEnumerable<double> NumbersOf(FigureData data, string panel, bool onRight)
    {
        var figure = data.Figure;
        foreach (var point in figure.Overlay ? data.Points.Concat(data.PaperPoints) : data.Points)
        {
            if (point.Panel != panel || point.Estimate is not { } estimate || data.IsOnRight(point.Series) != onRight)
                continue;
            yield return estimate.Value;
            if (!figure.ErrorBars || estimate is not { Low: { } low, High: { } high })
                continue;
            if (double.IsFinite(low) && double.IsFinite(high))
            {
                yield return low;
                yield return high;
            }
        }
    }

    /// <summary>The text at the x axis when none is declared; numbers need such a text, whereas names explain
    /// themselves.</summary>
    internal virtual string XTitle(FigureData data, ChartAxes axes) =>
        data.XReadsAsNumbers ? string.Join(", ", data.Figure.X) : "";

    /// <summary>The text at the y axis when none is declared: quantity and unit.</summary>
    internal virtual string YTitle(FigureData data) =>
        data.HasRight ? data.TitleOf(right: false) : FigureData.WithUnit(data.Quantity, data.Units);

    /// <summary>The room for texts at the two ends of the axis of values, as shares of the axis's length.</summary>
    internal virtual (double Below, double Above) RoomForTexts(FigureData data, string panel) => (0, 0);

    /// <summary>The room to the right of a panel, in points.</summary>
    internal virtual float RoomRight(FigureData data, IReadOnlyList<ChartAxes> axes, Ink ink) => 0;

    /// <summary>Draws the marks and texts to the right of a panel.</summary>
    internal virtual void DrawRight(SKCanvas canvas, SKRect area, FigureData data, ChartAxes axes, Ink ink)
    {
    }

    /// <summary>The texts in a panel, such as the numbers of bars.</summary>
    internal virtual IEnumerable<ChartText> TextsOf(ChartPanel panel, Ink ink) => [];

    /// <summary>Returns the marks of a panel at which a reader can point; by default, its points.</summary>
    internal virtual IEnumerable<ChartMark> MarksOf(ChartPanel panel) =>
        from series in panel.Series
        from point in panel.PointsOf(series)
        let placed = panel.Placed(point)
        where placed is not null
        select new ChartMark(placed.X, placed.Y, () => PictureMarks.TextOf(panel.Data, point, series.Paper));

    /// <summary>Draws the marks of a panel.</summary>
    internal abstract void AddMarks(ChartPanel panel);

    /// <summary>Returns sentences on the data that cannot be read off the marks because these are too close to each
    /// other.</summary>
    /// <param name="data">The data that the figure shows.</param>
    /// <param name="series">The series that are drawn.</param>
    /// <param name="length">The length of the axis of places in points.</param>
    internal virtual IEnumerable<string> Crowded(FigureData data, IReadOnlyList<ChartSeries> series, float length) =>
        [];

    /// <summary>Notes on what a reader must know about the chart's marks.</summary>
    internal virtual IEnumerable<string> Notes(FigureData data) => [];

    /// <inheritdoc/>
    internal override (FigureDeclaration Figure, IReadOnlyList<Data.Dataset> Datasets) Over(
        FigureDeclaration figure, IReadOnlyList<Data.Dataset> datasets) =>
        HasPlaces ? (figure, datasets) : RowPlaces.Of(figure, datasets);

    /// <inheritdoc/>
    internal sealed override FigureDeclaration Read(MetadataReader reader, FigureDeclaration figure)
    {
        if (HasPlaces)
        {
            reader.Required("X");
            figure = figure with
            {
                X = reader.List("X"),
                XOrder = FigureMetadata.Labels(reader, "XOrder"),
            };
        }
        var scale = FigureMetadata.Scale(reader, "YScale", YScales) ?? YScales[0];
        figure = figure with
        {
            Series = reader.List(SeriesMetadata.Columns),
            SeriesOrder = FigureMetadata.Labels(reader, SeriesMetadata.Order),
            Panels = reader.Text("Panels"),
            PanelOrder = FigureMetadata.Labels(reader, "PanelOrder"),
            PanelColumns = reader.WholeNumber("PanelColumns", least: 1),
            YScale = scale,
            XLabel = reader.Text("XLabel"),
            YLabel = reader.Text("YLabel"),
            YTicks = FigureMetadata.Numbers(reader, "YTicks"),
            YMarks = FigureMetadata.Marks(reader, "YMarks"),
            YLimits = FigureMetadata.Limits(reader, "YMin", "YMax", scale),
            Colors = FigureMetadata.Colors(reader, "Colors"),
            Height = FigureMetadata.Length(reader, "Height", 1.9),
            Format = FigureMetadata.NumberFormat(reader, "Format"),
            Overlay = reader.Flag("Overlay"),
        };
        if (scale == AxisScale.Log)
        {
            FigureMetadata.CheckPositive(reader, "YTicks", figure.YTicks, "YScale", scale);
            FigureMetadata.CheckPositive(
                reader, "YMarks", figure.YMarks.Select(mark => FigureData.Number(mark.Value)!.Value), "YScale", scale);
        }
        return ReadOwn(reader, MayHaveRight ? figure with { Right = RightOf(reader) } : figure);
    }

    private static RightAxisDeclaration? RightOf(MetadataReader reader)
    {
        var series = reader.List("RightSeries");
        var scale = FigureMetadata.Scale(reader, "RightScale", [AxisScale.Linear, AxisScale.Log]) ?? AxisScale.Linear;
        var right = new RightAxisDeclaration(series, scale, reader.Text("RightLabel"),
            FigureMetadata.Numbers(reader, "RightTicks"),
            FigureMetadata.Limits(reader, "RightMin", "RightMax", scale));
        if (scale == AxisScale.Log)
            FigureMetadata.CheckPositive(reader, "RightTicks", right.Ticks, "RightScale", scale);
        return series.Count > 0 ? right : null;
    }

    /// <inheritdoc/>
    internal sealed override IEnumerable<FigureColumn> ColumnsOf(FigureDeclaration figure) =>
    [
        .. HasPlaces ? figure.X.Select(column => new FigureColumn("X", column)) : [],
        .. figure.Series.Select(column => new FigureColumn(SeriesMetadata.Columns, column)),
        .. figure.Panels is { } panels ? [new FigureColumn("Panels", panels)] : Array.Empty<FigureColumn>(),
        .. Conditions.Where(pair => !IsOfDataset(figure, pair.Condition.Name))
            .Select(pair => new FigureColumn(pair.MetadataName, pair.Condition.Name)),
    ];

    // If the figure has several datasets, the name of the dataset is treated as a column.
    private static bool IsOfDataset(FigureDeclaration figure, string column) =>
        column == RowPlaces.Column && RowPlaces.HasSeveral(figure);

    /// <inheritdoc/>
    internal override void Check(FigureData data) => AxesOf(data, data.Panels[0].Value);

    /// <inheritdoc/>
    internal override FigureContent Lay(FigureData data, Ink ink)
    {
        var chart = new ChartContent(this, data, ink);
        var notes = FigureNotes.Of(data, [.. Notes(data), .. AxisNotes.Of(data), .. chart.Notes]);
        return new FigureContent(chart.Width, chart.Height, chart.Draw, notes)
        {
            LeftOut = chart.LeftOut,
            Marks = chart.Marks,
        };
    }

    /// <summary>Reads the metadata of the axis of places for kinds of charts that may have numbers on it.</summary>
    protected static FigureDeclaration ReadXAxis(
        MetadataReader reader, FigureDeclaration figure, IReadOnlyList<AxisScale> scales)
    {
        var scale = FigureMetadata.Scale(reader, "XScale", scales);
        figure = figure with
        {
            XScale = scale,
            XTicks = FigureMetadata.Numbers(reader, "XTicks"),
            XMarks = FigureMetadata.Marks(reader, "XMarks"),
            XLimits = FigureMetadata.Limits(reader, "XMin", "XMax", scale),
            Apart = scales.Contains(AxisScale.Category) ? reader.List("Apart") : [],
        };
        if (!FigureMetadata.IsLog(scale))
            return figure;
        FigureMetadata.CheckPositive(reader, "XTicks", figure.XTicks, "XScale", scale!.Value);
        var marks = figure.XMarks.Select(mark => FigureData.Number(mark.Value)!.Value);
        FigureMetadata.CheckPositive(reader, "XMarks", marks, "XScale", scale.Value);
        return figure;
    }

    /// <summary>Reads the metadata that only this kind has.</summary>
    protected abstract FigureDeclaration ReadOwn(MetadataReader reader, FigureDeclaration figure);
}

/// <summary>A series as it is drawn.</summary>
/// <param name="Key">The key of the series.</param>
/// <param name="Style">The appearance of the series.</param>
/// <param name="Paper">Whether the series consists of recorded numbers that are shown beside measured ones.</param>
internal sealed record ChartSeries(string Key, FigureStyle Style, bool Paper);

/// <summary>The side of a position on which a text is written.</summary>
internal enum TextSide
{
    /// <summary>The text is beyond the position, as seen from zero upwards.</summary>
    Above,
    /// <summary>The text is beyond the position, as seen from zero downwards.</summary>
    Below,
    /// <summary>Centred on the position.</summary>
    Middle,
}

/// <summary>A text in a panel.</summary>
/// <param name="Place">The text's position on the axis of places, in the coordinates of that axis.</param>
/// <param name="Value">The text's position on the axis of values, in the coordinates of that axis.</param>
/// <param name="Text">The text that is written.</param>
/// <param name="Side">The side of that position on which the text is written.</param>
/// <param name="IsUpright">Whether the text is rotated, so that the text needs little room along the axis of
/// places.</param>
internal sealed record ChartText(double Place, double Value, string Text, TextSide Side, bool IsUpright = false)
{
    /// <summary>Its colour.</summary>
    public SKColor Color { get; init; } = Ink.Black;
}

/// <summary>A panel into which a kind draws its marks.</summary>
/// <param name="Plot">The plotting library's panel.</param>
/// <param name="Data">The data that the figure shows.</param>
/// <param name="Key">The key of the panel.</param>
/// <param name="Axes">The axes of the panel.</param>
/// <param name="Series">The series to draw, in order.</param>
/// <param name="Width">The width of the data area in points.</param>
/// <param name="Height">The height of the data area in points.</param>
internal sealed record ChartPanel(Plot Plot, FigureData Data, string Key, ChartAxes Axes,
    IReadOnlyList<ChartSeries> Series, float Width, float Height)
{
    /// <summary>The length of the panel's axis of places, in points (1/72 inch).</summary>
    public float Length => Data.Figure.Horizontal ? Height : Width;

    /// <summary>The points of a series in the panel, in the order of the x axis.</summary>
    public IEnumerable<FigurePoint> PointsOf(ChartSeries series) => Data.Line(Key, series.Key, series.Paper);

    /// <summary>Returns the position of a point on the axes; null when the axes cannot show the point.</summary>
    public PlacedPoint? Placed(FigurePoint point)
    {
        if (point.Estimate is not { } estimate || Axes.PlaceOf(Data, point.X) is not { } x
            || Axes.PlaceOf(estimate.Value, Data.IsOnRight(point.Series)) is not { } y)
            return null;
        var onRight = Data.IsOnRight(point.Series);
        double? low = null, high = null;
        if (Data.Figure.ErrorBars && estimate is { Low: { } from, High: { } to }
            && double.IsFinite(from) && double.IsFinite(to))
            (low, high) = (Axes.PlaceOf(from, onRight) ?? Axes.Y.Low, Axes.PlaceOf(to, onRight));
        return new PlacedPoint(x, y, low, high);
    }

    /// <summary>Draws the intervals of points that have one.</summary>
    public void AddIntervals(IReadOnlyList<PlacedPoint> points, Color color)
    {
        if (points.Where(p => p is { Low: not null, High: not null }).ToList() is { Count: > 0 } known)
            Plot.Add.Plottable(new IntervalSet(known, color, Data.Figure.Horizontal));
    }
}
