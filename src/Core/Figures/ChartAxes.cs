namespace Verus.Artifact.Figures;

/// <summary>The axes of one panel of a chart, whichever way its bars point.</summary>
/// <param name="X">The axis along which points, bars or groups of bars are placed.</param>
/// <param name="Y">The axis of values.</param>
/// <param name="IsNumeric">Whether the x axis shows numbers rather than categories.</param>
internal sealed record ChartAxes(AxisView X, AxisView Y, bool IsNumeric)
{
    /// <summary>The second axis of values of the panel, on the right; null when the panel has no second axis.</summary>
    public AxisView? Right { get; init; }

    /// <summary>Makes the axes of a panel with a place for each value of <see cref="FigureDeclaration.X"/>.</summary>
    /// <param name="kind">The kind of the figure, which determines what its axes of values have to show.</param>
    /// <param name="data">The data that the figure shows.</param>
    /// <param name="panel">The key of the panel.</param>
    /// <exception cref="Diagnostics.DiagnosticException">An axis of numbers meets a value that is not a
    /// number.</exception>
    public static ChartAxes Of(ChartKind kind, FigureData data, string panel) =>
        new(PlacesAxis(data), ValuesAxis(kind, data, panel), ScaleOf(data) != AxisScale.Category)
        {
            Right = data.HasRight ? RightAxis(kind, data, panel) : null,
        };

    /// <summary>Returns the position of a key on the x axis; null when the axis cannot show the key.</summary>
    public double? PlaceOf(FigureData data, string x) => IsNumeric ? X.Place(FigureData.Number(x)!.Value)
        : data.IndexOf(x) is { } index ? X.Place(index) : null;

    /// <summary>
    /// Returns the position of a value on its axis of values, in the coordinates of the left axis; null when the axis
    /// cannot show the value.
    /// </summary>
    public double? PlaceOf(double value, bool onRight) => !onRight || Right is null ? Y.Place(value)
        : Right.Place(value) is { } place ? Y.Low + (place - Right.Low) / (Right.High - Right.Low) * (Y.High - Y.Low)
        : null;

    /// <summary>Makes the x axis for the values of <see cref="FigureDeclaration.X"/>, as an axis of numbers or of
    /// categories.</summary>
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
        // An axis of whole numbers has no ticks between them, since there are no 1.2 threads, for example.
        return scale == AxisScale.Linear && figure.XTicks.Count == 0
            && data.Xs.All(x => double.IsInteger(FigureData.Number(x.Value)!.Value)) ? view.WithWholeTicks() : view;
    }

    // The scale of the x axis: the declared one, or otherwise a linear one if all values are numbers.
    private static AxisScale ScaleOf(FigureData data) => data.Figure.XScale
        ?? (data.XIsNumeric && data.Figure.XOrder.Count == 0 ? AxisScale.Linear : AxisScale.Category);

    private static AxisView ValuesAxis(ChartKind kind, FigureData data, string panel)
    {
        var figure = data.Figure;
        double[] values =
            [.. kind.ValuesOf(data, panel), .. figure.YMarks.Select(mark => FigureData.Number(mark.Value)!.Value)];
        // A line over an axis that does not start at zero exaggerates differences, so such an axis is chosen only for
        // kinds that allow it.
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
