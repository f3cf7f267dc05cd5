using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Report;

namespace Verus.Artifact.Tests.Report;

public sealed class PaperBesideSpecs
{
    [Fact]
    public void Points_with_the_same_keys_are_paired_and_the_others_stand_alone()
    {
        var pairs = PaperComparison.Of(ReportSample.Measured, ReportSample.Recorded);
        pairs.Select(pair => (pair["series"], pair["list"], pair.Ratio)).ShouldBe(
            [("Verus", "single", 2), ("Verus", "double", 2.5), ("Dafny", "single", 1.5), ("Dafny", "double", null),
                ("Prusti", "single", null)]);
    }

    [Fact]
    public void A_column_that_only_one_side_has_does_not_matter_as_long_as_nothing_is_ambiguous()
    {
        var paper = ReportSample.Recorded with
        {
            Columns = ["series"],
            Points = [ReportSample.Point("Verus", "", 3, []), ReportSample.Point("Dafny", "", 3, [])]
        };
        var pairs = PaperComparison.Of(ReportSample.Measured, paper);
        // Verus has two measured points for one point of the paper, and it cannot be known which of the two the paper
        // means. Dafny also has two measured points for one point of the paper.
        pairs.AtLeastOne().ShouldAllBe(pair => pair.Ratio == null && pair.Here != null);
        var one = ReportSample.Measured with { Points = [ReportSample.Measured.Points[0]] };
        PaperComparison.Of(one, paper).Select(pair => pair.Ratio).ShouldBe([0.5, null]);
    }

    [Fact]
    public void There_is_no_ratio_between_unlike_units_or_to_zero()
    {
        var here = ReportSample.Measured with
        {
            Points = [ReportSample.Point("Verus", "single", 1, [1]),
            ReportSample.Point("Verus", "double", 1, [1])]
        };
        var paper = ReportSample.Recorded with
        {
            Points = [ReportSample.Point("Verus", "single", 1, []) with { Unit = "ms" },
                ReportSample.Point("Verus", "double", 0, [])]
        };
        PaperComparison.Of(here, paper).AtLeastOne().ShouldAllBe(pair => pair.Ratio == null && pair.Paper != null);
    }

    [Theory]
    // The measured number is 2 with the interval from 1.6 to 2.5; 2.5 / 2 = 2 / 1.6 = 1.25.
    [InlineData(null, null, 4, 3.2, 5.0)]
    [InlineData(0.4, 0.625, 4, 2.917, 5.484)]
    [InlineData(0.0, 0.625, 4, null, null)]
    public void The_ratio_has_the_interval_that_follows_from_both(double? low, double? high, double ratio,
        double? least, double? most)
    {
        var here = ReportSample.Measured with
        {
            Points = [ReportSample.Point("a", "b", 2, [2]) with { Estimate = new Estimate(2, 1.6, 2.5) }],
        };
        var paper = ReportSample.Recorded with
        {
            Points = [ReportSample.Point("a", "b", 0.5, []) with { Estimate = new Estimate(0.5, low, high) }],
        };
        var interval = PaperComparison.Of(here, paper).ShouldHaveSingleItem().RatioInterval.ShouldNotBeNull();
        (interval.Value, interval.Low is { } one ? Math.Round(one, 3) : (double?)null,
            interval.High is { } other ? Math.Round(other, 3) : (double?)null).ShouldBe((ratio, least, most));
    }

    [Fact]
    public void Without_a_paper_all_points_are_there_alone() =>
        PaperComparison.Of(ReportSample.Measured, null).AtLeastOne()
            .ShouldAllBe(pair => pair.Paper == null && pair.Ratio == null && pair.Here != null);

    [Fact]
    public void Strips_are_relative_to_each_point_and_thousands_of_samples_draw_few_dots()
    {
        var points = new[] { ReportSample.Point("a", "", 100, [90, 100, 110]),
            ReportSample.Point("b", "", 1, [.. Enumerable.Range(0, 5000).Select(i => 0.9 + i / 25000.0)]) };
        var strip = StripPlot.Of(ReportSample.Data("d", Origin.Measured, points))!;
        strip.Scale.ShouldBe("samples, ±10%");
        strip.Draw(points[0]).ShouldContain("cx=\"4\"");
        strip.Draw(points[0]).ShouldContain("cx=\"60\"");
        strip.Draw(points[0]).ShouldContain("cx=\"116\"");
        strip.Draw(points[1]).Split("<circle").Length.ShouldBeInRange(100, 230);
    }

    [Fact]
    public void Strips_of_numbers_around_zero_have_the_scale_of_the_numbers()
    {
        var point = ReportSample.Point("a", "", 0, [-1, 0, 3]);
        var strip = StripPlot.Of(ReportSample.Data("d", Origin.Measured, [point]))!;
        strip.Scale.ShouldBe("samples, -1 to 3");
        strip.Draw(point).ShouldContain("cx=\"32\"");
        StripPlot.Of(ReportSample.Data("d", Origin.Measured, [ReportSample.Point("a", "", 2, [2, 2])])).ShouldBeNull();
    }
}
