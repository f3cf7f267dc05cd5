namespace Verus.Artifact.Figures;

/// <summary>A part of a stack.</summary>
/// <param name="Point">The point that the part shows.</param>
/// <param name="Series">The series of the part.</param>
/// <param name="From">The part's start on the axis of values.</param>
/// <param name="To">The part's end on the axis of values.</param>
internal sealed record StackPart(FigurePoint Point, ChartSeries Series, double From, double To);

/// <summary>
/// Stacks of numbers on top of each other, in the order of series; numbers below zero are stacked downwards from zero.
/// </summary>
internal static class Stacks
{
    /// <summary>Returns the parts of all stacks of a panel.</summary>
    public static IReadOnlyList<StackPart> Of(
        FigureData data, string panel, IEnumerable<ChartSeries> series, bool paper)
    {
        var parts = new List<StackPart>();
        Dictionary<string, double> up = new(StringComparer.Ordinal), down = new(StringComparer.Ordinal);
        foreach (var one in series.Where(one => one.Paper == paper))
        {
            foreach (var point in data.Line(panel, one.Key, paper))
            {
                if (point.Estimate is not { Value: var value })
                    continue;
                var ends = value < 0 ? down : up;
                var from = ends.GetValueOrDefault(point.X);
                ends[point.X] = from + value;
                parts.Add(new StackPart(point, one, from, from + value));
            }
        }
        return parts;
    }

    /// <summary>Returns all series of a figure in the order of stacks.</summary>
    public static IEnumerable<ChartSeries> SeriesOf(FigureData data) =>
        data.Series.SelectMany(series => Spread.Origins(data).Select(
            paper => new ChartSeries(series.Value, FigureStyle.Of(data.Figure, series.Rank), paper)));

    /// <summary>
    /// Returns what the axis of values has to show: the starts and ends of parts, and their intervals.
    /// </summary>
    public static IEnumerable<double> ValuesOf(FigureData data, string panel)
    {
        foreach (var paper in Spread.Origins(data))
        {
            foreach (var part in Of(data, panel, SeriesOf(data), paper))
            {
                yield return part.To;
                if (!data.Figure.ErrorBars || part.Point.Estimate is not { Low: { } low, High: { } high })
                    continue;
                yield return part.From + low;
                yield return part.From + high;
            }
        }
    }

    /// <summary>Returns notes on what a reader must know about stacks.</summary>
    public static IEnumerable<string> Notes(FigureData data)
    {
        var lacking = data.Points.Where(point => point.Estimate is null && data.IndexOf(point.X) is not null)
            .Select(point => FigureNotes.PlaceOf(data, point)).Distinct().ToList();
        const int most = 6;
        if (lacking.Count > 0)
            yield return $"Lower than the whole, since a part has no number: {string.Join("; ", lacking.Take(most))}"
                + (lacking.Count > most ? $"; and {lacking.Count - most} more" : "");
        var beyond = data.Panels.SelectMany(panel => Of(data, panel.Value, SeriesOf(data), paper: false))
            .GroupBy(part => (part.Point.Panel, part.Point.X, IsDown: part.To < 0))
            .Select(stack => stack.MaxBy(part => Math.Abs(part.To))!)
            .Where(part => !data.Figure.YLimits.Has(part.To))
            .Select(part => $"{FigureNotes.PlaceOf(data, part.Point)}: {NumberText.Of(part.To, data.Figure.Format)}")
            .ToList();
        if (beyond.Count > 0)
            yield return $"Beyond the ends of the axis: {string.Join("; ", beyond.Take(most))}"
                + (beyond.Count > most ? $"; and {beyond.Count - most} more" : "");
        var none = data.Figure.YScale == AxisScale.Log
            ? data.Points.Count(point => point.Estimate is { Value: <= 0 }) : 0;
        if (none > 0)
            yield return (none == 1 ? "1 part is" : $"{none} parts are")
                + " at or below zero, which is not on a logarithmic axis.";
        if (data.Figure.YScale == AxisScale.Log)
            yield return "On a logarithmic axis the height of a part does not show its share.";
    }
}
