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
        var model = sample.Model with { Verdicts = [ReportSample.Claim(VerdictOutcome.NotSupported, Origin.Measured) with { Name = "A" }, ReportSample.Claim(VerdictOutcome.Supported, Origin.Recorded) with { Name = "B" }] };
        SummaryTable.Render(model, "evaluation/report/index.html").ShouldBe("""
            figure   samples      verdict                 file
            Lists    9, 1 failed  A NOT SUPPORTED         evaluation/figures/Lists.svg
            Log      RECORDED     B supported (recorded)  evaluation/figures/Log.svg
            Cluster  none         not measured            needs 3 machines, found 1
            report -> evaluation/report/index.html
            """);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    public void No_line_of_the_table_is_wider_than_the_terminal(int width)
    {
        var text = SummaryTable.Render(sample.Model, "", width);
        text.Split('\n').ShouldAllBe(line => line.Length <= width);
        text.ShouldContain("…");
        SummaryTable.Render(sample.Model, "").Split('\n').Max(line => line.Length).ShouldBeGreaterThan(width);
    }

    [Fact]
    public void Colour_changes_nothing_but_colour()
    {
        var plain = SummaryTable.Render(sample.Model, "r.html");
        plain.ShouldNotContain("\e");
        var colored = SummaryTable.Render(sample.Model, "r.html", color: true);
        colored.ShouldContain("\e[31m");
        Lines(Regex.Replace(colored, "\e\\[[0-9]+m", "")).ShouldBe(Lines(plain));

        static IEnumerable<string> Lines(string text) => text.Split('\n').Select(line => line.TrimEnd());
    }

    [Fact]
    public void A_name_cannot_speak_to_the_terminal()
    {
        var model = sample.Model with { Missing = [new MissingFigure("a\e[2J\nb", "", ["\r\e]0;x\a"])] };
        var text = SummaryTable.Render(model, "");
        text.ShouldNotContain("\e");
        text.ShouldNotContain("\r");
        text.Split('\n').Length.ShouldBe(4);
    }

    [Fact]
    public void Without_figures_the_experiments_are_counted()
    {
        var model = sample.Model with { Figures = [], Missing = [], Verdicts = [] };
        SummaryTable.Render(model, "r.html").ShouldBe("Lists: 21 samples, 1 failed");
        SummaryTable.Render(model with { Resources = [] }, "r.html").ShouldBe("Done.");
    }
}
