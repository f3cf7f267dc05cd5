using ScottPlot;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>
/// A kind whose points stand along two axes, in panels. Axes, ticks, texts, panels and the room that names need are
/// every chart's; a kind says what marks it draws in a panel.
/// </summary>
internal abstract class ChartKind : FigureKind
{
    /// <summary>Scales that its axis of values may have, the first by default.</summary>
    internal abstract IReadOnlyList<AxisScale> YScales { get; }

    /// <summary>Whether its axis of values has zero on it, whatever the values.</summary>
    internal virtual bool StandsOnZero => false;

    /// <summary>Whether it becomes wider where upright names would not have room.</summary>
    internal virtual bool GrowsForNames => false;

    /// <summary>The length of an axis of categories, in points, below which its marks would not be legible.</summary>
    internal virtual float LeastLength(int places, int series) => 0;

    /// <summary>
    /// The axes of a panel: by default a place for each value of <see cref="FigureDeclaration.X"/>, and a scale that
    /// shows <see cref="ValuesOf"/>. A kind whose places are numbers of its own, such as samples, makes others.
    /// </summary>
    /// <exception cref="Diagnostics.DiagnosticException">An axis of numbers meets something else.</exception>
    internal virtual ChartAxes AxesOf(FigureData data, string panel) => ChartAxes.Of(this, data, panel);

    /// <summary>What the axis of values has to show: the numbers of all points and the ends of intervals.</summary>
    internal virtual IEnumerable<double> ValuesOf(FigureData data, string panel)
    {
        var figure = data.Figure;
        foreach (var point in figure.Overlay ? data.Points.Concat(data.PaperPoints) : data.Points)
        {
            if (point.Panel != panel || point.Estimate is not { } estimate)
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

    /// <summary>Text at the x axis where none is declared: names explain themselves, numbers do not.</summary>
    internal virtual string XTitle(FigureData data, ChartAxes axes) =>
        axes.IsNumeric ? string.Join(", ", data.Figure.X) : "";

    /// <summary>Text at the y axis where none is declared: quantity and unit.</summary>
    internal virtual string YTitle(FigureData data) =>
        data.Units is [{ Length: > 0 } unit] ? $"{data.Quantity} ({unit})" : data.Quantity;

    /// <summary>Draws the marks of a panel.</summary>
    internal abstract void AddMarks(ChartPanel panel);

    /// <summary>What cannot be read off the marks, since they stand too close.</summary>
    /// <param name="data">What is shown.</param>
    /// <param name="series">The series that are drawn.</param>
    /// <param name="length">The length of the axis of places in points.</param>
    internal virtual IEnumerable<string> Crowded(FigureData data, IReadOnlyList<ChartSeries> series, float length) =>
        [];

    /// <summary>What a reader must know of the marks.</summary>
    internal virtual IEnumerable<string> Notes(FigureData data) => [];

    /// <inheritdoc/>
    internal sealed override FigureDeclaration Read(MetadataReader reader, FigureDeclaration figure)
    {
        reader.Required("X");
        figure = figure with
        {
            X = reader.List("X"),
            XOrder = FigureMetadata.Labels(reader, "XOrder"),
            Series = reader.List("Series"),
            SeriesOrder = FigureMetadata.Labels(reader, "SeriesOrder"),
            Panels = reader.Text("Panels"),
            PanelOrder = FigureMetadata.Labels(reader, "PanelOrder"),
            PanelColumns = reader.WholeNumber("PanelColumns", least: 1),
            YScale = FigureMetadata.Scale(reader, "YScale", YScales) ?? YScales[0],
            XLabel = reader.Text("XLabel"),
            YLabel = reader.Text("YLabel"),
            YTicks = FigureMetadata.Numbers(reader, "YTicks"),
            ErrorBars = reader.Flag("ErrorBars", otherwise: true),
            Colors = FigureMetadata.Colors(reader, "Colors"),
            Height = FigureMetadata.Length(reader, "Height", 1.9),
            Format = FigureMetadata.NumberFormat(reader, "Format"),
            Overlay = reader.Flag("Overlay"),
        };
        if (figure.YScale == AxisScale.Log)
            FigureMetadata.CheckPositive(reader, "YTicks", figure.YTicks, "YScale", AxisScale.Log);
        return ReadOwn(reader, figure);
    }

    /// <inheritdoc/>
    internal sealed override IEnumerable<FigureColumn> ColumnsOf(FigureDeclaration figure) =>
    [
        .. figure.X.Select(column => new FigureColumn("X", column)),
        .. figure.Series.Select(column => new FigureColumn("Series", column)),
        .. figure.Panels is { } panels ? [new FigureColumn("Panels", panels)] : Array.Empty<FigureColumn>(),
    ];

    /// <inheritdoc/>
    internal override void Check(FigureData data) => AxesOf(data, data.Panels[0].Value);

    /// <inheritdoc/>
    internal override FigureContent Lay(FigureData data, Ink ink)
    {
        var chart = new ChartContent(this, data, ink);
        var notes = FigureNotes.Of(data, [.. Notes(data), .. chart.Notes]);
        return new FigureContent(chart.Width, chart.Height, chart.Draw, notes) { LeftOut = chart.LeftOut };
    }

    /// <summary>Reads what is this kind's alone.</summary>
    protected abstract FigureDeclaration ReadOwn(MetadataReader reader, FigureDeclaration figure);
}

/// <summary>A series as it is drawn.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Style">Its looks.</param>
/// <param name="Paper">Whether these are its recorded numbers, beside measured ones.</param>
internal sealed record ChartSeries(string Key, FigureStyle Style, bool Paper);

/// <summary>A panel that a kind draws its marks into.</summary>
/// <param name="Plot">The plotting library's panel.</param>
/// <param name="Data">What the figure shows.</param>
/// <param name="Key">The key of the panel.</param>
/// <param name="Axes">Its axes.</param>
/// <param name="Series">The series to draw, in order.</param>
/// <param name="Width">Width of the area of the data in points.</param>
internal sealed record ChartPanel(
    Plot Plot, FigureData Data, string Key, ChartAxes Axes, IReadOnlyList<ChartSeries> Series, float Width)
{
    /// <summary>The points of a series in the order of the x axis.</summary>
    public IEnumerable<FigurePoint> PointsOf(ChartSeries series) => Data.Line(Key, series.Key, series.Paper);

    /// <summary>The place of a point on the axes; null when they cannot show it.</summary>
    public PlacedPoint? Placed(FigurePoint point)
    {
        if (point.Estimate is not { } estimate || Axes.PlaceOf(Data, point.X) is not { } x
            || Axes.Y.Place(estimate.Value) is not { } y)
            return null;
        double? low = null, high = null;
        if (Data.Figure.ErrorBars && estimate is { Low: { } from, High: { } to }
            && double.IsFinite(from) && double.IsFinite(to))
            (low, high) = (Axes.Y.Place(from) ?? Axes.Y.Low, Axes.Y.Place(to));
        return new PlacedPoint(x, y, low, high);
    }

    /// <summary>Draws the intervals of points that have one.</summary>
    public void AddIntervals(IReadOnlyList<PlacedPoint> points, Color color)
    {
        if (points.Where(p => p is { Low: not null, High: not null }).ToList() is { Count: > 0 } known)
            Plot.Add.Plottable(new IntervalSet(known, color, Data.Figure.Horizontal));
    }
}
