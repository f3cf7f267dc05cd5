using System.Xml.Linq;
using SkiaSharp;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Tests.Figures;

/// <summary>Tests what each kind of chart shows of its data, and the texts at its axes.</summary>
public sealed class KindSpecs : FigureFixture
{
    private static readonly Dataset Grid = Measured(
        Point("a", 1, 2, 1.5, 2.5), Point("b", 1, 3, 2.5, 3.5), Point("a", 2, 4), Point("b", 2, 5),
        Point("a", "geomean", 2.8, 2.5, 3), Point("b", "geomean", 3.9, 3.5, 4));

    [Fact]
    public void A_scatter_plot_has_a_marker_for_each_pair()
    {
        var drawn = Draw(Sides("tool=a", "tool=b"), Grid);
        Count(drawn, "ellipse", "circle").ShouldBe(3);
        TextsOf(drawn).ShouldContain("a (s)");
        TextsOf(drawn).ShouldContain("b (s)");
    }

    [Fact]
    public void Two_datasets_stand_against_each_other_by_their_names_and_may_have_other_units()
    {
        var memory = Measured(Point("a", 1, 10), Point("b", 2, 20)) with { Name = "Memory", Unit = "MB" };
        var figure = Sides("dataset=Times", "dataset=Memory") with { Datasets = ["Times", "Memory"] };
        var drawn = Draw(figure, Grid, memory);
        TextsOf(drawn).ShouldContain("Times (s)");
        TextsOf(drawn).ShouldContain("Memory (MB)");
        drawn.Notes.ShouldContain("4 points have a number on one axis only: hollow, at the end of the other axis.");
    }

    [Theory]
    [InlineData("tool=a", "tool=b", "VART6002")]
    [InlineData("tool=a; n<2", "tool=b; n>=2", "VART6042")]
    public void Points_without_a_partner_are_told(string x, string y, string code)
    {
        var data = code == "VART6002" ? Grid with { Columns = ["tool"] } : Grid;
        var figure = Sides(x, y);
        Should.Throw<DiagnosticException>(() => Draw(figure, data)).Diagnostics.ShouldHaveSingleItem().Rule.Code
            .ShouldBe(code);
    }

    [Fact]
    public void Parts_of_a_stack_stand_on_each_other_and_below_zero_they_go_down()
    {
        var data = FigureData.Select(Figure("StackedBars", ("X", "n"), ("Series", "tool")),
            [Measured(Point("a", 1, 2), Point("b", 1, -1), Point("c", 1, 3), Point("d", 1, -4))]);
        Stacks.Of(data, "", Stacks.SeriesOf(data), paper: false).Select(part => (part.From, part.To))
            .ShouldBe([(0, 2), (0, -1), (2, 5), (-1, -5)]);
    }

    [Fact]
    public void The_whole_is_written_at_a_stack_and_what_lies_beyond_the_axis_is_noted()
    {
        var drawn = Draw(Figure("StackedBars", ("X", "n"), ("Series", "tool"), ("Values", "true"), ("YMax", "7")),
            Measured(Point("a", 1, 2), Point("b", 1, 3.25), Point("a", 2, 4), Point("b", 2, 5)));
        TextsOf(drawn).Count(text => text == "5.25").ShouldBe(1);
        drawn.Notes.ShouldContain("Beyond the ends of the axis: n = 2: 9");
    }

    [Fact]
    public void A_cactus_plot_says_how_many_have_a_number_and_adds_them_up_on_request()
    {
        var data = Measured(
            Point("a", 1, 2), Point("a", 2, 30), Point("a", 3, null, note: "timed out"), Point("b", 1, 1));
        var drawn = Draw(Figure("Cactus", ("Series", "tool"), ("Cumulative", "true")), data);
        drawn.Notes.ShouldContain("With a number: a 2 of 3, b 1 of 1.");
        var figure = Figure("Cactus", ("Series", "tool"), ("Cumulative", "true"));
        var axes = ((ChartKind)figure.Kind).AxesOf(FigureData.Select(figure, [data]), "");
        axes.Y.High.ShouldBeGreaterThan(32);
        axes.X.High.ShouldBeLessThan(3);
    }

    [Fact]
    public void Distributions_count_samples_or_points()
    {
        var data = Measured(Many("a", 1, 1, 2, 3, 4), Many("a", 2, 5, 6));
        Draw(Figure("Cdf", ("Series", "tool")), data).Notes.ShouldContain("Each sample counts once: a 6.");
        Draw(Figure("Cdf", ("Series", "tool"), ("Counted", "Points")), data).Notes
            .ShouldContain("Each point counts once, by its number: a 2.");
        TextsOf(Draw(Figure("Cdf", ("Tail", "true")), data)).ShouldContain("share above");
    }

    [Fact]
    public void Equal_numbers_stand_in_one_bar_of_a_histogram_and_those_beyond_the_axis_are_counted()
    {
        var one = Draw(Figure("Histogram"), Measured(Many("a", 1, 7, 7, 7, 7)));
        Count(one, "rect").ShouldBe(1);
        var drawn = Draw(Figure("Histogram", ("Bins", "3"), ("XMin", "0"), ("XMax", "3"), ("Share", "true")),
            Measured(Many("a", 1, 0.5, 1.5, 2.5, 99)));
        Count(drawn, "rect").ShouldBe(3);
        drawn.Notes.ShouldContain("Beyond the ends of the axis and in no bar: 1.");
        TextsOf(drawn).ShouldContain("share of samples");
    }

    [Theory]
    [InlineData("BoxPlot")]
    [InlineData("ViolinPlot")]
    public void Few_samples_are_shown_one_by_one(string kind)
    {
        var figure = Figure(kind, ("X", "n"));
        var few = Draw(figure, Measured(Many("a", 1, 1, 2, 3, 4)));
        Count(few, "ellipse", "circle").ShouldBe(4);
        few.Notes.ShouldContain("Fewer than 5 samples are shown one by one.");
        var enough = Draw(figure, Measured(Many("a", 1, 1, 2, 3, 4, 5)));
        Count(enough, "ellipse", "circle").ShouldBe(0);
        enough.Notes.ShouldContain(note => note.EndsWith("5 samples each.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("BoxPlot")]
    [InlineData("ViolinPlot")]
    public void The_points_of_a_place_may_be_counted_in_place_of_samples(string kind)
    {
        (string, string)[] metadata = [("X", "tool"), ("Counted", "Points"), ("Where", "n!=9")];
        var data = Measured([.. Enumerable.Range(1, 6).Select(n => Many("a", n, n, n + 1, n + 2)),
            Point("a", 7, null, note: "timed out"), Many("a", 9, 1000), Point("b", 1, 3), Point("b", 2, 4)]);
        var drawn = Draw(Figure(kind, metadata), data);
        drawn.Notes.ShouldContain(note => note.EndsWith("2 to 6 points each.", StringComparison.Ordinal));
        drawn.Notes.ShouldContain("Fewer than 5 points are shown one by one.");
        drawn.Notes.ShouldContain(note => note.Contains("without a number: 1 of 7 points", StringComparison.Ordinal));
        Count(drawn, "ellipse", "circle").ShouldBe(2, "b has too few points for a shape");
        var figure = Figure(kind, metadata);
        ((ChartKind)figure.Kind).AxesOf(FigureData.Select(figure, [data]), "").Y.High.ShouldBeLessThan(20);
        // Without it, several points at one place are a mistake.
        Should.Throw<DiagnosticException>(() => Draw(Figure(kind, ("X", "tool")), data)).Diagnostics[0].Rule
            .ShouldBe(FigureRules.SeveralValues);
        Should.Throw<DiagnosticException>(() => Draw(Figure(kind, ("X", "tol"), ("Counted", "Points")), data))
            .Diagnostics[0].Rule.ShouldBe(FigureRules.UnknownColumn);
    }

    [Fact]
    public void A_heat_map_has_its_numbers_in_the_cells_and_grows_darker_with_them()
    {
        var drawn = Draw(Figure("HeatMap", ("X", "n"), ("Rows", "tool"), ("Format", "0.0")), Grid);
        foreach (var number in new[] { "2.0", "3.0", "4.0", "5.0", "2.8", "3.9" })
            TextsOf(drawn).ShouldContain(number);
        var key = XElement.Load(drawn.Files["svg"]).Descendants().Where(element => element.Name.LocalName == "rect")
            .Select(element => element.Attribute("fill")?.Value).Where(fill => fill is ['#', ..]).Select(SKColor.Parse)
            .Select(color => 0.2126 * color.Red + 0.7152 * color.Green + 0.0722 * color.Blue).Take(48).ToList();
        key.Count.ShouldBe(48);
        key.ShouldBe(key.OrderDescending());
    }

    [Fact]
    public void A_time_series_needs_numbers_and_shows_the_mean_of_windows()
    {
        var data = Measured(Point("a", 0, 1), Point("a", 1, 3), Point("a", 10, 4));
        Draw(Figure("TimeSeries", ("X", "n"), ("Window", "5")), data).Notes.ShouldContain(
            "Line: mean over windows of 5 along n; band: from the smallest to the largest number of each.");
        Should.Throw<DiagnosticException>(() => Draw(Figure("TimeSeries", ("X", "n"), ("Series", "tool")), Grid))
            .Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(FigureRules.NotANumber);
    }

    [Theory]
    [InlineData("LineChart")]
    [InlineData("GroupedBars")]
    public void A_second_axis_may_have_another_unit(string kind)
    {
        var data = Measured(Point("a", 1, 1), Point("a", 2, 2), Point("b", 1, 1000) with { Unit = "ms" },
            Point("b", 2, 2000) with { Unit = "ms" });
        (string, string)[] places = [("X", "n"), ("Series", "tool")];
        var drawn = Draw(Figure(kind, [.. places, ("RightSeries", "b"), ("RightTicks", "500;1500")]), data);
        foreach (var text in new[] { "a (s)", "b (ms)", "500", "1500" })
            TextsOf(drawn).ShouldContain(text);
        drawn.Notes.ShouldContain("On the axis at the right: b.");
        Should.Throw<DiagnosticException>(() => Draw(Figure(kind, places), data)).Diagnostics[0].Rule
            .ShouldBe(FigureRules.UnlikeUnits);
    }

    [Fact]
    public void What_stands_apart_comes_last_and_marks_and_numbers_are_written()
    {
        var data = Grid with { Points = [.. Grid.Points.Reverse()] };
        var figure = Bars(("Apart", "geomean"), ("YMarks", "3|limit"), ("Values", "true"), ("YMax", "4.5"));
        FigureData.Select(figure, [data]).Xs[^1].Label.ShouldBe("geomean");
        var drawn = Draw(figure, data);
        foreach (var text in new[] { "limit", "2.8", "3.9", "5" })
            TextsOf(drawn).ShouldContain(text);
        drawn.Notes.ShouldContain("Beyond the ends of the axis: b, n = 2: 5");
        // The gap before the place that stands apart is larger than the gaps between the others.
        var places = ((ChartKind)figure.Kind).AxesOf(FigureData.Select(figure, [data]), "").X.Ticks
            .Select(tick => tick.Position).ToList();
        (places[2] - places[1]).ShouldBe(1 + AxisView.Gap, 1e-9);
    }

    [Fact]
    public void Bands_take_the_place_of_bars_at_points() =>
        Draw(Lines(("Bands", "true"), ("Where", "n=1,2")), Grid).Notes.ShouldContain(
            "Median of 4 samples; bands: 88% confidence interval.");

    [Theory]
    [InlineData("GroupedBars", "YMax", "1", "YMin", "2")]
    [InlineData("GroupedBars", "YMin", "1", "YScale", "Broken")]
    [InlineData("GroupedBars", "RightSeries", "a", "Horizontal", "true")]
    [InlineData("LineChart", "RightMin", "0", "RightScale", "Log")]
    [InlineData("LineChart", "XMin", "0", "XScale", "Log2")]
    [InlineData("Histogram", "Bins", "501", "Share", "true")]
    [InlineData("TimeSeries", "Window", "0", "Bands", "true")]
    [InlineData("Cdf", "Counted", "Cells", "Tail", "true")]
    [InlineData("BoxPlot", "Counted", "Cells", "YScale", "Log")]
    public void Values_that_do_not_go_together_are_told(
        string kind, string name, string value, string other, string with)
    {
        var found = new List<Diagnostic>();
        List<(string, string)> metadata = [("Kind", kind), ("Datasets", "Times"), (name, value), (other, with)];
        if (FigureKinds.Find(kind, ExtensionSet.BuiltIn) is ChartKind { HasPlaces: true })
            metadata.Add(("X", "n"));
        FigureDeclaration.Parse(Item([.. metadata]), found);
        found.ShouldHaveSingleItem().Rule.ShouldBe(DeclarationRules.BadMetadata);
    }

    private static FigureDeclaration Sides(string x, string y) => Figure("Scatter", ("XPoints", x), ("YPoints", y));

    private static DataPoint Many(string tool, object n, params double[] samples) => Point(tool, n, null) with
    {
        Samples = samples,
        Estimate = Statistics.Interval(Statistic.Median, samples),
    };

    // The rectangles to which the picture is clipped are not counted as part of it.
    private static int Count(DrawnFigure drawn, params string[] elements) => XElement.Load(drawn.Files["svg"])
        .Descendants().Count(element => elements.Contains(element.Name.LocalName)
            && element.Parent!.Name.LocalName != "clipPath" && element.Parent.Attribute("pointer-events") is null);
}
