using ScottPlot;
using ScottPlot.LayoutEngines;
using ScottPlot.Rendering.RenderActions;
using ScottPlot.TickGenerators;
using SkiaSharp;
using Verus.Artifact.Common;

namespace Verus.Artifact.Figures;

/// <summary>
/// The panels of a chart. The plotting library draws axes, grid, lines, bars and their intervals; this class determines
/// their positions.
/// </summary>
internal sealed class ChartContent
{
    private const float TickSize = Ink.SmallText;
    private const float LabelSize = 8;
    private const float LeastPanelWidth = 115;
    // The maximum size of a chart is that of A4 paper, since nobody prints anything wider or higher than a page.
    private const float PageWidth = 595, PageHeight = 842, Room = 3;
    private const int MostPanels = 60;

    private readonly ChartKind kind;
    private readonly FigureData data;
    private readonly FigureDeclaration figure;
    private readonly Ink ink;
    private readonly List<ChartAxes> axes;
    private readonly int columns;
    private readonly float leftMargin;
    private readonly float bottomMargin;
    private readonly float topMargin;
    private readonly float rightMargin;
    private readonly float panelWidth;
    private readonly float panelHeight;
    private readonly float rotation;
    private readonly string xTitle;
    private readonly string yTitle;
    private readonly string rightTitle;
    private readonly List<ChartSeries> drawn;
    private readonly List<string> leftOut = [];

    /// <summary>Lays the panels out.</summary>
    public ChartContent(ChartKind kind, FigureData data, Ink ink)
    {
        this.kind = kind;
        this.data = data;
        this.ink = ink;
        figure = data.Figure;
        axes = [.. data.Panels.Take(MostPanels).Select(panel => kind.AxesOf(data, panel.Value))];
        drawn = [.. SeriesToDraw()];
        xTitle = figure.XLabel ?? kind.XTitle(data, axes[0]);
        yTitle = figure.YLabel ?? kind.YTitle(data);
        rightTitle = !data.HasRight ? "" : figure.Right!.Label ?? data.TitleOf(right: true);

        var width = FigureKind.WidthOf(figure);
        columns = Math.Clamp(figure.PanelColumns ?? (int)(width / LeastPanelWidth), 1, axes.Count);
        // Names to the left of horizontal bars may take a third of the picture, and so may names below vertical bars.
        var ticksLeft = axes.SelectMany(LeftTicks).Select(tick => ink.Width(Label(tick.Label), TickSize))
            .DefaultIfEmpty(0).Max();
        leftMargin = ticksLeft + 9 + TitleHeight(figure.Horizontal ? xTitle : yTitle);
        rightMargin = Math.Max(6, kind.RoomRight(data, axes, ink) + RoomOfRightAxis() + RoomOfMarks());
        topMargin = data.Panels is [{ Label: "" }] && !HasMarkLabels ? 5 : Ink.LineHeight(LabelSize) + 3;
        var free = width / columns - leftMargin - rightMargin;
        var (dataWidth, ticksBelow) = FitPlaces(free, out rotation);
        panelWidth = leftMargin + dataWidth + rightMargin;
        bottomMargin = 6 + ticksBelow + TitleHeight(figure.Horizontal ? yTitle : xTitle);
        // Long names below the plot, or many horizontal bars, must not shrink the plot.
        var height = (float)(figure.Height * 72);
        panelHeight = Math.Max(height, bottomMargin + topMargin + (figure.Horizontal ? LeastBars()
            : Math.Max(height * 0.55f, Math.Min(PageHeight - 60, kind.LeastHeight(data)))));
        Judge();
    }

    /// <summary>The width of the content in points, which exceeds the declared width when the text needs
    /// more.</summary>
    public float Width => panelWidth * columns;

    /// <summary>The height in points.</summary>
    public float Height => panelHeight * ((axes.Count + columns - 1) / columns);

    /// <summary>Notes on what a reader must know about the axes of the chart.</summary>
    public IReadOnlyList<string> Notes =>
        [.. axes.Select(a => a.Y.Cut).OfType<(double From, double To)>().Select(cut =>
            $"The axis is cut between {NumberText.Exact(cut.From)} and {NumberText.Exact(cut.To)}.").Distinct(),
            .. leftOut.Select(what => $"{Upper(what)}; the text file has everything.")];

    /// <summary>Sentences that describe the data which cannot be read off the picture, since a page has no room for
    /// them.</summary>
    public IReadOnlyList<string> LeftOut => leftOut;

    /// <summary>Draws the panels, with the upper left corner of the first one at a position.</summary>
    public void Draw(SKCanvas canvas, float left, float top)
    {
        for (var i = 0; i < axes.Count; i++)
            DrawPanel(canvas, i, AreaOf(i, left, top));
    }

    /// <summary>Returns the marks at which a reader can point, in panels with the given position of the first
    /// one.</summary>
    public IEnumerable<PictureMark> Marks(float left, float top) => Enumerable.Range(0, axes.Count).SelectMany(i =>
    {
        var area = AreaOf(i, left, top);
        var panel = new ChartPanel(new Plot(), data, data.Panels[i].Value, axes[i], drawn, area.Width, area.Height);
        return PictureMarks.In(kind.MarksOf(panel), axes[i], area, figure.Horizontal);
    });

    private SKRect AreaOf(int panel, float left, float top)
    {
        var x = left + panel % columns * panelWidth;
        var y = top + panel / columns * panelHeight;
        return new SKRect(x + leftMargin, y + topMargin, x + panelWidth - rightMargin, y + panelHeight - bottomMargin);
    }

    private void DrawPanel(SKCanvas canvas, int index, SKRect area)
    {
        var panel = data.Panels[index];
        var (below, beside) = figure.Horizontal ? (axes[index].Y, axes[index].X) : (axes[index].X, axes[index].Y);
        var (ticksBelow, ticksBeside) = (Labelled(below, below: true, area), Labelled(beside, below: false, area));
        var plot = MakePlot(axes[index], area, ticksBelow, ticksBeside);
        AddLines(plot, axes[index]);
        var chart = new ChartPanel(plot, data, panel.Value, axes[index], drawn, area.Width, area.Height);
        kind.AddMarks(chart);
        Render(plot, canvas, area);
        var texts = new PanelTexts(canvas, axes[index], area, figure, ink);
        foreach (var text in kind.TextsOf(chart, ink))
            texts.Write(text);
        kind.DrawRight(canvas, area, data, axes[index], ink);
        DrawRightAxis(canvas, axes[index], area);
        WriteTicks(canvas, ticksBelow, below, ticksBeside, beside, area);

        if (panel.Label.Length > 0)
        {
            ink.Write(canvas, ink.Cut(panel.Label, LabelSize, area.Width, bold: true), area.MidX,
                area.Top - (HasMarkLabels ? Ink.LineHeight(LabelSize) : 4),
                LabelSize, Ink.Black, TextAlign.Center, bold: true);
        }
        DrawMarkLabels(canvas, axes[index], area);
        DrawMarksOfValues(canvas, axes[index].Y, area);
        var (titleBelow, titleBeside) = figure.Horizontal ? (yTitle, xTitle) : (xTitle, yTitle);
        WriteTitle(canvas, titleBelow, area.MidX, area.Bottom + bottomMargin - 3, area.Width + leftMargin);
        if (index % columns == 0)
        {
            canvas.Save();
            canvas.Translate(area.Left - leftMargin + LabelSize, area.MidY);
            canvas.RotateDegrees(-90);
            WriteUpright(canvas, titleBeside, area.Height);
            canvas.Restore();
        }
        DrawBreak(canvas, axes[index].Y, area);
    }

    // A title that is too long becomes smaller before it is cut, because the unit is at the end of the title.
    private void WriteTitle(SKCanvas canvas, string title, float x, float y, float width)
    {
        var size = SizeOf(title, width);
        ink.Write(canvas, ink.Cut(title, size, width), x, y, size, Ink.Black, TextAlign.Center);
    }

    // An upright title is centred on its axis, and extends beyond both ends if it is longer than the axis.
    private void WriteUpright(SKCanvas canvas, string title, float axis)
    {
        var room = topMargin + axis + bottomMargin;
        var half = ink.Width(title, SizeOf(title, room)) / 2;
        var up = Math.Max(0, Math.Min(half, room / 2) - axis / 2 - bottomMargin)
            - Math.Max(0, Math.Min(half, room / 2) - axis / 2 - topMargin);
        WriteTitle(canvas, title, up, 0, room);
    }

    private float SizeOf(string title, float width) =>
        Math.Clamp(LabelSize * width / Math.Max(1, ink.Width(title, LabelSize)), TickSize, LabelSize);

    // Lines that belong to no series: marks of both axes, and the line in front of places that stand apart.
    private void AddLines(Plot plot, ChartAxes panel)
    {
        var (color, pattern) = (Color.FromHex("#777777"), new LinePattern([3, 2], 0, "mark"));
        foreach (var mark in figure.XMarks)
        {
            if (panel.IsNumeric && panel.X.Place(FigureData.Number(mark.Value)!.Value) is { } place)
                plot.Add.VerticalLine(place, 0.7f, color, pattern);
        }
        foreach (var mark in figure.YMarks)
        {
            if (panel.Y.Place(FigureData.Number(mark.Value)!.Value) is not { } place)
                continue;
            if (figure.Horizontal)
                plot.Add.VerticalLine(place, 0.7f, color, pattern);
            else
                plot.Add.HorizontalLine(place, 0.7f, color, pattern);
        }
        if (panel.X.Separator is not { } separator)
            return;
        if (figure.Horizontal)
            plot.Add.HorizontalLine(separator, 0.5f, color, LinePattern.Solid);
        else
            plot.Add.VerticalLine(separator, 0.5f, color, LinePattern.Solid);
    }

    private float RoomOfRightAxis() => !data.HasRight ? 0
        : axes.SelectMany(panel => panel.Right!.Ticks).Select(tick => ink.Width(Label(tick.Label), TickSize))
            .DefaultIfEmpty(0).Max() + 9 + TitleHeight(rightTitle);

    private void DrawRightAxis(SKCanvas canvas, ChartAxes panel, SKRect area)
    {
        if (panel.Right is not { } right)
            return;
        Ink.Line(canvas, area.Right, area.Top, area.Right, area.Bottom, 0.7f, Ink.Black);
        var ticks = Labelled(right, below: false, area);
        foreach (var tick in right.Ticks.Where(tick => Share(right, tick.Position) is >= -0.001 and <= 1.001))
        {
            var y = area.Bottom - (float)Share(right, tick.Position) * area.Height;
            Ink.Line(canvas, area.Right, y, area.Right + (tick.Label.Length > 0 ? 3 : 2), y, 0.7f, Ink.Black);
            if (ticks.Contains(tick))
                ink.Write(canvas, Label(tick.Label), area.Right + 5, y + TickSize * 0.36f, TickSize, Ink.Black);
        }
        canvas.Save();
        canvas.Translate(area.Right + rightMargin - RoomOfMarks() - 3, area.MidY);
        canvas.RotateDegrees(-90);
        WriteUpright(canvas, rightTitle, area.Height);
        canvas.Restore();
    }

    private Plot MakePlot(ChartAxes panel, SKRect area, List<AxisTick> ticksBelow, List<AxisTick> ticksBeside)
    {
        var plot = new Plot();
        // The canvas holds more than one plot, so drawing a plot must neither clear the canvas nor paint around the
        // data area.
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
        SetAxis(plot.Axes.Bottom, below, ticksBelow);
        SetAxis(plot.Axes.Left, beside, ticksBeside);
        if (figure.Horizontal)
            plot.Axes.SetLimits(below.Low, below.High, beside.High, beside.Low);
        else
            plot.Axes.SetLimits(below.Low, below.High, beside.Low, beside.High);
        var values = figure.Horizontal ? plot.Grid.XAxisStyle : plot.Grid.YAxisStyle;
        var places = figure.Horizontal ? plot.Grid.YAxisStyle : plot.Grid.XAxisStyle;
        values.MajorLineStyle.Color = Color.FromHex("#dddddd");
        values.MajorLineStyle.Width = 0.5f;
        places.IsVisible = false;
        return plot;
    }

    private static void SetAxis(IAxis axis, AxisView view, List<AxisTick> labelled)
    {
        // The SDK writes the texts of ticks itself, since the plotting library uses only one font for a text.
        axis.TickLabelStyle.IsVisible = false;
        axis.TickLabelStyle.FontName = FigureFonts.Family;
        axis.FrameLineStyle.Width = 0.7f;
        axis.FrameLineStyle.AntiAlias = true;
        axis.MajorTickStyle.Width = 0.7f;
        axis.MajorTickStyle.Length = 3;
        axis.MajorTickStyle.AntiAlias = true;
        axis.MinorTickStyle.Width = 0.4f;
        axis.MinorTickStyle.Length = 2;
        axis.MinorTickStyle.AntiAlias = true;
        axis.TickGenerator = new NumericManual([.. labelled.Select(tick => Tick.Major(tick.Position, "")),
            .. view.Ticks.Where(tick => tick.Label.Length == 0).Select(tick => Tick.Minor(tick.Position))]);
    }

    private void Render(Plot plot, SKCanvas canvas, SKRect area)
    {
        var rect = new PixelRect(area.Left - leftMargin, area.Right + rightMargin, area.Bottom + bottomMargin,
            area.Top - topMargin);
        // The plotting library draws a plot twice when the limits of its axes have changed since the last drawing, as
        // they always have at the first drawing; the first of the two therefore goes to a canvas that draws nothing.
        using (var nowhere = new SKNoDrawCanvas((int)rect.Right + 1, (int)rect.Bottom + 1))
            plot.Render(nowhere, rect);
        canvas.Save();
        plot.Render(canvas, rect);
        canvas.Restore();
    }

    private IEnumerable<ChartSeries> SeriesToDraw()
    {
        foreach (var series in data.Series)
        {
            if (data.SeriesWithNumbers.Contains(series.Value))
                yield return new ChartSeries(series.Value, FigureStyle.Of(figure, series.Rank), false);
            if (data.HasOverlay && data.PaperSeriesWithNumbers.Contains(series.Value))
                yield return new ChartSeries(series.Value, FigureStyle.Of(figure, series.Rank), true);
        }
    }

    private bool HasMarkLabels => Meaning(figure.XMarks).Any() || (figure.Horizontal && Meaning(figure.YMarks).Any());

    // A marked value without a declared meaning is only a line, without a text.
    private static IEnumerable<FigureLabel> Meaning(IReadOnlyList<FigureLabel> marks) =>
        marks.Where(mark => mark.Label != mark.Value);

    // The meaning of a horizontal line is written next to the panel, where the text hides no data.
    private float RoomOfMarks() => figure.Horizontal ? 0
        : Meaning(figure.YMarks).Select(mark => ink.Width(Label(mark.Label), TickSize) + 4).DefaultIfEmpty(0).Max();

    private void DrawMarksOfValues(SKCanvas canvas, AxisView values, SKRect area)
    {
        foreach (var mark in Meaning(figure.YMarks))
        {
            if (values.Place(FigureData.Number(mark.Value)!.Value) is not { } place
                || Share(values, place) is not (>= 0 and <= 1 and var share))
                continue;
            if (figure.Horizontal)
                WriteAbove(canvas, mark.Label, (float)share, area);
            else
                ink.Write(canvas, Label(mark.Label), area.Right + rightMargin - RoomOfMarks() + 3,
                    area.Bottom - (float)share * area.Height + TickSize * 0.36f, TickSize, Ink.Grey);
        }
    }

    private void WriteAbove(SKCanvas canvas, string label, float share, SKRect area)
    {
        var text = ink.Cut(label, TickSize, area.Width);
        var half = ink.Width(text, TickSize) / 2;
        var x = Math.Clamp(area.Left + share * area.Width, area.Left + half,
            Math.Max(area.Left + half, area.Right - half));
        ink.Write(canvas, text, x, area.Top - 2, TickSize, Ink.Grey, TextAlign.Center);
    }

    private void DrawMarkLabels(SKCanvas canvas, ChartAxes panel, SKRect area)
    {
        foreach (var mark in Meaning(figure.XMarks).Where(_ => panel.IsNumeric))
        {
            if (panel.X.Place(FigureData.Number(mark.Value)!.Value) is not { } place)
                continue;
            WriteAbove(canvas, mark.Label, (float)Share(panel.X, place), area);
        }
    }

    // Draws two slanted strokes on a white gap across the plot, so that no reader overlooks the cut of the axis.
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

    // Decides how the names below the x axis fit: side by side, slanted, or upright. If even upright names below the x
    // axis are not legible, the data area grows, up to the size of a page.
    private (float Width, float Height) FitPlaces(float free, out float degrees)
    {
        degrees = 0;
        var line = Ink.LineHeight(TickSize);
        var least = Math.Max(free, 50);
        var most = Math.Max(least,
            Math.Max(PageWidth, (float)figure.Width * 72) / columns - leftMargin - rightMargin - FigureFrame.Margin);
        if (figure.Horizontal || axes[0].IsNumeric)
            return (least, line);
        var widest = data.Xs.Select(x => ink.Width(Label(x.Label), TickSize)).DefaultIfEmpty(0).Max();
        least = Math.Min(most, Math.Max(least, kind.LeastLength(data.Xs.Count, drawn.Count)));
        var slot = least / Math.Max(1, data.Xs.Count);
        if (widest + Room <= slot)
            return (least, line);
        if (slot >= line * 1.2f)
        {
            degrees = -45;
            return (least, widest * 0.71f + line * 0.4f);
        }
        degrees = -90;
        return (kind.GrowsForNames ? Math.Min(most, Math.Max(least, data.Xs.Count * line)) : least, widest);
    }

    // If the names along an axis are too many to be legible, only every n-th name is shown.
    private List<AxisTick> Labelled(AxisView view, bool below, SKRect area)
    {
        var labelled = view.Ticks
            .Where(tick => tick.Label.Length > 0 && Share(view, tick.Position) is >= -0.001 and <= 1.001).ToList();
        var every = Every(labelled, below, below ? area.Width : area.Height);
        return every == 1 ? labelled : [.. labelled.Where((_, index) => index % every == 0)];
    }

    private int Every(List<AxisTick> labelled, bool below, float room)
    {
        var needs = !below ? TickSize : rotation == 0 && labelled.Count > 0
            ? labelled.Max(tick => ink.Width(Label(tick.Label), TickSize)) + Room : Ink.LineHeight(TickSize);
        // Names that exceed their room by less than a hundredth are treated as fitting.
        return Math.Max(1, (int)Math.Ceiling(labelled.Count * needs / room - 0.01));
    }

    private static double Share(AxisView view, double position) => (position - view.Low) / (view.High - view.Low);

    private void WriteTicks(SKCanvas canvas, List<AxisTick> ticksBelow, AxisView below, List<AxisTick> ticksBeside,
        AxisView beside, SKRect area)
    {
        foreach (var tick in ticksBelow)
        {
            var x = area.Left + (float)Share(below, tick.Position) * area.Width;
            var text = Label(tick.Label);
            if (rotation == 0)
            {
                var half = ink.Width(text, TickSize) / 2;
                ink.Write(canvas, text, Math.Max(area.Left - leftMargin + half,
                    Math.Min(x, area.Right + rightMargin - half)), area.Bottom + 4 + TickSize, TickSize, Ink.Black,
                    TextAlign.Center);
                continue;
            }
            canvas.Save();
            canvas.Translate(x, area.Bottom + 5);
            canvas.RotateDegrees(rotation);
            ink.Write(canvas, text, 0, TickSize * 0.36f, TickSize, Ink.Black, TextAlign.Right);
            canvas.Restore();
        }
        foreach (var tick in ticksBeside)
        {
            // The first of several horizontal bars is on top.
            var share = (float)Share(beside, tick.Position) * area.Height;
            ink.Write(canvas, Label(tick.Label), area.Left - 5,
                (figure.Horizontal ? area.Top + share : area.Bottom - share) + TickSize * 0.36f, TickSize, Ink.Black,
                TextAlign.Right);
        }
    }

    // Determines which texts and marks the layout leaves out; this is known before anything is drawn.
    private void Judge()
    {
        var (width, height) = (panelWidth - leftMargin - rightMargin, panelHeight - bottomMargin - topMargin);
        if (data.Panels.Count > axes.Count)
            leftOut.Add($"{axes.Count} of {Amount.Count(data.Panels.Count, "panel")} are shown");
        if (!axes[0].IsNumeric && axes.Count > 0
            && Every([.. axes[0].X.Ticks], !figure.Horizontal, figure.Horizontal ? height : width) is > 1 and var every)
            leftOut.Add(
                $"every {every}{Ordinal(every)} of {Amount.Count(data.Xs.Count, "name")} is written at the axis");
        leftOut.AddRange(kind.Crowded(data, drawn, figure.Horizontal ? height : width));
    }

    private static string Ordinal(int number) => (number % 10, number % 100) switch
    {
        (_, 11 or 12 or 13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };

    private static string Upper(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static float TitleHeight(string title) => title.Length > 0 ? Ink.LineHeight(LabelSize) + 2 : 0;

    private float LeastBars() =>
        Math.Min(PageHeight - 60,
            Math.Max(60, Math.Max(data.Xs.Count * Ink.LineHeight(TickSize),
                kind.LeastLength(data.Xs.Count, drawn.Count))));
}
