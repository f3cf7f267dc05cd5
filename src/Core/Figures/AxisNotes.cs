namespace Verus.Artifact.Figures;

/// <summary>Makes notes on values that the axes of a chart leave out, or show differently from what a reader
/// expects.</summary>
internal static class AxisNotes
{
    private const int MostNamed = 6;

    /// <summary>Returns the notes on the axes of a chart as sentences.</summary>
    public static IEnumerable<string> Of(FigureData data)
    {
        var figure = data.Figure;
        if (data.HasRight)
        {
            var right = data.Series.Where(series => data.IsOnRight(series.Value)).Select(series => series.Label);
            yield return $"On the axis at the right: {string.Join(", ", right)}.";
        }
        if (figure.Kind is ChartKind { StandsOnZero: true } && figure.YLimits.Low > 0 && figure.YScale != AxisScale.Log)
            yield return $"The axis begins at {NumberText.Exact(figure.YLimits.Low.Value)} and not at zero.";
        var beyond = figure.Kind.NumbersAreOnY ? Beyond(data).ToList() : [];
        if (beyond.Count > 0)
        {
            yield return "Beyond the ends of the axis: " + string.Join("; ", beyond.Take(MostNamed))
                + (beyond.Count > MostNamed ? $"; and {beyond.Count - MostNamed} more, which the text file has" : "");
        }
    }

    private static IEnumerable<string> Beyond(FigureData data)
    {
        foreach (var point in data.HasOverlay ? data.Points.Concat(data.PaperPoints) : data.Points)
        {
            var limits = data.IsOnRight(point.Series) ? data.Figure.Right!.Limits : data.Figure.YLimits;
            if (point.Estimate is { } estimate && !limits.Has(estimate.Value))
                yield return $"{FigureNotes.NameOf(data, point)}: {NumberText.Of(estimate.Value, data.Figure.Format)}";
        }
    }
}
