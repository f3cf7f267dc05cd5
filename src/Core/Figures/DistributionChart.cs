using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>Which numbers are counted in a distribution.</summary>
internal enum CountedNumber
{
    /// <summary>The samples of points: each sample counts once in the distribution.</summary>
    Samples,
    /// <summary>The numbers of points: each point counts once in the distribution.</summary>
    Points,
}

/// <summary>A kind that shows how the numbers of a series are distributed along the x axis.</summary>
internal abstract class DistributionChart : ChartKind
{
    private static readonly AxisScale[] Scales = [AxisScale.Linear, AxisScale.Log];

    private CountedNumber counted;

    /// <inheritdoc/>
    internal override bool HasPlaces => false;

    /// <inheritdoc/>
    internal override bool NumbersAreOnY => false;

    /// <inheritdoc/>
    internal override IReadOnlyList<AxisScale> YScales => Scales;

    /// <inheritdoc/>
    internal override string XTitle(FigureData data, ChartAxes axes) => FigureData.WithUnit(data.Quantity, data.Units);

    /// <inheritdoc/>
    internal override IReadOnlyList<string>? Method(FigureData data)
    {
        var each = CountsSamples
            ? "Each sample counts once" : "Each point counts once, by its number";
        return [$"{each}: {Spread.Counts(data, NumbersOf)}."];
    }

    /// <inheritdoc/>
    internal override IEnumerable<string> Notes(FigureData data) =>
        Spread.Notes(data, data.Figure.XScale, counted);

    /// <summary>Whether the distribution counts each sample rather than each point.</summary>
    protected bool CountsSamples => counted == CountedNumber.Samples;

    /// <summary>Returns the numbers of a point that the distribution counts.</summary>
    protected IEnumerable<double> NumbersOf(FigurePoint point) =>
        CountsSamples ? Spread.SamplesOf(point) : Spread.NumberOf(point);

    /// <summary>Returns the numbers of a series in a panel, in order.</summary>
    protected double[] NumbersOf(FigureData data, string panel, string series, bool paper) =>
        [.. data.Line(panel, series, paper).SelectMany(NumbersOf).Order()];

    /// <summary>The axis of numbers.</summary>
    protected AxisView NumbersAxis(FigureData data, string panel)
    {
        var figure = data.Figure;
        double[] values =
        [
            .. Spread.Drawn(data, panel).SelectMany(NumbersOf),
            .. figure.XMarks.Select(mark => FigureData.Number(mark.Value)!.Value),
        ];
        return AxisView.Of(figure.XScale ?? AxisScale.Linear, values, fromZero: false, figure.XTicks, figure.XLimits);
    }

    /// <inheritdoc/>
    protected override FigureDeclaration ReadOwn(MetadataReader reader, FigureDeclaration figure)
    {
        var kind = (DistributionChart)MemberwiseClone();
        kind.counted = reader.Choice("Counted", CountedNumber.Samples);
        return ReadXAxis(reader, figure, Scales) with { Kind = kind, ErrorBars = false };
    }
}
