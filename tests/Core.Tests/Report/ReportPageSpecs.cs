using System.Security.Cryptography;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Report;

namespace Verus.Artifact.Tests.Report;

public sealed class ReportPageSpecs : IDisposable
{
    private const string Hostile =
        "<script>alert(1)</script>\"'`&<svg class=\"strip\" onload=x()>\u202Egnp\u05D0\u0007";

    private readonly ReportSample sample = new();

    public void Dispose() => sample.Dispose();

    [Fact]
    public void Verdicts_come_before_figures_and_figures_before_what_they_rest_on()
    {
        var sections = Page(sample.Model).QuerySelectorAll("main > section").Select(section => section.Id).ToList();
        sections.ShouldBe(["claims", "figure-Lists", "figure-Log", "missing", "basis"]);
    }

    [Fact]
    public void A_page_stays_small_whatever_stands_behind_a_figure()
    {
        var many = ReportSample.RecordedOnly with
        {
            Points = [.. Enumerable.Range(0, 200_000).Select(n => ReportSample.RecordedOnly.Points[0])]
        };
        var large = sample.Model with
        {
            Figures = [sample.Model.Figures[0],
            sample.Model.Figures[1] with { Recorded = [many] }]
        };
        ReportPage.Render(large,
            sample.Folder).Length.ShouldBeLessThan(ReportPage.Render(sample.Model, sample.Folder).Length + 200_000);
        var section = Page(large).QuerySelector("#figure-Log")!;
        section.QuerySelectorAll("tbody tr").Length.ShouldBe(500);
        section.TextContent.ShouldContain("the first 500 of 200000 rows");
    }

    [Fact]
    public void Samples_of_any_size_have_a_strip()
    {
        double[] values = [double.MaxValue, -double.MaxValue, 1e-320, 3];
        foreach (var value in values.AtLeastOne())
        {
            var data = ReportSample.Measured with
            {
                Points =
                [ReportSample.Measured.Points[0] with { Estimate = new Estimate(value), Samples = [.. values] }]
            };
            Page(sample.Model with { Figures = [sample.Model.Figures[0] with { Measured = [data] }] })
                .QuerySelector("#figure-Lists")!.InnerHtml.ShouldNotContain("NaN");
        }
    }

    [Fact]
    public void A_verdict_is_said_in_words_and_a_symbol_and_a_recorded_one_is_marked()
    {
        var cards = Page(sample.Model).QuerySelectorAll(".card");
        cards.Select(card => Text(card, ".verdict")).ShouldBe(["✓ supported", "✗ not supported", "? inconclusive",
            "– not measured", "✓ supported by recorded numbers"]);
        cards.SelectMany(card => card.QuerySelectorAll(".stamp")).ShouldBeEmpty("the verdict says it once");
        cards[4].ClassList.ShouldContain("recorded");
        cards[4].QuerySelectorAll("tbody tr").Select(row => row.Children[1].TextContent).AtLeastOne()
            .ShouldAllBe(verdict => !verdict.Contains("recorded", StringComparison.Ordinal));
        // A predicate that decides against a claim is visible without a click.
        cards.Select(card => card.QuerySelector("details")!.HasAttribute("open"))
            .ShouldBe([false, true, true, false, false]);
        cards[0].QuerySelectorAll("tbody tr").Select(row => row.Children[1].TextContent)
            .ShouldBe(["✓ supported", "– not measured"]);
        Page(sample.Model).QuerySelectorAll(".tally li").Select(entry => entry.TextContent)
            .ShouldContain("1 ✓ supported by recorded numbers");
    }

    [Fact]
    public void Every_figure_shows_samples_and_spread_and_the_paper_beside_with_the_ratio()
    {
        var table = Page(sample.Model).QuerySelector("#figure-Lists table")!;
        var header = Cells(table.QuerySelector("thead tr")!);
        header.ShouldBe(["series", "list", "median here", "paper (recorded)", "here ÷ paper", "75% interval", "samples",
            "least", "most", "samples, ±13.33%", "note"]);
        var rows = table.QuerySelectorAll("tbody tr").Select(Cells).ToList();
        rows[0].ShouldBe(["Verus", "single", "1.50", "0.75", "2× (1.87 – 2.27)", "1.40 – 1.70", "3", "1.4", "1.7", "",
            ""]);
        rows[3].ShouldBe(["Dafny", "double", "–", "–", "", "", "0", "", "", "", "timed out after 100 s"]);
        rows[4].ShouldBe(["Prusti", "single", "–", "18.8", "", "", "0", "", "", "", "not measured here"]);
        table.QuerySelectorAll("tbody tr")[0].QuerySelectorAll("svg.strip circle").Length.ShouldBe(3);
        table.QuerySelectorAll("tbody tr")[0].QuerySelector("svg.strip")!.GetAttribute("aria-label")
            .ShouldBe("3 samples, 1.4 to 1.7");
        Text(Page(sample.Model).QuerySelector("#figure-Lists")!,
            "pre").ShouldBe("dotnet build build.proj -p:Request=Lists");
    }

    [Fact]
    public void Recorded_figures_carry_their_mark_and_the_page_as_a_whole_does()
    {
        var page = Page(sample.Model);
        page.QuerySelector("#figure-Lists > .stamp").ShouldBeNull();
        Text(page.QuerySelector("#figure-Log")!, ".stamp").ShouldBe("RECORDED by the authors, not measured here");
        Text(page.QuerySelector("header")!, ".stamp").ShouldStartWith("PARTLY RECORDED");
        var recorded = sample.Model with
        {
            Figures = [sample.Model.Figures[1]],
            Verdicts = [ReportSample.Claim(VerdictOutcome.Supported, Origin.Recorded)]
        };
        Text(Page(recorded).QuerySelector("header")!, ".stamp").ShouldBe("RECORDED by the authors, not measured here");
        var measured = sample.Model with
        {
            Figures = [sample.Model.Figures[0]],
            Verdicts = [ReportSample.Claim(VerdictOutcome.Supported, Origin.Measured)]
        };
        Page(measured).QuerySelector(".stamp").ShouldBeNull();
        Page(measured).Body!.TextContent.ShouldNotContain("by recorded numbers");
    }

    [Fact]
    public void Deviations_failures_and_what_is_missing_stand_at_the_top()
    {
        var warnings = Page(sample.Model).QuerySelectorAll("header .warnings li").Select(item => item.TextContent)
            .ToList();
        warnings.ShouldBe(
        [
            "The clock of this machine is doubtful", "dafny: 4.11.0 instead of the pinned 4.3.0",
            "lists: edited by hand",
            "1 sample failed; they are listed with their figure, and their output is kept.",
            "Not drawn, because there are no numbers: Cluster.",
        ]);
        Page(sample.Model).QuerySelector("#missing")!.TextContent.ShouldContain("needs 3 machines, found 1");
    }

    [Fact]
    public void A_failed_sample_is_listed_with_its_reason_and_a_link_to_its_output()
    {
        var row = Page(sample.Model).QuerySelectorAll("#figure-Lists table")[^1].QuerySelector("tbody tr")!;
        Cells(row).ShouldBe(["Lists[list=double]", "exit code: ended with 3", "stdout"]);
        row.QuerySelector("a")!.GetAttribute("href").ShouldBe("../experiments/logs/Lists/00%201/stdout.txt");
    }

    [Fact]
    public void The_basis_names_machine_runs_tools_pins_costs_and_commands()
    {
        var basis = Page(sample.Model).QuerySelector("#basis")!;
        foreach (var expected in new[] { "Example 9000", "2026-01-02 03:00", "42", "dafny", "0123456789ab",
            new string('a', 40), "1.3 min", "300 MiB", "4.9 KiB", "3 GiB", "-t:Explain" })
            basis.TextContent.ShouldContain(expected == "1.3 min" ? "75.5 s" : expected);
        basis.QuerySelectorAll("details").Length.ShouldBe(2);
    }

    [Fact]
    public void The_page_is_accessible_in_its_structure()
    {
        var page = Page(sample.Model);
        page.DocumentElement.GetAttribute("lang").ShouldBe("en");
        page.QuerySelectorAll("h1").Length.ShouldBe(1);
        var levels = page.QuerySelectorAll("h1,h2,h3,h4").Select(heading => heading.LocalName[1] - '0').ToList();
        levels.Zip(levels.Skip(1)).AtLeastOne().ShouldAllBe(pair => pair.Second <= pair.First + 1);
        foreach (var table in page.QuerySelectorAll("table").AtLeastOne())
        {
            table.QuerySelector("caption")!.TextContent.ShouldNotBeEmpty();
            table.QuerySelectorAll("thead th").AtLeastOne()
                .ShouldAllBe(cell => cell.GetAttribute("scope") == "col" && cell.TextContent.Length > 0);
            table.QuerySelectorAll("tbody tr").AtLeastOne()
                .ShouldAllBe(row => row.FirstElementChild!.GetAttribute("scope") == "row"
                    && row.Children.Length == table.QuerySelectorAll("thead th").Length);
            table.ParentElement!.GetAttribute("role").ShouldBe("group");
            table.ParentElement!.GetAttribute("aria-label").ShouldNotBeNullOrEmpty();
        }
        page.QuerySelectorAll("svg").AtLeastOne()
            .ShouldAllBe(svg => svg.GetAttribute("role") == "img"
                && !string.IsNullOrEmpty(svg.GetAttribute("aria-label")));
    }

    [Fact]
    public void The_page_loads_nothing_runs_nothing_and_its_ids_are_unique()
    {
        var page = Page(sample.Model);
        page.QuerySelectorAll("iframe,object,embed,img,style ~ style").ShouldBeEmpty();
        // The policy allows the page's own script by its hash, and no other.
        var script = page.QuerySelectorAll("script").ShouldHaveSingleItem();
        script.Attributes.ShouldBeEmpty();
        page.QuerySelector("meta[http-equiv=Content-Security-Policy]")!.GetAttribute("content")!.ShouldEndWith(
            $"; script-src 'sha256-{Convert.ToBase64String(SHA256.HashData(
                Encoding.UTF8.GetBytes(script.TextContent)))}'");
        page.QuerySelectorAll("link").AtLeastOne().ShouldAllBe(link => link.GetAttribute("href") == "data:,");
        page.QuerySelector("style")!.TextContent.ShouldNotContain("url(");
        page.QuerySelector("meta[http-equiv=Content-Security-Policy]")!.GetAttribute("content")
            .ShouldStartWith("default-src 'none'");
        var ids = page.QuerySelectorAll("[id]").Select(element => element.Id).ToList();
        ids.AtLeastOne().ShouldBeUnique();
        var attributes = page.All.SelectMany(element => element.Attributes).ToList();
        attributes.AtLeastOne().ShouldAllBe(attribute => !attribute.Name.StartsWith("on"));
        var links = attributes.Where(attribute => attribute.Value.StartsWith('#') && attribute.Name == "href");
        foreach (var attribute in links.AtLeastOne())
            ids.ShouldContain(attribute.Value[1..]);
        var urls = attributes.Where(attribute => attribute.Value.StartsWith("url(", StringComparison.Ordinal));
        foreach (var attribute in urls.AtLeastOne())
            ids.ShouldContain(attribute.Value[5..^1]);
        page.QuerySelectorAll("clipPath").Length.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Hostile_names_stay_text_wherever_they_stand()
    {
        var points = new[] { ReportSample.Point(Hostile, Hostile, 2, [1, 3]) with { Note = Hostile } };
        var data = ReportSample.Data("Lists", Origin.Measured, points) with
        {
            Notes = [Hostile],
            Unit = Hostile,
            Quantity = Hostile,
            Statistic = Hostile
        };
        var model = sample.Model with
        {
            Title = Hostile,
            Project = Hostile,
            Request = Hostile,
            SdkVersion = Hostile,
            CreatedUtc = Hostile,
            Notes = [Hostile],
            Verdicts = [ReportSample.Claim(VerdictOutcome.Supported, Origin.Measured) with { Name = Hostile,
                Title = Hostile, Figures = [Hostile] }],
            Figures =
            [
                sample.Model.Figures[0] with
                {
                    Drawn = sample.Model.Figures[0].Drawn with { Name = Hostile, Title = Hostile, Notes = [Hostile] },
                    Aliases = [Hostile], Measured = [data],
                    Recorded = [data with { Origin = Origin.Recorded, Provenance = Hostile }], RerunCommand = Hostile,
                    Failures = [new ReportFailure(Hostile, Hostile, [Hostile])],
                },
            ],
            Missing = [new MissingFigure(Hostile, Hostile, [Hostile])],
            Machines = [new ReportMachine(Hostile, [(Hostile, Hostile)])],
            Runs = [new ReportRun(Hostile, Hostile, 1, 1, 1)],
            Pins = [new ReportPin(Hostile, Hostile, Hostile, Hostile, true, Hostile)],
            Tools = [new ReportTool(Hostile, Hostile, Hostile, Hostile)],
            Resources = [new ReportResource(Hostile, Hostile, 1, 1, 1, 1, 1, Hostile)],
            Disk = [new ReportDisk(Hostile, 1)],
        };
        var files = ReportWriter.Write(model, sample.Folder);
        var page = new HtmlParser().ParseDocument(File.ReadAllText(files.Page));
        page.QuerySelectorAll("body > :not(script:last-child) script,[onload]").ShouldBeEmpty();
        page.QuerySelectorAll("script").ShouldHaveSingleItem();
        page.QuerySelectorAll("svg.strip").Length.ShouldBe(1);
        page.QuerySelectorAll("a[href]").AtLeastOne()
            .ShouldAllBe(link => link.GetAttribute("href")!.StartsWith('#')
                || !link.GetAttribute("href")!.Contains(':'));
        page.QuerySelector("h1")!.TextContent.ShouldBe(
            "<script>alert(1)</script>\"'`&<svg class=\"strip\" onload=x()>\ufffdgnp\u05D0\ufffd");
        foreach (var file in files.All.AtLeastOne())
            File.ReadAllText(file).IndexOfAny(['\u202E', '\u0007']).ShouldBe(-1);
        // In Markdown, indented lines are literal; in any other line a tag would be interpreted.
        File.ReadAllLines(files.Appendix).Where(line => !line.StartsWith("    ", StringComparison.Ordinal)).AtLeastOne()
            .ShouldAllBe(line => !line.Contains("<s"));
    }

    [Fact]
    public void Folders_of_the_machine_and_secrets_of_urls_do_not_get_out()
    {
        var model = sample.Model with
        {
            Notes = [$"see {sample.Root}/evaluation/tools/dafny",
                "found /srv/people/ann/bin/z3 and -I/srv/people/ann/include", "another's: /home/bob/x, /root/y",
                "not a home: a/root/b"],
        };
        var files = ReportWriter.Write(model, sample.Folder);
        foreach (var file in files.All.AtLeastOne())
        {
            var text = File.ReadAllText(file);
            foreach (var secret in new[] { sample.Root, "/srv/people", "bob", "/root/y", "secret", "ann:" })
                text.ShouldNotContain(secret);
        }
        var warnings = new HtmlParser().ParseDocument(File.ReadAllText(files.Page))
            .QuerySelectorAll("header .warnings li").Select(item => item.TextContent).Take(4);
        warnings.ShouldBe(["see ./evaluation/tools/dafny", "found ~/bin/z3 and -I~/include", "another's: ~/x, ~/y",
            "not a home: a/root/b"]);
    }

    [Fact]
    public void The_same_model_gives_the_same_bytes_and_a_part_has_files_of_its_own()
    {
        var files = ReportWriter.Write(sample.Model, sample.Folder);
        var first = files.All.Select(File.ReadAllText).ToList();
        ReportWriter.Write(sample.Model, sample.Folder).All.Select(File.ReadAllText).ShouldBe(first);
        files.All.Select(Path.GetFileName)
            .ShouldBe(["index.html", "summary.txt", "appendix.md", "results.json", "junit.xml", "numbers.tex",
            "appendix.eurosys.tex", "appendix.usenix.tex", "appendix.acm.tex"]);
        ReportWriter.Write(sample.Model, sample.Folder, "Lists").All.Select(Path.GetFileName)
            .ShouldBe(["Lists.html", "Lists.summary.txt", "Lists.appendix.md", "Lists.results.json", "Lists.junit.xml",
                "Lists.numbers.tex", "Lists.appendix.eurosys.tex", "Lists.appendix.usenix.tex",
                "Lists.appendix.acm.tex"]);
        Directory.GetFiles(sample.Folder).Length.ShouldBe(18);
    }

    [Fact]
    public void Figures_whose_names_look_alike_have_ids_of_their_own()
    {
        var figure = sample.Model.Figures[0];
        var model = sample.Model with
        {
            Figures = [.. new[] { "a b", "a-b", "a.b",
                "אב" }.Select(name => figure with { Drawn = figure.Drawn with { Name = name } })]
        };
        Page(model).QuerySelectorAll("section.figure").Select(section => section.Id)
            .ShouldBe(["figure-a-b", "figure-a-b-2", "figure-a-b-3", "figure---"]);
    }

    [Theory]
    [InlineData(null, "Could not find file")]
    [InlineData("<svg", "")]
    [InlineData("<html/>", "starts with <html>")]
    public void A_picture_that_cannot_be_read_is_one_coded_error_and_no_report(string? content, string reason)
    {
        var svg = sample.Model.Figures[0].Drawn.Files["svg"];
        File.Delete(svg);
        if (content is not null)
            File.WriteAllText(svg, content);
        var problem = Should.Throw<DiagnosticException>(() => ReportWriter.Write(sample.Model, sample.Folder));
        problem.Diagnostics.Single().Rule.Code.ShouldBe("VART8001");
        problem.Message.ShouldContain(reason);
        problem.Message.ShouldNotContain(sample.Root);
        Directory.Exists(sample.Folder).ShouldBeFalse();
    }

    [Fact]
    public void Of_a_picture_only_what_draws_gets_into_the_page()
    {
        var svg = sample.Model.Figures[0].Drawn.Files["svg"];
        File.WriteAllText(svg, """
            <!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/hostname">]>
            <svg xmlns="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink" viewBox="0 0 100 50" width="100pt" onload="x()">
              <script>x()</script><style>@import url(http://example.org/x.css);</style><foreignObject><p/></foreignObject><a l:href="javascript:x()"><text>linked</text></a>
              <defs><clipPath id="c"><rect width="5" height="5"/></clipPath><path id="p" d="M0 0"/></defs>
              <g clip-path="url(#c)" fill="url(http://example.org/x)" style="background:url(http://example.org/y)"><use l:href="#p"/><use href="http://example.org/z#p"/></g>
              <image href="http://example.org/i.png"/><image href="data:image/png;base64,AAAA"/><image href="data:text/html,x"/><text x="1">shown</text>
              <animate attributeName="href" to="javascript:x()"/>
            </svg>
            """);
        var picture = Page(sample.Model).QuerySelector("#figure-Lists .picture svg")!;
        picture.OuterHtml.ShouldNotContain("example.org");
        picture.OuterHtml.ShouldNotContain("x()");
        picture.QuerySelectorAll("script,style,foreignObject,a,animate").ShouldBeEmpty();
        picture.QuerySelector("g")!.GetAttribute("clip-path").ShouldBe("url(#figure-Lists-c)");
        picture.QuerySelectorAll("use").Select(use => use.GetAttribute("href")).ShouldBe(["#figure-Lists-p", null]);
        picture.QuerySelectorAll("image").Select(image => image.GetAttribute("href"))
            .ShouldBe([null, "data:image/png;base64,AAAA", null]);
        picture.QuerySelector("text")!.TextContent.ShouldBe("shown");
    }

    [Fact]
    public void The_marks_of_a_picture_have_titles_on_the_page_and_the_whole_picture_has_none()
    {
        var picture = Page(sample.Model).QuerySelector("#figure-Lists .picture svg")!;
        picture.QuerySelectorAll("rect > title, circle > title").Select(title => title.TextContent).AtLeastOne()
            .ShouldContain(title => title.Contains("1.50 s [1.40 – 1.70], 3 samples", StringComparison.Ordinal));
        picture.QuerySelectorAll(":scope > title").ShouldBeEmpty();
    }

    [Fact]
    public void Fifty_figures_of_two_thousand_points_have_tables_and_marks_that_keep_the_page_small()
    {
        var data = ReportSample.Data("Lists", Origin.Measured, [.. Enumerable.Range(0, 2000).Select(i =>
            ReportSample.Point($"{i / 4}", $"system {i % 4}", 1 + i % 97, [i % 97, 1 + i % 97, 2 + i % 97]))]);
        var figure = sample.Model.Figures[0] with
        {
            Drawn = sample.Draw("Many", "Many points", "LineChart", data),
            Measured = [data],
            Recorded = [],
        };
        var page = ReportWriter.Write(sample.Model with
        {
            Figures = [.. Enumerable.Range(0, 50).Select(i =>
                figure with { Drawn = figure.Drawn with { Name = $"Figure{i}" } })],
        }, sample.Folder).Page;
        // What is drawn depends on the data; the titles of marks and the tables are what the page adds.
        var drawn = System.Xml.Linq.XElement.Load(figure.Drawn.Files["svg"]);
        foreach (var marks in drawn.Elements().Where(one => one.Attribute("pointer-events") is not null).ToList())
            marks.Remove();
        var lines = drawn.ToString(System.Xml.Linq.SaveOptions.DisableFormatting).Length;
        (new FileInfo(page).Length - 50L * lines).ShouldBeLessThan(3_000_000);
        File.ReadAllText(page).ShouldContain("of 2000 rows; the data file, below, has all of them");
    }

    [Fact]
    public void A_plot_against_the_paper_says_which_points_are_larger_here()
    {
        Artifact.Data.Dataset Cases(Origin origin, double last) => ReportSample.Data("Lists", origin,
            [.. Enumerable.Range(1, 6).Select(i => ReportSample.Point($"case {i}", "single", (i == 6 ? last : 1) * i,
                [(i == 6 ? last : 1) * i * 0.99, (i == 6 ? last : 1) * i * 1.01]))]);
        var figure = sample.Model.Figures[0] with
        {
            Measured = [Cases(Origin.Measured, 2)],
            Recorded = [Cases(Origin.Recorded, 1)],
        };
        var plot = Page(sample.Model with { Figures = [figure] }).QuerySelectorAll("#figure-Lists details details")
            .ShouldHaveSingleItem();
        Text(plot, "summary").ShouldBe("Which points are larger here than in the paper?");
        Text(plot, "p").ShouldStartWith("Above the diagonal, the number here is larger: 1 of 6 points.");
        plot.QuerySelectorAll("circle[fill='#b3261e']").Select(mark => mark.TextContent).ShouldHaveSingleItem()
            .ShouldStartWith("case 6, single: 2×");
    }

    [Fact]
    public void A_note_stands_in_the_picture_or_below_it_and_always_in_its_label()
    {
        var figure = sample.Model.Figures[0];
        var notes = figure.Drawn.Notes.Append("Only the page says this").ToList();
        var section = Page(sample.Model with
        {
            Figures = [figure with { Drawn = figure.Drawn with { Notes = notes } },
            sample.Model.Figures[1]]
        }).QuerySelector("#figure-Lists")!;
        notes.Count.ShouldBeGreaterThan(1);
        section.QuerySelectorAll(":scope > .notes li").Select(note => note.TextContent)
            .ShouldBe(["Only the page says this"]);
        foreach (var note in notes.AtLeastOne())
            section.QuerySelector(".picture svg")!.GetAttribute("aria-label")!.ShouldContain(note);
    }

    [Fact]
    public void The_methods_answer_the_twelve_rules_from_what_was_measured()
    {
        ReportModel With(string statistic, string unit, params double[] samples) => sample.Model with
        {
            Methods = [new ReportMethod("Design", ["Rounds in random order."])],
            Figures =
            [
                sample.Model.Figures[0] with
                {
                    Measured =
                    [
                        ReportSample.Data("Lists", Origin.Measured, [ReportSample.Point("s", "l", 2, samples)]) with
                        {
                            Statistic = statistic,
                            Unit = unit,
                        },
                    ],
                },
            ],
        };
        Dictionary<string, string> Kept(ReportModel model)
        {
            var section = Page(model).QuerySelector("#methods")!;
            section.TextContent.ShouldContain("Rounds in random order.");
            return section.QuerySelectorAll("tbody tr").Select(Cells).ToDictionary(row => row[0], row => row[2]);
        }
        var well = Kept(With("median", "s", 1, 2, 3, 4, 5, 6));
        well.Keys.ShouldBe(Enumerable.Range(1, 12).Select(number => $"{number}"));
        (well["3"], well["5"], well["6"]).ShouldBe(("yes", "yes", "yes"));
        Kept(With("mean", "ops/s", 1, 2, 3, 4, 5, 6))["3"].ShouldBe("no", "a mean of rates");
        Kept(With("median", "s", 1, 2))["5"].ShouldBe("in part", "no interval");
        Kept(With("median", "s", 1, 2, 3, 4))["6"].ShouldBe("in part", "four samples show no distribution");
        Kept(With("median", "s") with { Figures = [sample.Model.Figures[1]] })
            .ShouldBeEmpty("nothing was measured");
        (well["1"], well["2"], well["4"], well["8"], well["9"]).ShouldBe(("yes", "yes", "yes", "yes", "yes"));
        Kept(With("median", "ratio", 1, 2, 3, 4, 5, 6))["1"].ShouldBe("in part", "no absolute numbers");
        Kept(With("mean", "ratio", 1, 2, 3, 4, 5, 6))["4"].ShouldBe("no", "a mean of ratios");
        Kept(With("mean", "s", 1, 1, 1, 1, 1, 1.1, 1.1, 1.1, 1.2, 1.2, 50))["8"].ShouldBe("in part", "skewed");
        Kept(With("median", "s", 1, 2, 3) with { Machines = [] })["9"].ShouldBe("in part", "no machine");
        Kept(With("median", "s", 1, 2, 3) with { Missing = [new MissingFigure("M", "M", [])] })["2"]
            .ShouldBe("no", "no reason");
        var claims = sample.Model.Verdicts;
        ReportModel Judged(Func<PredicateVerdict, PredicateVerdict> change) => With("median", "s", 1, 2, 3) with
        {
            Verdicts = [.. claims.Select(claim => claim with
            {
                Predicates = [.. claim.Predicates.Select(one => change(one with { Origin = Origin.Measured }))],
            })],
        };
        Kept(Judged(one => one))["7"].ShouldBe("yes");
        Kept(Judged(one => one with { Origin = Origin.Recorded }))["7"].ShouldBe("in part");
        Kept(Judged(one => one with { Outcome = VerdictOutcome.NotMeasured }))["7"].ShouldBe("not applicable");
        Kept(Judged(one => one with { AveragesRatios = true }))["4"].ShouldBe("no");
        var bare = With("median", "s", 1, 2);
        var figure = bare.Figures[0];
        Kept(bare with
        {
            Figures = [figure with
            {
                Measured = [figure.Measured[0] with
                {
                    Points = [.. figure.Measured[0].Points.Select(point => point with { Estimate = new Estimate(2) })],
                }],
            }],
        })["12"].ShouldBe("in part", "no interval");
        well["12"].ShouldBe("yes");
    }

    [Fact]
    public void Long_tables_are_folded_and_short_ones_open()
    {
        var many = ReportSample.Data("Lists", Origin.Measured,
            [.. Enumerable.Range(0, 40).Select(i => ReportSample.Point("s", $"{i}", 1, [1, 1.1]))]);
        var model = sample.Model with
        {
            Figures =
            [sample.Model.Figures[0] with { Measured = [many], Recorded = [], Failures = [] },
                sample.Model.Figures[1]]
        };
        Page(model).QuerySelectorAll(".figure details").Select(details => details.HasAttribute("open"))
            .ShouldBe([false, true]);
    }

    private IHtmlDocument Page(ReportModel model) =>
        new HtmlParser().ParseDocument(File.ReadAllText(ReportWriter.Write(model, sample.Folder).Page));

    private static string Text(IParentNode parent, string selector) => parent.QuerySelector(selector)!.TextContent;

    private static List<string> Cells(IElement row) => [.. row.Children.Select(cell => cell.TextContent)];
}
