using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;
using Verus.Artifact.Data;

namespace Verus.Artifact.Figures;

/// <summary>Draws line charts and bar charts: one plot for each panel, with a common mark of origin and legend above and footnotes below.</summary>
internal sealed class ChartPainter(FigureData data, FigureNotes notes, FigureFonts fonts)
{
    private const float Margin = 4;
    private const float LeastPanelWidth = 150;
    private const float LegendSize = 7.5f;
    private const float Swatch = 16;

    private readonly FigureDeclaration figure = data.Figure;
    private readonly Ink ink = new(fonts);

    /// <summary>The picture; it is drawn anew for each format.</summary>
    public Picture Paint()
    {
        var width = (float)figure.Width * 72;
        var columns = Math.Min(data.Panels.Count, figure.PanelColumns ?? Math.Max(1, (int)(width / LeastPanelWidth)));
        var panelWidth = (width - 2 * Margin) / columns;
        var panelHeight = (float)figure.Height * 72;
        var header = Header(width - 2 * Margin);
        var footer = notes.All.SelectMany(note => ink.Wrap(note, Ink.SmallText, width - 2 * Margin)).ToList();
        var top = Margin + header.Sum(line => line.Height);
        var rows = (data.Panels.Count + columns - 1) / columns;
        var bottom = top + rows * panelHeight + 2;
        var height = bottom + footer.Count * Ink.LineHeight(Ink.SmallText) + Margin;
        return new Picture(width, height, canvas =>
        {
            var y = Margin;
            foreach (var line in header)
            {
                line.Draw(canvas, y);
                y += line.Height;
            }
            for (var i = 0; i < data.Panels.Count; i++)
            {
                canvas.Save();
                canvas.Translate(Margin + i % columns * panelWidth, top + i / columns * panelHeight);
                PanelPlot(data.Panels[i]).RenderManager.Render(canvas, new PixelRect(0, panelWidth, panelHeight, 0));
                canvas.Restore();
            }
            y = bottom;
            foreach (var line in footer)
                ink.Write(canvas, line, Margin, y += Ink.LineHeight(Ink.SmallText), Ink.SmallText, Ink.Grey);
        });
    }

    // The mark of recorded numbers, then the legend in as many rows as it needs.
    private List<(float Height, Action<SKCanvas, float> Draw)> Header(float width)
    {
        var lines = new List<(float, Action<SKCanvas, float>)>();
        if (data.IsAllRecorded || data.Origin == Origin.Recorded)
            foreach (var text in ink.Wrap(data.IsAllRecorded ? FigureNotes.Recorded.ToUpperInvariant() : "PARTLY " + FigureNotes.Recorded.ToUpperInvariant(), 8, width, bold: true))
                lines.Add((Ink.LineHeight(8), (canvas, y) => ink.Write(canvas, text, Margin + width / 2, y + 8, 8, Ink.RecordedColor, TextAlign.Center, bold: true)));
        if (data.Series.Count < 2 && data.Series.All(series => series.Label.Length == 0))
            return lines;
        var row = new List<(int Index, float X)>();
        var x = 0f;
        for (var i = 0; i < data.Series.Count; i++)
        {
            var needed = Swatch + 3 + ink.Width(LegendText(i), LegendSize) + 10;
            if (x > 0 && x + needed > width)
            {
                lines.Add(LegendRow([.. row]));
                row.Clear();
                x = 0;
            }
            row.Add((i, x));
            x += needed;
        }
        lines.Add(LegendRow([.. row]));
        lines.Add((3, (_, _) => { }));
        return lines;
    }

    private string LegendText(int index)
    {
        var key = data.Series[index].Value;
        var recorded = !data.IsAllRecorded && data.Points.Any(p => p.Series == key && p.Estimate is not null && p.Dataset.Origin == Origin.Recorded);
        return data.Series[index].Label + (recorded ? " (recorded)" : "");
    }

    private (float, Action<SKCanvas, float>) LegendRow((int Index, float X)[] entries) => (Ink.LineHeight(LegendSize), (canvas, y) =>
    {
        foreach (var (index, x) in entries)
        {
            var style = FigureStyle.Of(figure, index);
            var color = SKColor.Parse(style.Color);
            if (figure.Kind == FigureKind.LineChart)
            {
                Ink.Line(canvas, Margin + x, y + 5, Margin + x + Swatch, y + 5, 1, color);
                using var paint = ScottPlot.Paint.NewDisposablePaint();
                Drawing.DrawMarker(canvas, paint, new Pixel(Margin + x + Swatch / 2, y + 5), new MarkerStyle(MarkerOf(style), 5, Color.FromHex(style.Color)));
            }
            else
            {
                using var paint = new SKPaint { Color = color };
                canvas.DrawRect(Margin + x, y + 1.5f, Swatch - 4, 7, paint);
            }
            ink.Write(canvas, LegendText(index), Margin + x + Swatch + 1, y + 8, LegendSize, Ink.Black);
        }
    });

    private Plot PanelPlot(FigureLabel panel)
    {
        var plot = new Plot();
        plot.Font.Set(FigureFonts.Family);
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        plot.FigureBackground.Color = Colors.Transparent;
        plot.Axes.Title.Label.FontSize = 8;
        if (panel.Label.Length > 0)
            plot.Title(Ink.Clean(panel.Label), 8);
        var y = YAxis(panel);
        var x = XAxis();
        var (across, along) = figure.Horizontal ? (plot.Axes.Left, plot.Axes.Bottom) : ((IAxis)plot.Axes.Bottom, (IAxis)plot.Axes.Left);
        Axis(across, x, figure.XLabel ?? (figure.Kind == FigureKind.LineChart ? string.Join(", ", figure.X) : ""));
        Axis(along, y, figure.YLabel ?? YLabel());
        if (figure.Horizontal)
            plot.Axes.SetLimits(y.Low, y.High, x.High, x.Low);
        else
            plot.Axes.SetLimits(x.Low, x.High, y.Low, y.High);
        plot.Grid.XAxisStyle.IsVisible = figure.Horizontal;
        plot.Grid.YAxisStyle.IsVisible = !figure.Horizontal;
        plot.Grid.MajorLineColor = Color.FromHex("#e3e3e3");
        foreach (var mark in figure.XMarks)
            if (FigureData.Number(mark.Value) is { } at && x.Place(at) is { } place)
            {
                var line = plot.Add.VerticalLine(place, 0.7f, Color.FromHex("#777777"), LinePattern.Dashed);
                line.ExcludeFromLegend = true;
            }
        for (var i = 0; i < data.Series.Count; i++)
        {
            if (figure.Kind == FigureKind.LineChart)
                Lines(plot, panel, i, x, y);
            else
                Bars(plot, panel, i, y);
        }
        if (y.Break is { } gap)
            _ = figure.Horizontal ? plot.Add.VerticalLine(gap, 3, Colors.White) : (object)plot.Add.HorizontalLine(gap, 3, Colors.White);
        return plot;
    }

    private static void Axis(IAxis axis, AxisView view, string label)
    {
        axis.TickGenerator = new NumericManual([.. view.Ticks.Select(tick => new Tick(tick.Position, Ink.Clean(tick.Label), isMajor: tick.Label.Length > 0))]);
        axis.TickLabelStyle.FontSize = Ink.SmallText;
        axis.TickLabelStyle.FontName = FigureFonts.Family;
        axis.Label.Text = Ink.Clean(label);
        axis.Label.FontSize = 8;
        axis.Label.Bold = false;
        axis.Label.FontName = FigureFonts.Family;
        if (view.Ticks.Count > 0 && view.Ticks.Max(tick => tick.Label.Length) * view.Ticks.Count > 60 && axis is ScottPlot.AxisPanels.BottomAxis)
        {
            axis.TickLabelStyle.Rotation = 40;
            axis.TickLabelStyle.Alignment = Alignment.MiddleLeft;
            axis.MinimumSize = 6 + 4.2f * Math.Min(16, view.Ticks.Max(tick => tick.Label.Length));
        }
    }

    private AxisView YAxis(FigureLabel panel)
    {
        // Each panel has an axis of its own: shares of writes differ by orders of magnitude.
        var points = data.Points.Concat(data.HasOverlay ? data.PaperPoints : []).Where(point => point.Panel == panel.Value).Select(point => point.Estimate).OfType<Estimate>();
        var values = points.SelectMany(e => figure.ErrorBars ? new[] { e.Value, e.Low ?? e.Value, e.High ?? e.Value } : [e.Value]).Where(double.IsFinite).ToList();
        return figure.YScale switch
        {
            AxisScale.Log => AxisView.Logarithmic(values, 10, figure.YTicks),
            AxisScale.Broken => AxisView.Broken(values, figure.YTicks),
            _ => AxisView.Linear(values, fromZero: true, figure.YTicks),
        };
    }

    private AxisView XAxis()
    {
        var scale = figure.XScale ?? (figure.Kind == FigureKind.LineChart && data.XIsNumeric ? AxisScale.Linear : AxisScale.Category);
        if (scale == AxisScale.Category)
            return AxisView.Categories([.. data.Xs.Select(x => x.Label)]);
        foreach (var x in data.Xs.Where(x => FigureData.Number(x.Value) is null || (scale != AxisScale.Linear && FigureData.Number(x.Value) <= 0)))
            throw FigureRules.NotANumber.Throw(figure.Item.Where, figure.Name, string.Join(" ", figure.X), figure.Datasets[0], x.Label, scale);
        var numbers = data.Xs.Select(x => FigureData.Number(x.Value)!.Value).ToList();
        return scale switch
        {
            AxisScale.Log => AxisView.Logarithmic(numbers, 10, figure.XTicks),
            AxisScale.Log2 => AxisView.Logarithmic(numbers, 2, figure.XTicks),
            _ => AxisView.Linear(numbers, fromZero: false, figure.XTicks),
        };
    }

    private string YLabel()
    {
        var quantity = data.Points.Select(point => point.Dataset.Quantity).FirstOrDefault() ?? "";
        return data.Units is [{ Length: > 0 } unit] ? $"{quantity} ({unit})" : quantity;
    }

    private void Lines(Plot plot, FigureLabel panel, int index, AxisView x, AxisView y)
    {
        var style = FigureStyle.Of(figure, index);
        Draw(data.At, LinePattern.Solid, 5);
        if (data.HasOverlay)
            Draw(data.PaperAt, LinePattern.Dashed, 0);

        void Draw(Func<string, string, string, FigurePoint?> at, LinePattern pattern, float marker)
        {
            var segment = new List<(double X, double Y, Estimate Estimate)>();
            for (var i = 0; i <= data.Xs.Count; i++)
            {
                var point = i < data.Xs.Count ? at(panel.Value, data.Series[index].Value, data.Xs[i].Value) : null;
                // A place that this series was never asked about does not break its line; one without a number does.
                if (i < data.Xs.Count && point is null)
                    continue;
                if (point?.Estimate is { } estimate && y.Place(estimate.Value) is { } height && x.Place(FigureData.Number(data.Xs[i].Value) is { } number && x.Ticks.All(tick => tick.Label != data.Xs[i].Label || data.XIsNumeric) && figure.XScale != AxisScale.Category ? number : i) is { } place)
                    segment.Add((place, height, estimate));
                else
                    Flush();
            }

            void Flush()
            {
                if (segment.Count > 0)
                {
                    var line = plot.Add.Scatter(segment.Select(p => p.X).ToArray(), segment.Select(p => p.Y).ToArray(), Color.FromHex(style.Color));
                    (line.LineWidth, line.LinePattern, line.MarkerSize, line.MarkerShape) = (1, pattern, marker, MarkerOf(style));
                    if (figure.ErrorBars)
                        Errors(plot, [.. segment.Select(p => (p.X, p.Estimate))], y, Color.FromHex(style.Color));
                }
                segment.Clear();
            }
        }
    }

    private void Bars(Plot plot, FigureLabel panel, int index, AxisView y)
    {
        var style = FigureStyle.Of(figure, index);
        var size = 0.8 / Math.Max(1, data.Series.Count);
        var bars = new List<Bar>();
        var errors = new List<(double, Estimate)>();
        for (var i = 0; i < data.Xs.Count; i++)
        {
            var position = i - 0.4 + size * (index + 0.5);
            // One series: its bars are told apart by place, and may have a colour each.
            var color = data.Series.Count == 1 && figure.Colors.Count > 1 ? FigureStyle.Of(figure, i).Color : style.Color;
            if (data.At(panel.Value, data.Series[index].Value, data.Xs[i].Value)?.Estimate is { } estimate && y.Place(estimate.Value) is { } height)
            {
                bars.Add(new Bar
                {
                    Position = position, Value = height, ValueBase = Math.Max(y.Low, 0), Size = size * 0.92, FillColor = Color.FromHex(color), LineWidth = 0.4f, LineColor = Colors.Black,
                    Orientation = figure.Horizontal ? Orientation.Horizontal : Orientation.Vertical,
                    FillHatch = style.Hatch switch
                    {
                        FigureHatch.Rising => new ScottPlot.Hatches.Striped(ScottPlot.Hatches.StripeDirection.DiagonalUp),
                        FigureHatch.Falling => new ScottPlot.Hatches.Striped(ScottPlot.Hatches.StripeDirection.DiagonalDown),
                        FigureHatch.Crossed => new ScottPlot.Hatches.Grid(),
                        _ => null,
                    },
                    FillHatchColor = Colors.White,
                });
                errors.Add((position, estimate));
            }
            if (data.HasOverlay && data.PaperAt(panel.Value, data.Series[index].Value, data.Xs[i].Value)?.Estimate is { } paper && y.Place(paper.Value) is { } level)
                bars.Add(new Bar
                {
                    Position = position, Value = level, ValueBase = Math.Max(y.Low, 0), Size = size * 0.5, FillColor = Colors.Transparent, LineWidth = 0.8f, LineColor = Color.FromHex("#333333"),
                    Orientation = figure.Horizontal ? Orientation.Horizontal : Orientation.Vertical,
                });
        }
        if (bars.Count > 0)
            plot.Add.Bars(bars);
        if (figure.ErrorBars && !figure.Horizontal)
            Errors(plot, errors, y, Color.FromHex("#b02020"));
    }

    private static void Errors(Plot plot, List<(double X, Estimate Estimate)> points, AxisView y, Color color)
    {
        foreach (var (x, estimate) in points)
            if (estimate is { Low: { } low, High: { } high } && y.Place(estimate.Value) is { } middle && (y.Place(low) ?? y.Low) is var from && y.Place(high) is { } to && to > from)
            {
                var bar = plot.Add.ErrorBar([x], [middle], [0.0]);
                bar.YErrorNegative = [middle - from];
                bar.YErrorPositive = [to - middle];
                (bar.Color, bar.LineWidth, bar.CapSize) = (color, 0.8f, 2);
            }
    }

    private static MarkerShape MarkerOf(FigureStyle style) => style.Marker switch
    {
        FigureMarker.Square => MarkerShape.FilledSquare,
        FigureMarker.TriangleUp => MarkerShape.FilledTriangleUp,
        FigureMarker.Diamond => MarkerShape.FilledDiamond,
        FigureMarker.TriangleDown => MarkerShape.FilledTriangleDown,
        FigureMarker.Cross => MarkerShape.Eks,
        FigureMarker.Plus => MarkerShape.Cross,
        _ => MarkerShape.FilledCircle,
    };
}
