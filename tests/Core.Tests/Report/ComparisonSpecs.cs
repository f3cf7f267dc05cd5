using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Report;

namespace Verus.Artifact.Tests.Report;

/// <summary>Evaluations side by side: each view answers a question whose answer the test knows.</summary>
public sealed class ComparisonSpecs : IDisposable
{
    private readonly ReportSample sample = new();

    public void Dispose() => sample.Dispose();

    [Fact]
    public void The_page_says_whether_claims_agree_what_else_differs_and_which_numbers_do()
    {
        // The other machine is exactly twice as slow at every point, refutes one claim, and has another processor.
        var slow = Slower(2);
        var other = Of(sample.Model with
        {
            Datasets = [slow, ReportSample.Recorded],
            Verdicts = [sample.Model.Verdicts[0] with { Outcome = VerdictOutcome.NotSupported },
                .. sample.Model.Verdicts.Skip(1)],
            Machines = [new ReportMachine("77", [("Processor", "Other 1"), ("SMT", "on")])],
        });
        var page = Page(("here", Of(Model)), ("laptop", other));
        page.QuerySelector("#claims p")!.TextContent.ShouldBe("The evaluations agree on 4 of 5 claims.");
        page.QuerySelectorAll("#claims tbody tr").Select(row => row.LastElementChild!.TextContent)
            .ShouldBe(["no", "yes", "yes", "yes", "yes"]);
        page.QuerySelectorAll("#differences tbody tr").Select(Cells).ShouldHaveSingleItem().ShouldBe(
            ["machine: Processor", "Example 9000", "Other 1"]);
        var section = page.QuerySelector("section.figure")!;
        section.QuerySelectorAll("h3").Select(question => question.TextContent)
            .ShouldBe(["Which points are larger in laptop?"]);
        section.QuerySelector("p")!.TextContent.ShouldBe("laptop ÷ here: 2 as the geometric mean of 3 points; at 3 of "
            + "them, the intervals have nothing in common.");
        section.QuerySelectorAll("svg circle title").Select(title => title.TextContent)
            .ShouldContain("Verus, single: 1.50 and 3.00, 2×");
        section.QuerySelectorAll("tbody tr").Select(Cells).First().ShouldBe(
            ["Verus", "single", "1.50", "1.40 – 1.70", "3.00", "2.80 – 3.40", "2×", "yes", "0.75"]);
        section.QuerySelectorAll("tbody tr").Select(Cells).Last()[2].ShouldBe("timed out after 100 s");
    }

    [Fact]
    public void The_quantiles_say_that_only_the_tail_is_slower_and_the_scatter_plot_says_which_points()
    {
        // Of twenty cases, the two that take longest are three times as slow there; all others are the same.
        Dataset Cases(double tail) =>
            ReportSample.Data("Lists", Origin.Measured, [.. Enumerable.Range(1, 20).Select(i =>
            ReportSample.Point($"case {i}", "single", null, []) with
            {
                Estimate = (i > 18 ? tail : 1) * i is var time ? new(time, 0.98 * time, 1.02 * time) : null,
            })]);
        var page = Page(("here", Of(Model with { Datasets = [Cases(1)] })),
            ("laptop", Of(Model with { Datasets = [Cases(3)] })));
        var texts = page.QuerySelectorAll("section.figure p").Select(text => text.TextContent).ToList();
        texts.ShouldContain("Above the diagonal, laptop has the larger number. The points that differ most: case 19, "
            + "single (3×); case 20, single (3×).");
        texts.ShouldContain("laptop ÷ here at quantiles: 1× at 10%, 1× at 50%, 1.2099× at 90%, 3× at 100%.");
        var plots = page.QuerySelectorAll("section.figure svg").ToList();
        plots.Count.ShouldBe(2);
        plots[0].QuerySelectorAll("circle[fill='#b3261e'] title").Select(title => title.TextContent.Split(',')[0])
            .ShouldBe(["case 19", "case 20"], ignoreOrder: true);
        plots[1].QuerySelectorAll("title").Select(title => title.TextContent)
            .ShouldContain("laptop: 100% of the points are at most 60");
    }

    [Fact]
    public void Numbers_in_other_units_are_not_compared()
    {
        var other = Of(Model with { Datasets = [Slower(2) with { Unit = "ms" }] });
        var page = Page(("here", Of(Model)), ("laptop", other));
        page.QuerySelector("section.figure .stamp")!.TextContent.ShouldContain("time in ms by series, list is not");
        page.QuerySelectorAll("section.figure svg").ShouldBeEmpty();
        page.QuerySelectorAll("section.figure thead th").AtLeastOne()
            .ShouldAllBe(head => !head.TextContent.StartsWith('÷'));
    }

    [Fact]
    public void Equal_evaluations_differ_in_nothing()
    {
        var page = Page(("here", Of(Model)), ("again", Of(Model)));
        page.QuerySelector("#claims p")!.TextContent.ShouldBe("The evaluations agree on 5 of 5 claims.");
        page.QuerySelector("#differences")!.TextContent.ShouldContain("Machines, tools and pins are the same.");
        page.QuerySelector("section.figure p")!.TextContent.ShouldContain(
            "1 as the geometric mean of 3 points; at 0 of");
    }

    [Theory]
    [InlineData("nothing.json", "Could not find")]
    [InlineData("text.json", "invalid")]
    [InlineData("future.json", "the results have version 99")]
    [InlineData("empty.zip", "the archive has no evaluation/report/results.json")]
    public void What_cannot_be_read_is_named(string file, string why)
    {
        File.WriteAllText(Path.Combine(sample.Root, "text.json"), "not JSON");
        File.WriteAllText(Path.Combine(sample.Root, "future.json"), ResultsFile.Render(Model, sample.Folder)
            .Replace("\"version\": 1", "\"version\": 99", StringComparison.Ordinal));
        using (System.IO.Compression.ZipFile.Open(Path.Combine(sample.Root, "empty.zip"),
            System.IO.Compression.ZipArchiveMode.Create))
        {
            // An archive without entries.
        }
        var path = Path.Combine(sample.Root, file);
        var problem = Should.Throw<DiagnosticException>(() => ComparedResults.Read("other", path));
        problem.Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(ReportRules.NothingToCompare);
        problem.Message.ShouldContain(why);
    }

    private ReportModel Model => sample.Model with { Datasets = [ReportSample.Measured, ReportSample.Recorded] };

    private ResultsDocument Of(ReportModel model) => ResultsFile.Of(model, sample.Folder);

    private static Dataset Slower(double factor) => ReportSample.Data("Lists", Origin.Measured,
        [.. ReportSample.Measured.Points.Select(point => point with
        {
            Estimate = point.Estimate is { } one ? new(one.Value * factor, one.Low * factor, one.High * factor) : null,
        })]);

    private static IDocument Page(params (string Name, ResultsDocument Results)[] all) =>
        new HtmlParser().ParseDocument(
        ComparisonPage.Render([.. all.Select(one => new ComparedResults(one.Name, one.Results))], []));

    private static List<string> Cells(IElement row) => [.. row.Children.Select(cell => cell.TextContent)];
}
