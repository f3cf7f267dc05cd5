namespace Verus.Artifact.Figures;

/// <summary>The axes of one panel of a chart, whichever way its bars point.</summary>
/// <param name="X">The axis of places.</param>
/// <param name="Y">The axis of values.</param>
internal sealed record ChartAxes(AxisView X, AxisView Y)
{
    /// <summary>The axes of a panel.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">An axis of numbers meets something else.</exception>
    public static ChartAxes Of(FigureData data, string panel)
    {
        var figure = data.Figure;
        return new ChartAxes(PlacesAxis(data), ValuesAxis(data, panel, figure));
    }

    /// <summary>The place of a key on the x axis; null when this axis cannot show it.</summary>
    public double? PlaceOf(FigureData data, string x) =>
        IsNumeric(data) ? X.Place(FigureData.Number(x)!.Value) : data.IndexOf(x);

    /// <summary>Whether the x axis is one of numbers.</summary>
    public static bool IsNumeric(FigureData data) => Scale(data) != AxisScale.Category;

    /// <summary>Scale of the x axis: as declared, else linear where everything is a number.</summary>
    public static AxisScale Scale(FigureData data) =>
        data.Figure.XScale ?? (data.XIsNumeric && data.Figure.XOrder.Count == 0 ? AxisScale.Linear : AxisScale.Category);

    private static AxisView PlacesAxis(FigureData data)
    {
        var figure = data.Figure;
        var scale = Scale(data);
        if (scale == AxisScale.Category)
            return AxisView.Categories([.. data.Xs.Select(x => x.Label)]);
        if (data.Points.Concat(data.PaperPoints).FirstOrDefault(p => FigureData.Number(p.X) is not { } place || Math.Abs(place) > FigurePoint.MostOnAxis) is { } stranger)
        {
            throw FigureRules.NotANumber.Error(figure.Item.Where, figure.Name, string.Join(' ', figure.X), stranger.Dataset.Name,
                stranger.X.Replace('\u001f', ' '), scale);
        }
        double[] values = [.. data.Xs.Select(x => FigureData.Number(x.Value)!.Value), .. figure.XMarks.Select(mark => FigureData.Number(mark.Value)!.Value)];
        return scale switch
        {
            AxisScale.Log => AxisView.Logarithmic(values, 10, figure.XTicks),
            AxisScale.Log2 => AxisView.Logarithmic(values, 2, figure.XTicks),
            _ => AxisView.Linear(values, fromZero: false, figure.XTicks),
        };
    }

    private static AxisView ValuesAxis(FigureData data, string panel, FigureDeclaration figure)
    {
        var values = new List<double>();
        foreach (var point in figure.Overlay ? data.Points.Concat(data.PaperPoints) : data.Points)
        {
            if (point.Panel != panel || point.Estimate is not { } estimate)
                continue;
            values.Add(estimate.Value);
            if (figure.ErrorBars && estimate is { Low: { } low, High: { } high } && double.IsFinite(low) && double.IsFinite(high))
                values.AddRange([low, high]);
        }
        return figure.YScale switch
        {
            AxisScale.Log => AxisView.Logarithmic(values, 10, figure.YTicks),
            AxisScale.Broken => AxisView.Broken(values, figure.YTicks),
            // A line over an axis that starts anywhere exaggerates what it shows.
            _ => AxisView.Linear(values, fromZero: figure.Kind is ChartKind { StandsOnZero: true } || values.All(value => value >= 0), figure.YTicks),
        };
    }
}
