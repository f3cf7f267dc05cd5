using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Report;

namespace Verus.Artifact.Tests.Report;

/// <summary>Tests the report in a real browser: on a phone, on a desktop, in dark mode, and on paper.</summary>
public sealed class ReportInChromiumSpecs : IDisposable
{
    // Elements that extend beyond the right edge of the page and are not in a box that scrolls.
    private const string Overflowing = """
        [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1
          && !e.closest('.wide,.picture,pre')).map(e => e.outerHTML.slice(0, 120))
        """;

    private readonly Chromium chromium;
    private readonly ReportSample sample = new();

    public ReportInChromiumSpecs(Chromium chromium) => this.chromium = chromium;

    public void Dispose() => sample.Dispose();

    [Theory]
    [InlineData(320)]
    [InlineData(360)]
    [InlineData(768)]
    [InlineData(1280)]
    public async Task The_page_does_not_scroll_sideways(int width)
    {
        await using var page = await chromium.OpenAsync(Write(Wide()), width, 800);
        await page.EvaluateAsync<bool>("document.querySelectorAll('details').forEach(d => d.open = true), true");
        (await page.EvaluateAsync<string[]>(Overflowing)).ShouldBeEmpty();
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBe(width);
    }

    [Theory]
    [InlineData(320)]
    [InlineData(360)]
    public async Task Tables_that_are_wider_than_a_phone_scroll_in_a_box_of_their_own(int width)
    {
        await using var page = await chromium.OpenAsync(Write(Wide()), width, 800);
        await page.EvaluateAsync<bool>("document.querySelectorAll('details').forEach(d => d.open = true), true");
        (await page.EvaluateAsync<int>("Math.max(...[...document.querySelectorAll('.wide')].map(e => e.scrollWidth))"))
            .ShouldBeGreaterThan(width);
    }

    [Fact]
    public async Task The_page_asks_for_nothing_but_itself_and_the_browser_has_no_complaint()
    {
        await using var page = await chromium.OpenAsync(Write(sample.Model), 1280, 900);
        page.Requests.Where(url => !url.StartsWith("data:", StringComparison.Ordinal)).Count().ShouldBe(1,
            string.Join('\n', page.Requests));
        page.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reader_sorts_filters_and_narrows_a_table_and_the_address_keeps_it()
    {
        var many = ReportSample.Data("Lists", Origin.Measured, [.. Enumerable.Range(1, 12).Select(i =>
            ReportSample.Point("s" + i, i % 2 == 0 ? "even" : "odd", 13 - i, [13 - i, 13 - i + .5, 13.25 - i]))]);
        var figure = sample.Model.Figures[0] with { Measured = [many], Recorded = [] };
        var file = Write(sample.Model with { Figures = [figure] });
        const string Table = "document.querySelector('section.figure .wide > table')";
        const string Names = "[..." + Table
            + ".tBodies[0].rows].filter(r => !r.hidden).map(r => r.cells[0].textContent)";
        const string Value = Table + ".tHead.rows[0].cells[2].querySelector('button')";
        string address;
        await using (var page = await chromium.OpenAsync(file, 1280, 900))
        {
            (await page.EvaluateAsync<string[]>(Names)).First().ShouldBe("s1");
            await page.EvaluateAsync<bool>(Value + ".click(), true");
            (await page.EvaluateAsync<string[]>(Names)).First().ShouldBe("s12");
            (await page.EvaluateAsync<string>(Table + ".tHead.rows[0].cells[2].getAttribute('aria-sort')"))
                .ShouldBe("ascending");
            await page.EvaluateAsync<bool>("(f => (f.value = 'odd', f.oninput(), true))("
                + "document.querySelector('section.figure .bar input[type=search]'))");
            (await page.EvaluateAsync<string[]>(Names)).ShouldBe(["s11", "s9", "s7", "s5", "s3", "s1"]);
            await page.EvaluateAsync<bool>(
                "document.querySelectorAll('section.figure .bar input[type=checkbox]')[0].click(), true");
            (await page.EvaluateAsync<bool>(Table + ".rows[0].cells[1].hidden")).ShouldBeTrue();
            address = await page.EvaluateAsync<string>("location.search");
        }
        // The page of another reader, who was given the address.
        await using (var page = await chromium.OpenAsync(file, 1280, 900, query: address))
        {
            (await page.EvaluateAsync<string[]>(Names)).ShouldBe(["s11", "s9", "s7", "s5", "s3", "s1"]);
            (await page.EvaluateAsync<bool>(Table + ".rows[0].cells[1].hidden")).ShouldBeTrue();
            await page.EvaluateAsync<bool>(Value + ".click(), true");
            (await page.EvaluateAsync<string[]>(Names)).First().ShouldBe("s1");
            await page.EvaluateAsync<bool>(Value + ".click(), true");
            (await page.EvaluateAsync<string>("location.search")).ShouldNotContain("s=");
            page.Messages.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task The_browser_refuses_to_load_or_run_what_got_into_the_page()
    {
        var file = Write(sample.Model);
        await File.WriteAllTextAsync(file,
            (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Replace("<h1>",
            "<script>document.title='ran'</script><img src=\"http://127.0.0.1:9/x.png\"><h1>",
            StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await using var page = await chromium.OpenAsync(file, 1280, 900);
        (await page.EvaluateAsync<string>("document.title")).ShouldBe(sample.Model.Title);
        page.Messages.Count(message => message.Contains("Content Security Policy")).ShouldBe(2,
            string.Join('\n', page.Messages));
    }

    [Fact]
    public async Task Pictures_are_drawn_at_a_size_that_can_be_read()
    {
        foreach (var width in new[] { 360, 1280 })
        {
            await using var page = await chromium.OpenAsync(Write(sample.Model), width, 800);
            // The size of the smallest letters of a picture in CSS pixels: the font size in the picture times the scale
            // at which it is shown.
            var sizes = await page.EvaluateAsync<double[]>(
                "[...document.querySelectorAll('.picture svg')].map(s => Math.min(...[...s.querySelectorAll('text')]"
                + ".map(t => parseFloat(t.getAttribute('font-size')))) * s.getBoundingClientRect().width / "
                + "s.viewBox.baseVal.width)");
            sizes.Length.ShouldBe(2);
            sizes.AtLeastOne().ShouldAllBe(size => size >= 7.5);
            (await page.EvaluateAsync<bool>(
                "[...document.querySelectorAll('.picture [clip-path]')].every(e => "
                    + "document.querySelector(e.getAttribute('clip-path').slice(4, -1)))"))
                .ShouldBeTrue();
        }
    }

    [Fact]
    public async Task The_pointer_over_a_bar_finds_its_text()
    {
        await using var page = await chromium.OpenAsync(Write(sample.Model), 1280, 900);
        var titles = await page.EvaluateAsync<string[]>("""
            (() => {
              const marks = [...document.querySelectorAll('#figure-Lists .picture [pointer-events=all] > *')];
              document.querySelector('#figure-Lists .picture').scrollIntoView();
              return marks.map(mark => {
                const box = mark.getBoundingClientRect();
                const found = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                return found === mark ? found.querySelector('title').textContent : 'nothing';
              });
            })()
            """);
        titles.Length.ShouldBe(3);
        titles.ShouldContain("single, series = Verus: 1.50 s [1.40 – 1.70], 3 samples");
        titles.ShouldNotContain("nothing");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Text_has_enough_contrast_in_the_light_and_in_the_dark(bool dark)
    {
        await using var page = await chromium.OpenAsync(Write(sample.Model), 1280, 900, dark);
        // WCAG 2 AA requires a contrast of 4.5 to 1 between a text and its background.
        var low = await page.EvaluateAsync<string[]>("""
            (() => {
              const channel = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
              const parse = c => c.match(/[\d.]+/g).map(Number);
              const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
              const back = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0.9) return c } return [255, 255, 255] };
              return [...document.querySelectorAll('body *')].filter(e => !e.closest('svg') && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
                .filter(e => { const a = light(parse(getComputedStyle(e).color)), b = light(back(e)); return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5 })
                .map(e => e.outerHTML.slice(0, 120));
            })()
            """);
        low.ShouldBeEmpty();
        var background = await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        background.ShouldBe(dark ? "rgb(20, 24, 28)" : "rgb(255, 255, 255)");
        (await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('.picture')).backgroundColor"))
            .ShouldBe("rgb(255, 255, 255)");
    }

    [Fact]
    public async Task On_paper_everything_is_unfolded()
    {
        if (!File.Exists("/usr/bin/pdftotext"))
            Assert.Skip("pdftotext is not installed (Debian package poppler-utils)");
        await using var page = await chromium.OpenAsync(Write(sample.Model), 1280, 900);
        (await page.EvaluateAsync<int>("document.querySelectorAll('details:not([open])').length")).ShouldBeGreaterThan(
            0);
        var pdf = Path.Combine(sample.Root, "report.pdf");
        await File.WriteAllBytesAsync(pdf, await page.PrintAsync(), TestContext.Current.CancellationToken);
        var text = Programs.Run("/usr/bin/pdftotext", "-layout", pdf, "-").Succeeds();
        var pages = text.Output.Split('\f', StringSplitOptions.RemoveEmptyEntries);
        pages.Length.ShouldBeGreaterThanOrEqualTo(2);
        // Some texts are in folded parts of the page on the screen: a predicate of a claim that is supported, and a
        // pin that was not needed.
        text.Output.ShouldContain("holds in the paper");
        text.Output.ShouldContain("4.13.0");
    }

    [Fact]
    public async Task On_paper_no_card_is_split_and_figures_share_pages()
    {
        if (!File.Exists("/usr/bin/pdftotext"))
            Assert.Skip("pdftotext is not installed (Debian package poppler-utils)");
        var claims = Enumerable.Range(10, 12).Select(i =>
            ReportSample.Claim(Artifact.Claims.VerdictOutcome.Inconclusive, Origin.Measured) with
            {
                Name = $"Claim{i}",
                Predicates = [.. sample.Model.Verdicts[0].Predicates.Select(one =>
                    one with { Statement = $"statement of claim {i}", Notes = [$"last line of claim {i}"] })],
            }).ToList();
        var figures = Enumerable.Range(10, 8).Select(i => sample.Model.Figures[1] with
        {
            Drawn = sample.Model.Figures[1].Drawn with { Name = $"Log{i}" },
        });
        await using var page = await chromium.OpenAsync(
            Write(sample.Model with { Verdicts = claims, Figures = [.. figures] }), 1280, 900);
        var pdf = Path.Combine(sample.Root, "report.pdf");
        await File.WriteAllBytesAsync(pdf, await page.PrintAsync(), TestContext.Current.CancellationToken);
        var pages = Programs.Run("/usr/bin/pdftotext", "-layout", pdf, "-").Succeeds().Output
            .Split('\f', StringSplitOptions.RemoveEmptyEntries);
        int PageOf(string text) => Array.FindIndex(pages, content => content.Contains(text, StringComparison.Ordinal));
        foreach (var claim in Enumerable.Range(10, 12).AtLeastOne())
            PageOf($"last line of claim {claim}").ShouldBe(PageOf($"Claim{claim} "), $"claim {claim} is split");
        PageOf("Claim21 ").ShouldBeGreaterThan(0, "the cards need more than one page");
        Enumerable.Range(10, 8).Select(i => PageOf($"Log{i}")).Distinct().Count().ShouldBeLessThan(8);
    }

    [Fact]
    public async Task No_table_is_cut_off_on_paper()
    {
        if (!File.Exists("/usr/bin/pdftotext"))
            Assert.Skip("pdftotext is not installed (Debian package poppler-utils)");
        await using var page = await chromium.OpenAsync(Write(Wide()), 1280, 900);
        var pdf = Path.Combine(sample.Root, "report.pdf");
        await File.WriteAllBytesAsync(pdf, await page.PrintAsync(), TestContext.Current.CancellationToken);
        var words = Programs.Run("/usr/bin/pdftotext", "-bbox", pdf, "-").Succeeds();
        var rights = System.Text.RegularExpressions.Regex.Matches(words.Output, "xMax=\"([0-9.]+)\"")
            .Select(match => double.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))
            .ToList();
        rights.Count.ShouldBeGreaterThan(200);
        // A4 is 595 points wide; the margin of the page is 14 mm, some 40 points.
        rights.Max().ShouldBeLessThan(595 - 38);
        words.Output.ShouldContain("n19");
    }

    // Many columns, long words and a long command can each make a page too wide.
    private ReportModel Wide()
    {
        var columns = Enumerable.Range(1, 9).Select(i => $"column{i}").ToList();
        var keys = columns.ToDictionary(column => column, column => column + "-" + new string('x', 30));
        var points = Enumerable.Range(1, 20).Select(i => new DataPoint
        {
            Keys = new Dictionary<string, string>(keys) { ["column1"] = $"n{i}" },
            Estimate = new Estimate(i, i - 0.5, i + 0.5),
            Samples = [i - 0.5, i, i + 0.5],
            Note = "a_note_that_is_one_word_" + new string('y', 80),
        }).ToList();
        var data = ReportSample.Data("Lists", Origin.Measured, points) with { Columns = columns };
        var figure = sample.Model.Figures[0] with
        {
            Measured = [data],
            Recorded = [data with { Origin = Origin.Recorded }],
            RerunCommand = "dotnet build " + new string('z', 300)
        };
        return sample.Model with
        {
            Title = new string('T', 100),
            Figures = [figure, sample.Model.Figures[1]],
            Notes = [new string('w', 200)]
        };
    }

    private string Write(ReportModel model) => ReportWriter.Write(model, sample.Folder).Page;
}
