using AngleSharp.Html.Parser;
using Verus.Artifact.Data;
using Verus.Artifact.Report;

namespace Verus.Artifact.Tests.Report;

/// <summary>
/// Tests all pages of a report by the rules of axe-core in a real browser, and by two parsers of HTML.
/// </summary>
public sealed class AccessibilitySpecs : IDisposable
{
    private static readonly Lazy<string> Axe = new(() =>
    {
        using var stream = System.Reflection.Assembly.Load("Deque.AxeCore.Commons")
            .GetManifestResourceStream("Deque.AxeCore.Commons.Resources.axe.min.js")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });

    private readonly Chromium chromium;
    private readonly ReportSample sample = new();

    public AccessibilitySpecs(Chromium chromium) => this.chromium = chromium;

    public void Dispose() => sample.Dispose();

    [Theory]
    [InlineData(360, false)]
    [InlineData(768, false)]
    [InlineData(1280, false)]
    [InlineData(360, true)]
    [InlineData(1280, true)]
    public async Task Axe_finds_no_violation_on_any_page(int width, bool dark)
    {
        foreach (var file in Pages().AtLeastOne())
        {
            await using var page = await chromium.OpenAsync(file, width, 900, dark, query: "?stay=1");
            await page.EvaluateAsync<bool>("document.querySelectorAll('details').forEach(d => d.open = true), true");
            await page.EvaluateAsync<bool>(Axe.Value + ";true");
            (await page.EvaluateAsync<int>("axe.getRules().length")).ShouldBeGreaterThan(80);
            var violations = await page.EvaluateAsync<string[]>("""
                axe.run(document, { resultTypes: ['violations'] }).then(result => result.violations.map(
                  one => one.id + ': ' + one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')))
                """);
            violations.ShouldBeEmpty($"{Path.GetFileName(file)} at {width}, dark: {dark}");
        }
    }

    [Fact]
    public async Task The_keyboard_reaches_everything_in_the_order_of_the_page_and_the_focus_is_seen()
    {
        await using var page = await chromium.OpenAsync(Pages()[0], 1280, 900);
        const string Reached = "[...document.querySelectorAll('a[href], button, summary, .wide, input')]";
        (await page.EvaluateAsync<int>(Reached + ".length")).ShouldBeGreaterThan(20);
        (await page.EvaluateAsync<string[]>("[...document.querySelectorAll('[tabindex]')]"
            + ".filter(e => e.tabIndex > 0).map(e => e.outerHTML.slice(0, 120))")).ShouldBeEmpty();
        (await page.EvaluateAsync<string[]>(Reached + ".filter(e => e.checkVisibility()).filter(e => { "
            + "e.focus({ focusVisible: true }); return document.activeElement !== e "
            + "|| getComputedStyle(e).outlineStyle === 'none' }).map(e => e.outerHTML.slice(0, 120))")).ShouldBeEmpty();
    }

    [Fact]
    public void Every_page_is_well_formed_and_each_id_is_there_once()
    {
        foreach (var file in Pages().AtLeastOne())
        {
            // The parser takes an end tag with a capital letter in its name for that of another element.
            var page = new HtmlParser(new HtmlParserOptions { IsStrictMode = true })
                .ParseDocument(File.ReadAllText(file).Replace("clipPath", "g", StringComparison.Ordinal));
            page.QuerySelectorAll("[id]").GroupBy(element => element.Id).Where(group => group.Count() > 1)
                .Select(group => group.Key).ShouldBeEmpty(file);
            page.QuerySelectorAll("h1").Length.ShouldBe(1);
        }
    }

    [Fact]
    public void Tidy_has_no_complaint()
    {
        if (!File.Exists("/usr/bin/tidy"))
            Assert.Skip("tidy is not installed (Debian package tidy)");
        foreach (var file in Pages().AtLeastOne())
        {
            var end = Programs.Run("/usr/bin/tidy", "-e", "-q", "-utf8", "--drop-empty-elements", "no", file);
            end.Words.Split('\n').Where(line => line.StartsWith("line ", StringComparison.Ordinal)).Take(5)
                .ShouldBeEmpty(Path.GetFileName(file));
        }
    }

    // The report with a plot against the paper, its samples, a comparison, and a run that goes on.
    private List<string> Pages()
    {
        var cases = ReportSample.Data("Lists", Origin.Measured, [.. Enumerable.Range(1, 8).Select(i =>
            ReportSample.Point($"case {i}", "single", i, [0.99 * i, 1.01 * i]))]);
        ReportedSample[] taken =
        [
            .. Enumerable.Range(0, 6).Select(i => new ReportedSample("Lists", $"Lists[n={i % 3}]", "r1",
                new DateTimeOffset(2026, 1, 2, 3, 0, 5 * i, TimeSpan.Zero), 1.5, i == 4 ? "exit code 1" : null,
                sample.Root) { Load = 0.5 * i, MajorFaults = i == 2 ? 3 : 0 }),
        ];
        var model = sample.Model with
        {
            Taken = taken,
            Datasets = [cases],
            Figures =
            [
                sample.Model.Figures[0],
                sample.Model.Figures[1] with
                {
                    Measured = [cases],
                    Recorded = [cases with { Origin = Origin.Recorded }],
                },
            ],
            Cells = cases.Points.ToDictionary(point => ReportModel.PointId("Lists", [point["series"], point["list"]]),
                _ => "Lists[n=0]"),
        };
        var files = ReportWriter.Write(model, sample.Folder);
        ComparedResults here = new("here", ResultsFile.Of(model, sample.Folder)), there = here with { Name = "laptop" };
        var compare = Path.Combine(sample.Folder, "compare.html");
        File.WriteAllText(compare, ComparisonPage.Render([here, there], []));
        var progress = Path.Combine(sample.Folder, "progress.html");
        File.WriteAllText(progress, ProgressPage.Render(new(6, 9, ", about 5 s left", IsRunning: true), "Lists",
            DateTime.UnixEpoch, taken, []));
        return [files.Page, files.Samples!, compare, progress];
    }
}
