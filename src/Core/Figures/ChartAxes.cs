namespace Verus.Artifact.Figures;

/// <summary>The axes of one panel of a chart, whichever way its bars point.</summary>
/// <param name="X">The axis along which points, bars or groups of bars are placed.</param>
/// <param name="Y">The axis of values.</param>
/// <param name="IsNumeric">Whether the x axis is one of numbers rather than of categories.</param>
internal sealed record ChartAxes(AxisView X, AxisView Y, bool IsNumeric)
{
    /// <summary>The second axis of values, on the right; null when there is none.</summary>
    public AxisView? Right { get; init; }

    /// <summary>Makes the axes of a panel with a place for each value of <see cref="FigureDeclaration.X"/>.</summary>
    /// <param name="kind">The kind, which determines what its axes of values have to show.</param>
    /// <param name="data">What the figure shows.</param>
    /// <param name="panel">The key of the panel.</param>
    /// <exception cref="Diagnostics.DiagnosticException">An axis of numbers meets a value that is not a
    /// number.</exception>
    public static ChartAxes Of(ChartKind kind, FigureData data, string panel) =>
        new(PlacesAxis(data), ValuesAxis(kind, data, panel), ScaleOf(data) != AxisScale.Category)
        {
            Right = data.HasRight ? RightAxis(kind, data, panel) : null,
        };

    /// <summary>Returns the position of a key on the x axis; null when this axis cannot show it.</summary>
    public double? PlaceOf(FigureData data, string x) => IsNumeric ? X.Place(FigureData.Number(x)!.Value)
        : data.IndexOf(x) is { } index ? X.Place(index) : null;

    /// <summary>
    /// Returns the position of a value on its axis of values, in the coordinates of the left axis; null when the axis
    /// cannot show it.
    /// </summary>
    public double? PlaceOf(double value, bool onRight) => !onRight || Right is null ? Y.Place(value)
        : Right.Place(value) is { } place ? Y.Low + (place - Right.Low) / (Right.High - Right.Low) * (Y.High - Y.Low)
        : null;

    /// <summary>Makes the axis of numbers of <see cref="FigureDeclaration.X"/>, or that of categories.</summary>
    private static AxisView PlacesAxis(FigureData data)
    {
        var figure = data.Figure;
        var scale = ScaleOf(data);
        if (scale == AxisScale.Category)
            return AxisView.Categories([.. data.Xs.Select(x => x.Label)], data.Apart);
        if (data.Points.Concat(data.PaperPoints).FirstOrDefault(p =>
            FigureData.Number(p.X) is not { } place || Math.Abs(place) > FigurePoint.MostOnAxis) is { } stranger)
        {
            throw FigureRules.NotANumber.Error(figure.Item.Where, figure.Name, string.Join(' ', figure.X),
                stranger.Dataset.Name, stranger.X.Replace('\u001f', ' '), scale);
        }
        double[] values =
        [
            .. data.Xs.Select(x => FigureData.Number(x.Value)!.Value),
            .. figure.XMarks.Select(mark => FigureData.Number(mark.Value)!.Value),
        ];
        var view = AxisView.Of(scale, values, fromZero: false, figure.XTicks, figure.XLimits);
        // There are no 1.2 threads.
        return scale == AxisScale.Linear && figure.XTicks.Count == 0
            && data.Xs.All(x => double.IsInteger(FigureData.Number(x.Value)!.Value)) ? view.WithWholeTicks() : view;
    }

    // The declared scale, or otherwise a linear one if all values are numbers.
    private static AxisScale ScaleOf(FigureData data) => data.Figure.XScale
        ?? (data.XIsNumeric && data.Figure.XOrder.Count == 0 ? AxisScale.Linear : AxisScale.Category);

    private static AxisView ValuesAxis(ChartKind kind, FigureData data, string panel)
    {
        var figure = data.Figure;
        double[] values =
            [.. kind.ValuesOf(data, panel), .. figure.YMarks.Select(mark => FigureData.Number(mark.Value)!.Value)];
        // A line over an axis that may start anywhere exaggerates what it shows.
        var view = AxisView.Of(figure.YScale, values,
            kind.StandsOnZero || (!kind.BeginsAnywhere && values.All(value => value >= 0)),
            figure.YTicks, figure.YLimits);
        var (below, above) = kind.RoomForTexts(data, panel);
        return view.WithRoom(figure.YLimits.Low is null ? below : 0, figure.YLimits.High is null ? above : 0);
    }

    private static AxisView RightAxis(ChartKind kind, FigureData data, string panel)
    {
        var (figure, right) = (data.Figure, data.Figure.Right!);
        double[] values = [.. ChartKind.NumbersOf(data, panel, onRight: true)];
        var view = AxisView.Of(right.Scale, values, kind.StandsOnZero || values.All(value => value >= 0),
            right.Ticks, right.Limits);
        var (below, above) = kind.RoomForTexts(data, panel);
        return view.WithRoom(right.Limits.Low is null ? below : 0, right.Limits.High is null ? above : 0);
    }
}
