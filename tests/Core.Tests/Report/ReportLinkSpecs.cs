using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Verus.Artifact.Claims;
using Verus.Artifact.Report;

namespace Verus.Artifact.Tests.Report;

/// <summary>Tests the way from a verdict to its points, their samples and their output, and what ran when.</summary>
public sealed class ReportLinkSpecs : IDisposable
{
    private const string Cell = "Lists[series=Verus,list=single]";

    private readonly ReportSample sample = new();

    public void Dispose() => sample.Dispose();

    [Fact]
    public void A_verdict_leads_to_its_points_these_to_their_samples_and_these_to_their_output()
    {
        var page = Parse(Write().Page);
        // The first claim is declared on the dataset of the first figure.
        var predicate = page.QuerySelector("#claims tbody a")!;
        predicate.TextContent.ShouldBe("P1");
        var table = page.QuerySelector(predicate.GetAttribute("href")!)!;
        table.QuerySelector("summary")!.TextContent.ShouldStartWith("Lists: time measured here");
        var count = table.QuerySelector("tbody tr td a")!;
        count.TextContent.ShouldBe("3");
        var (file, id) = Split(count.GetAttribute("href")!);
        var row = Parse(Path.Combine(sample.Folder, file)).GetElementById(id)!.Closest("tr")!;
        row.Children[0].TextContent.ShouldBe(Cell);
        var output = row.QuerySelector("a")!.GetAttribute("href")!;
        File.ReadAllText(Path.Combine(sample.Folder, Uri.UnescapeDataString(output))).ShouldBe("verified 1");
        PageLinks.Follow(sample.Folder).Count.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void All_samples_of_a_cell_stand_together_with_what_happened_beside_them()
    {
        var rows = Parse(Write().Samples!).QuerySelectorAll("tbody tr").Select(row =>
            row.Children.Select(cell => cell.TextContent).ToList()).ToList();
        rows.Count.ShouldBe(4);
        rows[0].ShouldBe([Cell, "2026-01-02 03:00:00", "1.5 s", "ok", "0.5", "", "stdout"]);
        rows[3][3].ShouldBe("✗ exit code: ended with 3");
        rows[2][5].ShouldBe("200 ms");
    }

    [Fact]
    public void The_timeline_shows_when_samples_ran_which_failed_and_which_were_disturbed()
    {
        var timeline = Parse(Write().Page).QuerySelector("#timeline")!;
        timeline.QuerySelector("h3")!.TextContent.ShouldBe(
            "2026-01-02 03:00 UTC: 4 samples in 31.5 s, 1 failed, 1 perhaps disturbed; load at most 2.5");
        var bars = timeline.QuerySelectorAll("svg rect").ToList();
        // The last sample began 30 s after the first one, near the end of the run.
        bars.Count(bar => bar.GetAttribute("fill") == "#b3261e").ShouldBe(1);
        bars.Select(bar => bar.TextContent).ShouldContain(Cell + ": 1.5 s, load 0.5");
        bars.Select(bar => bar.TextContent).ShouldContain(text => text.StartsWith(
            "Lists[series=Verus,list=double]: 200 ms taken by the hypervisor", StringComparison.Ordinal));
        X(bars[0]).ShouldBeLessThan(X(bars[1]));
        timeline.QuerySelectorAll("svg path").ShouldHaveSingleItem();
    }

    [Fact]
    public void Without_samples_there_is_neither_a_timeline_nor_a_page_of_samples()
    {
        var files = ReportWriter.Write(sample.Model, sample.Folder);
        files.Samples.ShouldBeNull();
        Parse(files.Page).QuerySelector("#timeline").ShouldBeNull();
    }

    [Fact]
    public void A_hundred_thousand_samples_are_pages_that_a_browser_opens()
    {
        var many = sample.Model with
        {
            Taken = [.. Enumerable.Range(0,
                100_000).Select(i => new ReportedSample($"E{i % 40}", $"E{i % 40}[n={i % 2000}]",
                $"{i / 20_000}", DateTimeOffset.UnixEpoch.AddSeconds(i), 0.9, i % 97 == 0 ? "exit code 1" : null,
                sample.Root) { MajorFaults = i % 3 })],
        };
        var files = ReportWriter.Write(many, sample.Folder);
        new FileInfo(files.Page).Length.ShouldBeLessThan(1_500_000);
        new FileInfo(files.Samples!).Length.ShouldBeLessThan(3_000_000);
        File.ReadAllText(files.Samples!).ShouldContain("samples; the journal has all of them");
    }

    private ReportFiles Write()
    {
        string Output(string name, string text)
        {
            var folder = Path.Combine(sample.Root, "evaluation", "experiments", "logs", "Lists", name);
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "stdout.txt"), text);
            return folder;
        }
        ReportedSample Taken(string cell, int second, string folder) => new("Lists", cell, "r1",
            new DateTimeOffset(2026, 1, 2, 3, 0, second, TimeSpan.Zero), 1.5, null, folder)
        { Load = 0.5 };
        Directory.CreateDirectory(Path.Combine(sample.Root, "evaluation", "data"));
        File.WriteAllText(Path.Combine(sample.Root, "evaluation", "data", "Lists.csv"), "");
        Output("00 1", "failed");
        return ReportWriter.Write(sample.Model with
        {
            Missing = [],
            Bounds = new Dictionary<string, PredicateDeclaration> { ["P1"] = ReportRecordsSpecs.Predicate() },
            Taken =
            [
                Taken(Cell, 0, Output("a", "verified 1")), Taken(Cell, 10, Output("b", "verified 2")),
                Taken("Lists[series=Verus,list=double]", 20, Output("c", "")) with { StealSeconds = 0.2 },
                Taken("Lists[series=Dafny,list=double]", 30, Output("d", "")) with
                {
                    Why = "exit code: ended with 3",
                    Load = 2.5,
                },
            ],
            Cells = new Dictionary<string, string>
            {
                [ReportModel.PointId("Lists", ["Verus", "single"])] = Cell,
            },
        }, sample.Folder);
    }

    private static double X(IElement bar) =>
        double.Parse(bar.GetAttribute("x")!, System.Globalization.CultureInfo.InvariantCulture);

    private static (string File, string Id) Split(string link) => (link.Split('#')[0], link.Split('#')[1]);

    private static IDocument Parse(string file) => new HtmlParser().ParseDocument(File.ReadAllText(file));
}
