using System.Text.RegularExpressions;
using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using Verus.Artifact.Report;

namespace Verus.Artifact.Tests.Report;

public sealed class SummaryTableSpecs : IDisposable
{
    private readonly ReportSample sample = new();

    public void Dispose() => sample.Dispose();

    [Fact]
    public void The_table_names_figure_samples_verdict_and_file()
    {
        var model = sample.Model with
        {
            Verdicts = [ReportSample.Claim(VerdictOutcome.NotSupported, Origin.Measured) with { Name = "A" },
                ReportSample.Claim(VerdictOutcome.Supported, Origin.Recorded) with { Name = "B" }]
        };
        SummaryTable.Of(model, "evaluation/report/index.html").Render().ShouldBe("""
            figure   samples      verdict                 file
            Lists    9, 1 failed  A NOT SUPPORTED         evaluation/figures/Lists.svg
            Log      RECORDED     B supported (recorded)  evaluation/figures/Log.svg
            Cluster  none         not measured            needs 3 machines, found 1
            total: 21 samples, 1 failed, 75.5 s
            claims: 1 supported, 1 not supported
            report -> evaluation/report/index.html
            """);
    }

    [Fact]
    public void A_figure_of_derived_points_is_not_said_to_have_no_samples()
    {
        var derived = ReportSample.Measured with
        {
            Points = [.. ReportSample.Measured.Points.Select(point => point with { Samples = [] })]
        };
        var model = sample.Model with
        {
            Figures = [.. sample.Model.Figures.Take(1).Select(figure => figure with { Measured = [derived] })]
        };
        SummaryTable.Of(model, "").Render().ShouldContain("Lists    derived, 1 failed");
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(160)]
    public void No_line_of_the_table_is_wider_than_the_terminal_and_counts_stay_whole(int width)
    {
        var table = SummaryTable.Of(Long(), "");
        var text = table.Render(width);
        text.Split('\n').AtLeastOne().ShouldAllBe(line => line.Length <= width);
        text.ShouldContain("12, 1 failed");
        text.ShouldContain("RECORDED");
        table.Render().Split('\n').Max(line => line.Length).ShouldBeGreaterThan(160);
    }

    [Fact]
    public void Verdicts_that_do_not_fit_side_by_side_stand_below_each_other_and_names_give_way_to_them()
    {
        SummaryTable.Of(Long(), "").Render(112).Split('\n')[..3].ShouldBe(
        [
            "figure                                    samples       verdict                                 file",
            "A-figure-with-a-name-that-is-rather-long  12, 1 failed  A-claim-with-a-long-name NOT SUPPORTED  "
                + "…gures/Lists.svg",
            "                                                        Another-claim supported (recorded)",
        ]);
        SummaryTable.Of(Long(), "").Render(60).Split('\n')[..3].ShouldBe(
        [
            "figure        samples       verdict",
            "A-figure-wi…  12, 1 failed  A-claim-with-a-lo… NOT SUPPORTED",
            "                            Another-cl… supported (recorded)",
        ]);
    }

    [Fact]
    public void A_wide_terminal_leaves_the_table_as_it_is() =>
        SummaryTable.Of(sample.Model, "r.html").Render(200).ShouldBe(SummaryTable.Of(sample.Model, "r.html").Render());

    [Fact]
    public void A_table_that_is_shown_again_is_laid_out_anew()
    {
        var table = SummaryTable.Of(Long(), "r.html", "more");
        SummaryTable.Parse(table.ToString()).Render(70, color: true).ShouldBe(table.Render(70, color: true));
    }

    // The names of figures are of the kind that people choose.
    private ReportModel Long()
    {
        var figures = sample.Model.Figures
            .Select(figure =>
                figure with
                {
                    Drawn = figure.Drawn with
                    {
                        Name = figure.Drawn.Name == "Lists"
                    ? "A-figure-with-a-name-that-is-rather-long" : "Log"
                    }
                }).ToList();
        figures[0] = figures[0] with
        {
            Measured = [ReportSample.Measured with { Points = [.. ReportSample.Measured.Points,
                ReportSample.Point("Prusti", "single", 9, [9, 9, 9])] }]
        };
        return sample.Model with
        {
            Figures = figures,
            Verdicts =
            [
                ReportSample.Claim(VerdictOutcome.NotSupported,
                    Origin.Measured) with { Name = "A-claim-with-a-long-name", Figures = [figures[0].Drawn.Name] },
                ReportSample.Claim(VerdictOutcome.Supported, Origin.Recorded) with { Name = "Another-claim",
                    Figures = [figures[0].Drawn.Name] },
            ],
            Missing = [new MissingFigure("Cluster", "",
                [
                    "Throughput: memory of the machine: needed 512 GiB of memory, found 16 GiB of memory, which is "
                        + "less than that"])],
        };
    }

    [Fact]
    public void Colour_changes_nothing_but_colour()
    {
        var plain = SummaryTable.Of(sample.Model, "r.html").Render();
        plain.ShouldNotContain("\e");
        var colored = SummaryTable.Of(sample.Model, "r.html").Render(color: true);
        colored.ShouldContain("NotSupportedMeasured \e[31mNOT SUPPORTED\e[0m, ");
        colored.ShouldContain("SupportedMeasured \e[32msupported\e[0m");
        colored.ShouldContain("SupportedRecorded \e[33msupported (recorded)\e[0m");
        Lines(Regex.Replace(colored, "\e\\[[0-9]+m", "")).ShouldBe(Lines(plain));

        static IEnumerable<string> Lines(string text) => text.Split('\n').Select(line => line.TrimEnd());
    }

    [Fact]
    public void A_name_cannot_speak_to_the_terminal()
    {
        var model = sample.Model with { Missing = [new MissingFigure("a\e[2J\nb", "", ["\r\e]0;x\a"])] };
        var text = SummaryTable.Of(model, "").Render();
        text.ShouldNotContain("\e");
        text.ShouldNotContain("\r");
        text.Split('\n').Length.ShouldBe(6);
    }

    [Fact]
    public void Without_figures_the_experiments_are_counted()
    {
        var model = sample.Model with { Figures = [], Missing = [], Verdicts = [] };
        SummaryTable.Of(model, "r.html").Render().ShouldBe("Lists: 21 samples, 1 failed");
        SummaryTable.Of(model with { Resources = [] }, "r.html").Render().ShouldBe("Done.");
    }
}
