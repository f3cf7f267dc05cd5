namespace Verus.Artifact.Figures;

/// <summary>The axes of one panel of a chart, whichever way its bars point.</summary>
/// <param name="X">The axis of places.</param>
/// <param name="Y">The axis of values.</param>
/// <param name="IsNumeric">Whether the x axis is one of numbers, and not of categories.</param>
internal sealed record ChartAxes(AxisView X, AxisView Y, bool IsNumeric)
{
    /// <summary>The axes of a panel with a place for each value of <see cref="FigureDeclaration.X"/>.</summary>
    /// <param name="kind">The kind, which says what its axis of values has to show.</param>
    /// <param name="data">What the figure shows.</param>
    /// <param name="panel">The key of the panel.</param>
    /// <exception cref="Diagnostics.DiagnosticException">An axis of numbers meets something else.</exception>
    public static ChartAxes Of(ChartKind kind, FigureData data, string panel) =>
        new(PlacesAxis(data), ValuesAxis(data.Figure, [.. kind.ValuesOf(data, panel)], kind.StandsOnZero),
            Scale(data) != AxisScale.Category);

    /// <summary>The place of a key on the x axis; null when this axis cannot show it.</summary>
    public double? PlaceOf(FigureData data, string x) =>
        IsNumeric ? X.Place(FigureData.Number(x)!.Value) : data.IndexOf(x);

    // As declared, else linear where everything is a number.
    private static AxisScale Scale(FigureData data) =>
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

    private static AxisView ValuesAxis(FigureDeclaration figure, List<double> values, bool standsOnZero) =>
        figure.YScale switch
        {
            AxisScale.Log => AxisView.Logarithmic(values, 10, figure.YTicks),
            AxisScale.Broken => AxisView.Broken(values, figure.YTicks),
            // A line over an axis that starts anywhere exaggerates what it shows.
            _ => AxisView.Linear(values, fromZero: standsOnZero || values.All(value => value >= 0), figure.YTicks),
        };
}
