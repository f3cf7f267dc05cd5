using ScottPlot;
using SkiaSharp;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>
/// A chart of rows and columns of cells, in which the colour of a cell shows its number; the number is also written in
/// the cell when there is room.
/// </summary>
internal sealed class HeatMap : ChartKind
{
    private const float KeyWidth = 7, KeyGap = 5, TickSize = Ink.SmallText, LabelSize = 8;
    private const int KeySteps = 48;
    private const double LeastWithEdges = 3;

    private string? valueLabel;

    /// <inheritdoc/>
    public override string Name => "HeatMap";

    /// <inheritdoc/>
    internal override IReadOnlyList<AxisScale> YScales => [AxisScale.Linear, AxisScale.Log];

    /// <inheritdoc/>
    internal override (string Columns, string Order) SeriesMetadata => ("Rows", "RowOrder");

    /// <inheritdoc/>
    internal override bool HasLegend => false;

    /// <inheritdoc/>
    internal override bool SeriesArePlaces => true;

    /// <inheritdoc/>
    internal override bool BeginsAnywhere => true;

    /// <inheritdoc/>
    internal override bool GrowsForNames => true;

    /// <inheritdoc/>
    internal override string RecordedStyle => "In parentheses";

    /// <inheritdoc/>
    internal override bool SortsNumbers(FigureDeclaration figure) => true;

    /// <inheritdoc/>
    internal override float LeastHeight(FigureData data) => data.Series.Count * Ink.LineHeight(TickSize);

    /// <inheritdoc/>
    internal override ChartAxes AxesOf(FigureData data, string panel)
    {
        var rows = data.Series.Count;
        var places = AxisView.Categories([.. data.Xs.Select(x => x.Label)], data.Apart);
        // The first row of a heat map is at the top, as in a table.
        return new ChartAxes(places, new AxisView
        {
            Low = -0.5,
            High = Math.Max(1, rows) - 0.5,
            Ticks = [.. data.Series.Select((row, index) => new AxisTick(rows - 1 - index, row.Label))],
            Place = place => place,
        }, IsNumeric: false);
    }

    /// <inheritdoc/>
    internal override string YTitle(FigureData data) =>
        data.Series.All(row => FigureData.Number(row.Value) is not null) ? string.Join(", ", data.Figure.Series) : "";

    /// <inheritdoc/>
    internal override void AddMarks(ChartPanel panel)
    {
        var scale = ScaleOf(panel.Data);
        var shapes = new List<PlotShape>();
        // Lines between cells that are hardly wider than the lines would hide the cells.
        var hasEdges = panel.Width / (panel.Axes.X.High - panel.Axes.X.Low) > LeastWithEdges
            && panel.Height / (panel.Axes.Y.High - panel.Axes.Y.Low) > LeastWithEdges;
        foreach (var (point, x, y) in Cells(panel))
        {
            Coordinates[] corners =
                [new(x - 0.5, y - 0.5), new(x + 0.5, y - 0.5), new(x + 0.5, y + 0.5), new(x - 0.5, y + 0.5)];
            var color = ColorOf(point, scale);
            shapes.Add(new PlotShape(corners)
            {
                IsClosed = true,
                Fill = color ?? SKColors.White,
                Hatch = color is null ? FigureHatch.Rising : FigureHatch.None,
                HatchColor = new SKColor(0xaa, 0xaa, 0xaa),
                Line = hasEdges ? SKColors.White : null,
                LineWidth = 0.4f,
            });
        }
        panel.Plot.Add.Plottable(new ShapeSet(shapes));
    }

    /// <inheritdoc/>
    internal override IEnumerable<ChartMark> MarksOf(ChartPanel panel) => Cells(panel).Select(cell =>
        new ChartMark(cell.X, cell.Y + 0.5, () => PictureMarks.TextOf(panel.Data, cell.Point, paper: false))
        {
            Foot = cell.Y - 0.5,
            Size = 1,
        });

    /// <inheritdoc/>
    internal override IEnumerable<ChartText> TextsOf(ChartPanel panel, Ink ink)
    {
        var (axes, scale) = (panel.Axes, ScaleOf(panel.Data));
        var width = panel.Width / (float)(axes.X.High - axes.X.Low);
        var height = panel.Height / (float)(axes.Y.High - axes.Y.Low);
        if (!panel.Data.Figure.Values || height < TickSize + 1)
            return [];
        var texts = Cells(panel).Select(cell => (Cell: cell, Text: TextOf(panel.Data, cell.Point))).ToList();
        // Either all numbers of cells are written or none, because a single omitted number would look like a missing
        // one.
        return texts.Exists(text => ink.Width(text.Text, TickSize) > width - 1) ? []
            : texts.Select(text => new ChartText(text.Cell.X, text.Cell.Y, text.Text, TextSide.Middle)
            {
                Color = ColorOf(text.Cell.Point, scale) is { } color && IsDark(color) ? SKColors.White : Ink.Black,
            });
    }

    /// <inheritdoc/>
    internal override float RoomRight(FigureData data, IReadOnlyList<ChartAxes> axes, Ink ink) =>
        KeyGap + KeyWidth + 5 + Ink.LineHeight(LabelSize) + 2
        + ScaleOf(data).Ticks.Select(tick => ink.Width(tick.Label, TickSize)).DefaultIfEmpty(0).Max();

    /// <inheritdoc/>
    internal override void DrawRight(SKCanvas canvas, SKRect area, FigureData data, ChartAxes axes, Ink ink)
    {
        var scale = ScaleOf(data);
        var (left, step) = (area.Right + KeyGap, area.Height / KeySteps);
        for (var i = 0; i < KeySteps; i++)
        {
            using var paint = new SKPaint { Color = ColorAt((i + 0.5f) / KeySteps) };
            canvas.DrawRect(SKRect.Create(left, area.Bottom - (i + 1) * step, KeyWidth, step + (i > 0 ? 0.3f : 0)),
                paint);
        }
        using (var frame = new SKPaint { Color = Ink.Black, IsStroke = true, StrokeWidth = 0.5f, IsAntialias = true })
            canvas.DrawRect(SKRect.Create(left, area.Top, KeyWidth, area.Height), frame);
        foreach (var tick in scale.Ticks.Where(tick => tick.Label.Length > 0))
        {
            var share = (float)((tick.Position - scale.Low) / (scale.High - scale.Low));
            if (share is < -0.001f or > 1.001f)
                continue;
            var y = area.Bottom - share * area.Height;
            Ink.Line(canvas, left + KeyWidth, y, left + KeyWidth + 2.5f, y, 0.6f, Ink.Black);
            ink.Write(canvas, tick.Label, left + KeyWidth + 4, y + TickSize * 0.36f, TickSize, Ink.Black);
        }
        var title = valueLabel ?? FigureData.WithUnit(data.Quantity, data.Units);
        var room = RoomRight(data, [axes], ink);
        canvas.Save();
        canvas.Translate(area.Right + room - 4, area.MidY);
        canvas.RotateDegrees(-90);
        ink.Write(canvas, ink.Cut(title, LabelSize, area.Height), 0, 0, LabelSize, Ink.Black, TextAlign.Center);
        canvas.Restore();
    }

    /// <inheritdoc/>
    internal override IEnumerable<string> Notes(FigureData data)
    {
        var scale = ScaleOf(data);
        if (data.Points.Any(point => ColorOf(point, scale) is null && data.IndexOf(point.X) is not null))
            yield return "Hatched: no number.";
    }

    /// <inheritdoc/>
    internal override IEnumerable<string> Crowded(FigureData data, IReadOnlyList<ChartSeries> series, float length)
    {
        if (data.Xs.Count > length || data.Series.Count * data.Xs.Count > 40_000)
            yield return "the cells of a panel are too small to be distinguished";
    }

    /// <inheritdoc/>
    protected override FigureDeclaration ReadOwn(MetadataReader reader, FigureDeclaration figure)
    {
        if (figure.Series.Count == 0)
            reader.Required("Rows");
        return figure with
        {
            Kind = new HeatMap { valueLabel = figure.YLabel },
            XScale = AxisScale.Category,
            YLabel = reader.Text("RowLabel"),
            Values = reader.Flag("Values", otherwise: true),
            ErrorBars = false,
            Apart = reader.List("Apart"),
        };
    }

    private static string TextOf(FigureData data, FigurePoint point)
    {
        var text = point.Estimate is { } estimate ? NumberText.Of(estimate.Value, data.Figure.Format) : TableCell.Empty;
        return data.HasOverlay && data.PaperAt(point.Panel, point.Series, point.X)?.Estimate is { } paper
            ? $"{text} ({NumberText.Of(paper.Value, data.Figure.Format)})" : text;
    }

    private static IEnumerable<(FigurePoint Point, double X, double Y)> Cells(ChartPanel panel)
    {
        var data = panel.Data;
        for (var row = 0; row < data.Series.Count; row++)
        {
            foreach (var point in data.Line(panel.Key, data.Series[row].Value, ofPaper: false))
            {
                if (panel.Axes.PlaceOf(data, point.X) is { } x)
                    yield return (point, x, data.Series.Count - 1 - row);
            }
        }
    }

    // All panels of a heat map share one scale of colours, so that equal colours mean equal numbers.
    private static AxisView ScaleOf(FigureData data)
    {
        var values = data.Points.Select(point => point.Estimate?.Value).OfType<double>().ToList();
        return AxisView.Of(data.Figure.YScale, values, fromZero: false, data.Figure.YTicks, data.Figure.YLimits);
    }

    private static SKColor? ColorOf(FigurePoint point, AxisView scale) =>
        point.Estimate is { } estimate && scale.Place(estimate.Value) is { } place
            ? ColorAt((float)Math.Clamp((place - scale.Low) / (scale.High - scale.Low), 0, 1)) : null;

    // The colours run from light to dark, so that the figure can be read without colour; colour-blind readers can
    // distinguish the hues.
    private static readonly SKColor[] Anchors =
    [
        new(0xfd, 0xf5, 0xd0), new(0xcf, 0xdf, 0x9a), new(0x86, 0xc2, 0x9a), new(0x45, 0x9a, 0xa3),
        new(0x2e, 0x68, 0x98), new(0x1f, 0x38, 0x70), new(0x10, 0x16, 0x3a),
    ];

    private static SKColor ColorAt(float share)
    {
        var at = share * (Anchors.Length - 1);
        var index = Math.Min((int)at, Anchors.Length - 2);
        var (from, to, part) = (Anchors[index], Anchors[index + 1], at - index);
        byte Mixed(byte a, byte b) => (byte)Math.Round(a + (b - a) * part);
        return new SKColor(Mixed(from.Red, to.Red), Mixed(from.Green, to.Green), Mixed(from.Blue, to.Blue));
    }

    private static bool IsDark(SKColor color) => PlotParts.LuminanceOf(color) < 130;
}
