using ScottPlot;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Tests.Figures;

/// <summary>Tests that a new kind of figure is one class, and gets the parts that every figure has without changes
/// elsewhere.</summary>
public sealed class NewKindSpecs : FigureFixture
{
    private const int Bins = 4;

    [Fact]
    public void It_reads_its_own_metadata_and_has_all_that_figures_have()
    {
        var metadata = new[] { ("X", "n"), ("Series", "tool"), ("SeriesOrder", "Verus|here;Dafny"),
            ("Bins", $"{Bins}") };
        var figure = Read(new Histogram(), metadata);
        var data = Measured(Point("Verus", 1, 2), Point("Verus", 2, 3), Point("Dafny", 1, 9),
            Point("Dafny", 2, null, note: "timed out"));
        var drawn = Draw(figure with { Title = "A title" }, data);
        drawn.Files.Keys.ShouldBe(["txt", "svg", "pdf", "png"], ignoreOrder: true);
        // The canvas shows the legend, a note on a point, the statistic, and the texts at the axes of the kind.
        foreach (var text in new[] { "here", "Dafny", "Dafny, n = 2: timed out", "Median of 4 samples.",
            "share of samples", "time (s)" })
            TextsOf(drawn).ShouldContain(text);
        TextsOf(Draw(figure, Recorded(Point("Verus", 1, 2)))).ShouldContain("RECORDED");
    }

    [Fact]
    public void Metadata_that_it_does_not_read_are_told()
    {
        var found = new List<Diagnostic>();
        var reader = new MetadataReader(Item(("X", "n"), ("Bins", "0"), ("Markers", "Circle")), found);
        new Histogram().Read(reader, Lines());
        reader.Finish();
        found.Select(problem => problem.Rule)
            .ShouldBe([DeclarationRules.BadMetadata, DeclarationRules.UnknownMetadata]);
    }

    [Fact]
    public void Kinds_that_ship_are_found_by_type() =>
        FigureKinds.Names(ExtensionSet.BuiltIn).ShouldBe(
        [
            "BoxPlot", "Cactus", "Cdf", "Command", "GroupedBars", "HeatMap", "Histogram", "LineChart", "Scatter",
            "StackedAreas", "StackedBars", "Table", "TimeSeries", "ViolinPlot",
        ]);

    private static FigureDeclaration Read(ChartKind kind, params (string Name, string Value)[] metadata)
    {
        var found = new List<Diagnostic>();
        var reader = new MetadataReader(Item(metadata), found);
        var figure = kind.Read(reader, Lines() with { Kind = kind });
        reader.Finish();
        found.ShouldBeEmpty();
        return figure;
    }

    // A kind of figure that does not ship: its places are the samples, and it stores its own metadata.
    private sealed class Histogram : ChartKind
    {
        private int bins = 10;

        public override string Name => "Histogram";

        internal override IReadOnlyList<AxisScale> YScales => [AxisScale.Linear];

        internal override ChartAxes AxesOf(FigureData data, string panel)
        {
            var samples = data.Points.SelectMany(point => point.Point.Samples).DefaultIfEmpty(1).ToArray();
            return new ChartAxes(AxisView.Linear(samples, fromZero: true, []),
                AxisView.Linear([0, 1], fromZero: true, []), IsNumeric: true);
        }

        internal override string XTitle(FigureData data, ChartAxes axes) => base.YTitle(data);

        internal override string YTitle(FigureData data) => "share of samples";

        internal override void AddMarks(ChartPanel panel)
        {
            bins.ShouldBe(Bins);
            foreach (var series in panel.Series)
            {
                double[] samples = [.. panel.PointsOf(series).SelectMany(point => point.Point.Samples)];
                var width = (panel.Axes.X.High - panel.Axes.X.Low) / bins;
                var shares = samples.GroupBy(sample => Math.Floor(sample / width)).Select(bin =>
                    new PlacedBar((bin.Key + 0.5) * width, (double)bin.Count() / samples.Length, 0, width, series.Style,
                        series.Paper));
                panel.Plot.Add.Plottable(new BarSet([.. shares], lying: false));
            }
        }

        protected override FigureDeclaration ReadOwn(MetadataReader reader, FigureDeclaration figure) => figure with
        {
            Kind = new Histogram { bins = reader.WholeNumber("Bins", least: 1) ?? bins },
        };
    }
}
