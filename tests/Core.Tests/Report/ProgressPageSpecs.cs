using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Verus.Artifact.Report;

namespace Verus.Artifact.Tests.Report;

/// <summary>Tests the page that shows a run while it goes on.</summary>
public sealed class ProgressPageSpecs
{
    private static readonly DateTime Now = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private static readonly ReportedSample[] Samples =
    [
        Sample("Lists[n=1]", 0, 1.5, null), Sample("Lists[n=2]", 2, 3, "timeout: stopped after 3 s"),
        Sample("Lists[n=1]", 5, 2.5, null),
    ];

    [Fact]
    public void While_a_run_goes_on_the_page_refreshes_itself_and_says_how_far_it_is()
    {
        var page = Page(new(3, 8, ", about 5 min left", IsRunning: true));
        page.QuerySelector("[data-refresh]")!.GetAttribute("data-refresh").ShouldBe("5");
        page.QuerySelector("header p")!.TextContent.ShouldBe(
            "Running: 3 of 8 samples, about 5 min left, at 03:04:05 UTC.");
        var progress = page.QuerySelector("progress")!;
        (progress.GetAttribute("value"), progress.GetAttribute("max")).ShouldBe(("3", "8"));
        // The cell that ran last comes first.
        page.QuerySelectorAll("#samples tbody tr").Select(Cells).ShouldBe(
        [
            ["Lists[n=2]", "1", "1", "–", "", "", "timeout: stopped after 3 s"],
            ["Lists[n=1]", "2", "0", "2.0 s", "1.5 s", "2.5 s", ""],
        ]);
        page.QuerySelector("#timeline h3")!.TextContent.ShouldContain("3 samples in 7.5 s, 1 failed");
    }

    [Theory]
    [InlineData("", "The run ended at 03:04:05 UTC, after 3 samples. The report has")]
    [InlineData("stopped", "The run was stopped at 03:04:05 UTC, after 3 samples. Nothing that was measured is lost")]
    public void When_a_run_has_ended_the_page_stays_as_it_is(string how, string says)
    {
        var page = Page(new(3, 3, how, IsRunning: false));
        page.QuerySelectorAll("[data-refresh], progress").ShouldBeEmpty();
        page.QuerySelector("header p")!.TextContent.ShouldStartWith(says);
        page.QuerySelectorAll("#samples tbody tr").Length.ShouldBe(2);
    }

    private static ReportedSample Sample(string cell, int second, double seconds, string? why) =>
        new("Lists", cell, "r1",
        new DateTimeOffset(2026, 1, 2, 3, 0, second, TimeSpan.Zero), seconds, why, "/somewhere");

    private static IDocument Page(ProgressState state) =>
        new HtmlParser().ParseDocument(ProgressPage.Render(state, "Lists", Now, Samples, []));

    private static string[] Cells(IElement row) => [.. row.Children.Select(cell => cell.TextContent)];
}
