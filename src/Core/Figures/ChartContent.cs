using ScottPlot;
using ScottPlot.AxisPanels;
using ScottPlot.LayoutEngines;
using ScottPlot.Plottables;
using ScottPlot.Rendering.RenderActions;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace Verus.Artifact.Figures;

/// <summary>The panels of a chart. Axes, grid, lines, bars and their intervals are drawn by the plotting library; where they stand is decided here.</summary>
internal sealed class ChartContent
{
    private const float TickSize = Ink.SmallText;
    private const float LabelSize = 8;
    private const float LeastPanelWidth = 115;
    private const float LeastBarWidth = 2;

    private readonly FigureData data;
    private readonly FigureDeclaration figure;
    private readonly Ink ink;
    private readonly List<ChartAxes> axes;
    private readonly int columns;
    private readonly float leftMargin;
    private readonly float bottomMargin;
    private readonly float topMargin;
    private readonly float rightMargin = 6;
    private readonly float panelWidth;
    private readonly float panelHeight;
    private readonly float rotation;
    private readonly string xTitle;
    private readonly string yTitle;

    /// <summary>Lays the panels out.</summary>
    public ChartContent(FigureData data, Ink ink)
    {
        this.data = data;
        this.ink = ink;
        figure = data.Figure;
        axes = [.. data.Panels.Select(panel => ChartAxes.Of(data, panel.Value))];
        // Names explain themselves, numbers do not.
        xTitle = figure.XLabel ?? (ChartAxes.IsNumeric(data) ? string.Join(", ", figure.X) : "");
        yTitle = figure.YLabel ?? ValueTitle(data);

        var width = (float)(figure.Width * 72) - 2 * FigureFrame.Margin;
        columns = Math.Clamp(figure.PanelColumns ?? (int)(width / LeastPanelWidth), 1, axes.Count);
        // Names to the left of lying bars may take a third of the picture, those below upright ones as much.
        var ticksLeft = axes.SelectMany(LeftTicks).Select(tick => ink.Width(Label(tick.Label), TickSize)).DefaultIfEmpty(0).Max();
        leftMargin = ticksLeft + 9 + TitleHeight(figure.Horizontal ? xTitle : yTitle);
        topMargin = data.Panels is [{ Label: "" }] && figure.XMarks.All(mark => mark.Label == mark.Value) ? 5 : Ink.LineHeight(LabelSize) + 3;
        var free = width / columns - leftMargin - rightMargin;
        var (dataWidth, ticksBelow) = FitPlaces(free, out rotation);
        panelWidth = leftMargin + dataWidth + rightMargin;
        bottomMargin = 6 + ticksBelow + TitleHeight(figure.Horizontal ? yTitle : xTitle);
        // Long names below and lying bars must not eat the plot.
        var height = (float)(figure.Height * 72);
        panelHeight = Math.Max(height, bottomMargin + topMargin + (figure.Horizontal ? LeastBars() : height * 0.55f));
    }

    /// <summary>Width in points; more than declared where the text needs it.</summary>
    public float Width => panelWidth * columns;

    /// <summary>Height in points.</summary>
    public float Height => panelHeight * ((axes.Count + columns - 1) / columns);

    /// <summary>What a reader must know of the axes.</summary>
    public IReadOnlyList<string> Notes =>
        [.. axes.Select(a => a.Y.Cut).OfType<(double From, double To)>().Select(cut =>
            $"The axis is cut between {NumberText.Exact(cut.From)} and {NumberText.Exact(cut.To)}.").Distinct()];

    /// <summary>Quantity and unit as text at an axis.</summary>
    public static string ValueTitle(FigureData data)
    {
        var quantity = string.Join(", ", data.Points.Select(p => p.Dataset.Quantity).Distinct());
        var unit = data.Units.Count == 1 ? data.Units[0] : "";
        return unit.Length > 0 ? $"{quantity} ({unit})" : quantity;
    }

    /// <summary>Draws the panels, the upper left corner of the first one at a place.</summary>
    public void Draw(SKCanvas canvas, float left, float top)
    {
        for (var i = 0; i < axes.Count; i++)
        {
            var x = left + i % columns * panelWidth;
            var y = top + i / columns * panelHeight;
            var area = new SKRect(x + leftMargin, y + topMargin, x + panelWidth - rightMargin, y + panelHeight - bottomMargin);
            DrawPanel(canvas, i, area);
        }
    }

    private void DrawPanel(SKCanvas canvas, int index, SKRect area)
    {
        var panel = data.Panels[index];
        var plot = MakePlot(axes[index], area);
        if (figure.Kind == FigureKind.LineChart)
            AddLines(plot, panel.Value, axes[index]);
        else
            AddBars(plot, panel.Value, axes[index]);
        Render(plot, canvas, area);

        if (panel.Label.Length > 0)
        {
            ink.Write(canvas, ink.Cut(panel.Label, LabelSize, area.Width, bold: true), area.MidX, area.Top - (HasMarkLabels ? Ink.LineHeight(LabelSize) : 4),
                LabelSize, Ink.Black, TextAlign.Center, bold: true);
        }
        DrawMarkLabels(canvas, axes[index], area);
        var (below, beside) = figure.Horizontal ? (yTitle, xTitle) : (xTitle, yTitle);
        ink.Write(canvas, ink.Cut(below, LabelSize, area.Width + leftMargin), area.MidX, area.Bottom + bottomMargin - 3, LabelSize, Ink.Black, TextAlign.Center);
        if (index % columns == 0)
        {
            canvas.Save();
            canvas.Translate(area.Left - leftMargin + LabelSize, area.MidY);
            canvas.RotateDegrees(-90);
            ink.Write(canvas, ink.Cut(beside, LabelSize, area.Height + topMargin), 0, 0, LabelSize, Ink.Black, TextAlign.Center);
            canvas.Restore();
        }
        DrawBreak(canvas, axes[index].Y, area);
    }

    private Plot MakePlot(ChartAxes panel, SKRect area)
    {
        var plot = new Plot();
        // The canvas holds more than this plot: nothing may clear it or paint around the data area.
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        plot.RenderManager.Remove<ClearCanvas>();
        plot.RenderManager.Remove<RenderFigureBackground>();
        plot.RenderManager.Remove<RenderBenchmark>();
        plot.DataBackground.Color = Colors.Transparent;
        plot.Layout.LayoutEngine = new FixedDataArea(new PixelRect(area.Left, area.Right, area.Bottom, area.Top));
        plot.Axes.Right.IsVisible = false;
        plot.Axes.Top.IsVisible = false;
        plot.Axes.Title.IsVisible = false;
        var (below, beside) = figure.Horizontal ? (panel.Y, panel.X) : (panel.X, panel.Y);
        Set(plot.Axes.Bottom, below);
        Set(plot.Axes.Left, beside);
        if (figure.Horizontal)
            plot.Axes.SetLimits(below.Low, below.High, beside.High, beside.Low);
        else
            plot.Axes.SetLimits(below.Low, below.High, beside.Low, beside.High);
        plot.Axes.Bottom.TickLabelStyle.Rotation = rotation;
        if (rotation != 0)
            plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleRight;
        var values = figure.Horizontal ? plot.Grid.XAxisStyle : plot.Grid.YAxisStyle;
        var places = figure.Horizontal ? plot.Grid.YAxisStyle : plot.Grid.XAxisStyle;
        values.MajorLineStyle.Color = Color.FromHex("#dddddd");
        values.MajorLineStyle.Width = 0.5f;
        places.IsVisible = false;
        return plot;

        void Set(IAxis axis, AxisView view)
        {
            axis.TickLabelStyle.FontName = FigureFonts.Family;
            axis.TickLabelStyle.FontSize = TickSize;
            axis.TickLabelStyle.SubpixelText = true;
            // The library centres the box of the font, whose digits stand high in it.
            axis.TickLabelStyle.OffsetY = axis is LeftAxis ? 1.6f : 0;
            axis.TickLabelStyle.OffsetX = axis is LeftAxis ? 2 : 0;
            axis.FrameLineStyle.Width = 0.7f;
            axis.FrameLineStyle.AntiAlias = true;
            axis.MajorTickStyle.Width = 0.7f;
            axis.MajorTickStyle.Length = 3;
            axis.MajorTickStyle.AntiAlias = true;
            axis.MinorTickStyle.Width = 0.4f;
            axis.MinorTickStyle.Length = 2;
            axis.MinorTickStyle.AntiAlias = true;
            var labels = Thinned(view, area.Width);
            axis.TickGenerator = new NumericManual([.. labels.Select(tick => tick.Label.Length > 0 ? Tick.Major(tick.Position, Label(tick.Label)) : Tick.Minor(tick.Position))]);
        }
    }

    private void AddLines(Plot plot, string panel, ChartAxes panelAxes)
    {
        foreach (var mark in figure.XMarks)
        {
            if (panelAxes.X.Place(FigureData.Number(mark.Value)!.Value) is { } place && ChartAxes.IsNumeric(data))
                plot.Add.VerticalLine(place, 0.7f, Color.FromHex("#777777"), new LinePattern([3, 2], 0, "mark"));
        }
        foreach (var (series, style, paper) in SeriesToDraw())
        {
            var color = Color.FromHex(style.Color);
            foreach (var stretch in Stretches(panel, series, panelAxes, paper))
            {
                var line = plot.Add.Scatter(stretch.Select(p => new Coordinates(p.X, p.Y)).ToArray());
                line.LineStyle = new LineStyle(paper ? 0.7f : 1.1f, color, paper ? PlotParts.PaperLine : LinePattern.Solid);
                line.MarkerStyle = PlotParts.Marker(style, paper);
                AddIntervals(plot, stretch, color, lying: false);
            }
        }
    }

    // A line is interrupted where a value is missing; places that the series was not asked for do not interrupt it.
    private List<List<PlacedPoint>> Stretches(string panel, string series, ChartAxes panelAxes, bool paper)
    {
        var stretches = new List<List<PlacedPoint>> { new() };
        foreach (var x in data.Xs)
        {
            if ((paper ? data.PaperAt(panel, series, x.Value) : data.At(panel, series, x.Value)) is not { } point)
                continue;
            if (Placed(point, panelAxes) is { } placed)
                stretches[^1].Add(placed);
            else if (stretches[^1].Count > 0)
                stretches.Add([]);
        }
        stretches.RemoveAll(stretch => stretch.Count == 0);
        return stretches;
    }

    private PlacedPoint? Placed(FigurePoint point, ChartAxes panelAxes)
    {
        if (point.Estimate is not { } estimate || panelAxes.PlaceOf(data, point.X) is not { } x || panelAxes.Y.Place(estimate.Value) is not { } y)
            return null;
        double? low = null, high = null;
        if (figure.ErrorBars && estimate is { Low: { } from, High: { } to } && double.IsFinite(from) && double.IsFinite(to))
            (low, high) = (panelAxes.Y.Place(from) ?? panelAxes.Y.Low, panelAxes.Y.Place(to));
        return new PlacedPoint(x, y, low, high);
    }

    private void AddBars(Plot plot, string panel, ChartAxes panelAxes)
    {
        var drawn = SeriesToDraw().ToList();
        var slot = 0.8 / drawn.Count;
        var foot = panelAxes.Y.Place(0) ?? panelAxes.Y.Low;
        var onLight = new List<PlacedPoint>();
        var onDark = new List<PlacedPoint>();
        for (var i = 0; i < drawn.Count; i++)
        {
            var (series, style, paper) = drawn[i];
            foreach (var x in data.Xs)
            {
                if ((paper ? data.PaperAt(panel, series, x.Value) : data.At(panel, series, x.Value)) is not { } point || Placed(point, panelAxes) is not { } placed)
                    continue;
                placed = placed with { X = placed.X - 0.4 + (i + 0.5) * slot };
                // Without series the categories have the colours.
                var looks = figure.Series.Count == 0 && figure.Colors.Count > 1 ? FigureStyle.Of(figure, x.Rank) : style;
                var color = Color.FromHex(looks.Color);
                var bar = new Bar
                {
                    Position = placed.X,
                    Value = placed.Y,
                    ValueBase = foot,
                    Size = slot * 0.92,
                    FillColor = paper ? Colors.Transparent : color,
                    LineColor = color,
                    LineWidth = paper ? 0.6f : 0.3f,
                    Orientation = figure.Horizontal ? Orientation.Horizontal : Orientation.Vertical,
                };
                plot.Add.Bars(new[] { bar });
                if (PlotParts.HatchOf(looks, paper) is var hatch && hatch != FigureHatch.None)
                    plot.Add.Plottable(new HatchedBars([bar], hatch, paper ? SKColor.Parse(looks.Color) : SKColors.White));
                (!paper && IsDark(color) ? onDark : onLight).Add(placed);
            }
        }
        AddIntervals(plot, onLight, Colors.Black, figure.Horizontal);
        AddIntervals(plot, onDark, Color.FromHex("#e04040"), figure.Horizontal);
    }

    // Black intervals cannot be seen on such bars. The weights are those of the eye.
    private static bool IsDark(Color color) => 0.2126 * color.Red + 0.7152 * color.Green + 0.0722 * color.Blue < 50;

    private static void AddIntervals(Plot plot, List<PlacedPoint> points, Color color, bool lying)
    {
        var known = points.Where(p => p is { Low: not null, High: not null }).ToList();
        if (known.Count == 0)
            return;
        double[] places = [.. known.Select(p => p.X)], values = [.. known.Select(p => p.Y)];
        double[] below = [.. known.Select(p => p.Y - p.Low!.Value)], above = [.. known.Select(p => p.High!.Value - p.Y)];
        plot.PlottableList.Add(new ErrorBar(lying ? values : places, lying ? places : values,
            lying ? above : null, lying ? below : null, lying ? null : above, lying ? null : below)
        {
            LineStyle = new LineStyle(0.7f, color),
            CapSize = 1.5f,
        });
    }

    private void Render(Plot plot, SKCanvas canvas, SKRect area)
    {
        var rect = new PixelRect(area.Left - leftMargin, area.Right + rightMargin, area.Bottom + bottomMargin, area.Top - topMargin);
        // The library draws again when limits changed against the last time, which they always did at the first.
        using (var nowhere = new SKNoDrawCanvas((int)rect.Right + 1, (int)rect.Bottom + 1))
            plot.Render(nowhere, rect);
        canvas.Save();
        plot.Render(canvas, rect);
        canvas.Restore();
    }

    private IEnumerable<(string Series, FigureStyle Style, bool Paper)> SeriesToDraw()
    {
        foreach (var series in data.Series)
        {
            if (data.Points.Any(p => p.Series == series.Value && p.Estimate is not null))
                yield return (series.Value, FigureStyle.Of(figure, series.Rank), false);
            if (data.HasOverlay && data.PaperPoints.Any(p => p.Series == series.Value && p.Estimate is not null))
                yield return (series.Value, FigureStyle.Of(figure, series.Rank), true);
        }
    }

    private bool HasMarkLabels => figure.XMarks.Any(mark => mark.Label != mark.Value);

    private void DrawMarkLabels(SKCanvas canvas, ChartAxes panel, SKRect area)
    {
        foreach (var mark in figure.XMarks.Where(mark => mark.Label != mark.Value && ChartAxes.IsNumeric(data)))
        {
            if (panel.X.Place(FigureData.Number(mark.Value)!.Value) is not { } place)
                continue;
            var text = ink.Cut(mark.Label, TickSize, area.Width);
            var half = ink.Width(text, TickSize) / 2;
            var x = area.Left + (float)((place - panel.X.Low) / (panel.X.High - panel.X.Low)) * area.Width;
            ink.Write(canvas, text, Math.Clamp(x, area.Left + half, Math.Max(area.Left + half, area.Right - half)), area.Top - 2, TickSize, Ink.Grey, TextAlign.Center);
        }
    }

    // Two slanted strokes on a white gap across the plot, so that nobody reads over the cut.
    private void DrawBreak(SKCanvas canvas, AxisView values, SKRect area)
    {
        if (values.Break is not { } at)
            return;
        var share = (float)((at - values.Low) / (values.High - values.Low));
        using var white = new SKPaint { Color = SKColors.White };
        if (figure.Horizontal)
        {
            var x = area.Left + share * area.Width;
            canvas.DrawRect(x - 2, area.Top, 4, area.Height + 1, white);
            foreach (var side in new[] { x - 2, x + 2 })
                Ink.Line(canvas, side - 1.5f, area.Bottom + 3, side + 1.5f, area.Bottom - 3, 0.7f, Ink.Black);
        }
        else
        {
            var y = area.Bottom - share * area.Height;
            canvas.DrawRect(area.Left - 1, y - 2, area.Width + 1, 4, white);
            foreach (var side in new[] { y - 2, y + 2 })
                Ink.Line(canvas, area.Left - 3, side + 1.5f, area.Left + 3, side - 1.5f, 0.7f, Ink.Black);
        }
    }

    private IReadOnlyList<AxisTick> LeftTicks(ChartAxes panel) => figure.Horizontal ? panel.X.Ticks : panel.Y.Ticks;

    private string Label(string text) => ink.Cut(text, TickSize, (float)(figure.Width * 72 / 3));

    // How the names below fit: side by side, slanted, or upright; the data area grows where even that is not legible.
    private (float Width, float Height) FitPlaces(float free, out float degrees)
    {
        degrees = 0;
        var line = Ink.LineHeight(TickSize);
        var least = Math.Max(free, 50);
        if (figure.Horizontal || ChartAxes.IsNumeric(data))
            return (least, line);
        var widest = data.Xs.Select(x => ink.Width(Label(x.Label), TickSize)).DefaultIfEmpty(0).Max();
        if (figure.Kind == FigureKind.GroupedBars)
            least = Math.Max(least, data.Xs.Count * SeriesToDraw().Count() * LeastBarWidth / 0.8f);
        var slot = least / Math.Max(1, data.Xs.Count);
        if (widest + 3 <= slot)
            return (least, line);
        if (slot >= line * 1.2f)
        {
            degrees = -45;
            return (least, widest * 0.71f + line * 0.4f);
        }
        degrees = -90;
        return (figure.Kind == FigureKind.GroupedBars ? Math.Max(least, data.Xs.Count * line) : least, widest);
    }

    // Of many names along a line every so many-th is shown; bars always have room for all.
    private IReadOnlyList<AxisTick> Thinned(AxisView view, float width)
    {
        var shown = view.Ticks.Count(tick => tick.Label.Length > 0);
        if (figure.Kind == FigureKind.GroupedBars || view != axes[0].X && axes.All(a => a.X != view) || shown == 0)
            return view.Ticks;
        var room = rotation == 0 ? view.Ticks.Max(tick => ink.Width(Label(tick.Label), TickSize)) + 3 : Ink.LineHeight(TickSize);
        var every = Math.Max(1, (int)Math.Ceiling(shown * room / width));
        return every == 1 ? view.Ticks : [.. view.Ticks.Where((_, index) => index % every == 0)];
    }

    private static float TitleHeight(string title) => title.Length > 0 ? Ink.LineHeight(LabelSize) + 2 : 0;

    private float LeastBars() => Math.Max(60, data.Xs.Count * Math.Max(Ink.LineHeight(TickSize), SeriesToDraw().Count() * LeastBarWidth / 0.8f));

    private sealed record PlacedPoint(double X, double Y, double? Low, double? High);
}
