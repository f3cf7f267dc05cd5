using System.Xml.Linq;
using SkiaSharp;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Tests.Figures;

public sealed class FigureDrawingSpecs : FigureFixture
{
    private static readonly Dataset Growing = Measured(
        [.. new[] { 1, 2, 4, 8 }
            .SelectMany(n => new[] { Point("Dafny", n, n * 1.5, n * 1.4, n * 1.7),
                Point("Verus", n, 0.5 + n * 0.01) })]);

    [Fact]
    public void Every_format_of_a_chart_has_the_text_of_the_chart()
    {
        var drawn = Draw(Lines(("YLabel", "Zeit (α)"), ("Title", "Growth")), Growing);
        foreach (var text in new[] { "Dafny", "Verus", "n", "Zeit (α)" })
            TextsOf(drawn).ShouldContain(text);
        Text(drawn, "svg").ShouldContain("<title>Speed: Growth</title>");
        DarkPixels(drawn, SKRectI.Create(0, 0, 44, 600)).ShouldBeGreaterThan(50, "the text beside the y axis");

        if (!File.Exists("/usr/bin/pdftotext"))
            Assert.Skip("pdftotext is not installed (Debian package poppler-utils)");
        var pdf = Programs.Run("/usr/bin/pdftotext", drawn.Files["pdf"], "-").Succeeds();
        foreach (var text in new[] { "Dafny", "Verus", "Zeit (α)" })
            pdf.Output.ShouldContain(text);
        var fonts = Programs.Run("/usr/bin/pdffonts", drawn.Files["pdf"]).Succeeds();
        var rows = fonts.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2).ToList();
        rows.ShouldNotBeEmpty();
        rows.AtLeastOne().ShouldAllBe(row => row.Contains("DejaVuSans") && row.Contains("yes yes yes"));
    }

    [Fact]
    public void No_text_is_smaller_than_seven_points()
    {
        foreach (var figure in new[] { Lines(), Bars(), Table() })
        {
            var sizes = XElement.Load(
                Draw(figure, Measured([.. Growing.Points, Point("F*", 1, null, note: "no tool")])).Files["svg"])
                .Descendants().Attributes("font-size")
                .Select(size => double.Parse(size.Value, System.Globalization.CultureInfo.InvariantCulture)).ToList();
            sizes.ShouldNotBeEmpty();
            sizes.Min().ShouldBeGreaterThanOrEqualTo(7);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_series_keeps_its_colour_when_another_one_has_no_number(bool lines)
    {
        var figure = lines ? Lines(("SeriesOrder", "F*;Dafny"), ("Colors", "#ab0000;#00cd00"))
            : Bars(("SeriesOrder", "F*;Dafny"), ("Colors", "#ab0000;#00cd00"));
        foreach (var data in new[] { Measured(Point("Dafny", 1, 2), Point("Dafny", 2, 3)),
            Measured(Point("Dafny", 1, 2), Point("Dafny", 2, 3), Point("F*", 1, null, note: "no tool")) })
        {
            var drawn = Draw(figure, data);
            Text(drawn, "svg").ShouldContain("00CD00", Case.Insensitive);
            Text(drawn, "svg").ShouldNotContain("AB0000", Case.Insensitive);
            // A series without a number is not in the legend, but in a note below.
            TextsOf(drawn).ShouldNotContain("F*");
            string.Concat(TextsOf(drawn)).ShouldContain("F*");
        }
    }

    [Fact]
    public void A_note_that_holds_for_a_place_in_every_series_is_said_once()
    {
        var text = Text(Draw(Bars(),
            Measured(Point("Dafny", "a", 1), Point("Verus", "a", 2), Point("Dafny", "b", null, note: "exit code 1"),
                Point("Verus", "b", null, note: "exit code 1"))));
        text.ShouldContain("- n = b: exit code 1\n");
        text.ShouldNotContain("Dafny, n = b");
    }

    [Fact]
    public void Equal_data_give_equal_files_and_leave_the_old_ones_alone()
    {
        foreach (var figure in new[] { Lines(), Bars(("Hatches", "Rising;Crossed")), Table() })
        {
            var first = Draw(figure, Growing);
            var before = first.Files.Values.ToDictionary(file => file,
                file => (Content: Convert.ToHexString(File.ReadAllBytes(file)),
                    Written: new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc)));
            foreach (var (file, old) in before.AtLeastOne())
                File.SetLastWriteTimeUtc(file, old.Written);
            Draw(figure, Growing);
            foreach (var (file, old) in before.AtLeastOne())
            {
                File.GetLastWriteTimeUtc(file).ShouldBe(old.Written, file);
                Convert.ToHexString(File.ReadAllBytes(file)).ShouldBe(old.Content);
            }
        }
    }

    [Fact]
    public async Task Figures_can_be_drawn_from_many_threads_and_come_out_the_same()
    {
        var expected = Text(Draw(Lines(), Growing), "svg");
        var drawn = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() =>
            FigureDrawer.Draw(i % 2 == 0 ? Lines() : Bars(), [Growing], Path.Combine(Folder, $"{i}"),
                TestContext.Current.CancellationToken))));
        foreach (var figure in drawn.Where((_, i) => i % 2 == 0).AtLeastOne())
            Text(figure, "svg").ShouldBe(expected);
    }

    [Fact]
    public void A_missing_value_is_a_gap_in_a_line_and_no_bar()
    {
        var data = Measured(Point("Dafny", 1, 2), Point("Dafny", 2, 3),
            Point("Dafny", 3, null, note: "timed out after 100 s"), Point("Dafny", 4, 5), Point("Dafny", 5, 6));
        var whole = Measured([.. data.Points.Select(point => point.Estimate is null ? Point("Dafny", 3, 4) : point)]);
        var gap = Lines();
        Strokes(Draw(gap, whole)).ShouldBe(1);
        var drawn = Draw(gap, data);
        Strokes(drawn).ShouldBe(2);
        drawn.Notes.ShouldContain("Dafny, n = 3: timed out after 100 s");
        TextsOf(drawn).ShouldContain("Dafny, n = 3: timed out after 100 s");

        var rectangles = Rectangles(Draw(Bars(), whole));
        Rectangles(Draw(Bars(), data)).ShouldBe(rectangles - 1);

        // The line in the plot is found by its clipping, because the line in the legend has two points as well but is
        // not clipped.
        static int Strokes(DrawnFigure figure) => XElement.Load(figure.Files["svg"]).Descendants()
            .Where(e => e.Name.LocalName == "g" && e.Attribute("clip-path") is not null)
            .SelectMany(e => e.Elements())
            .Count(e => e.Attribute("stroke-width")?.Value == "1.1" && e.Attribute("d")?.Value.Length > 0);

        static int Rectangles(DrawnFigure figure) => XElement.Load(figure.Files["svg"]).Descendants()
            .Count(e => e.Name.LocalName == "rect" && e.Attribute("fill")?.Value == "#0072B2");
    }

    [Fact]
    public void Rows_of_a_table_without_a_number_in_the_column_that_counts_stand_below_it_with_the_reason()
    {
        var table = Table(("RowsWith", "verified"), ("Digits", "2"), ("ColumnOrder", "original;verified"),
            ("RowOrder", "cfrac;barnes;redis;lua"));
        var drawn = Draw(table, Measured(Point("cfrac", "original", 4.567), Point("cfrac", "verified", 123.4),
            Point("barnes", "original", 2), Point("barnes", "verified", null, note: "signal: ended by signal 6"),
            Point("lua", "original", 3), Point("lua", "verified", null, note: "signal: ended by signal 6"),
            Point("redis", "original", null, note: "not available: redis is not there"),
            Point("redis", "verified", null, note: "not available: redis is not there")));
        drawn.Notes.ShouldContain("tool = redis: not available: redis is not there");
        drawn.Notes.ShouldContain("n = verified, tool = barnes, lua: signal: ended by signal 6");
        drawn.Notes.ShouldNotContain(note => note.StartsWith("No data", StringComparison.Ordinal));
        var texts = TextsOf(drawn);
        texts.ShouldContain("4.6");
        texts.ShouldContain("123");
        texts.ShouldNotContain("barnes");
        foreach (var format in new[] { "svg", "txt", "tex" })
            Text(drawn, format).ShouldContain("ended by signal 6");
        Text(drawn, "tex").ShouldNotContain("lua &");
    }

    [Fact]
    public void A_table_of_which_no_row_counts_says_so_and_nothing_breaks() =>
        Draw(Table(("RowsWith", "verified")),
            Measured(Point("cfrac", "original", 4.5), Point("cfrac", "verified", null, note: "timed out"))).Notes
            .ShouldContain("n = verified, tool = cfrac: timed out");

    [Theory]
    [InlineData("GroupedBars", "XOrder", "1;2;mean", true)]
    [InlineData("GroupedBars", "XOrder", "1|one;2|two;mean", false)]
    [InlineData("BoxPlot", "YLabel", "time", true)]
    [InlineData("LineChart", "XScale", "Category", true)]
    public void Numbers_along_an_axis_have_a_name(string kind, string name, string value, bool isNamed)
    {
        var drawn = Draw(Figure(kind, ("X", "n"), ("Series", "tool"), ("Apart", "mean"), (name, value)),
            Measured(Point("Verus", "1", 3), Point("Verus", "2", 4), Point("Verus", "mean", 3.5)));
        TextsOf(drawn).Contains("n").ShouldBe(isNamed);
    }

    [Theory]
    [InlineData("", "n = 1")]
    [InlineData("1|1;2", "n = 1")]
    [InlineData("1|one;2", "one")]
    public void Numbers_above_panels_and_in_legends_have_a_name_unless_they_have_labels(string order, string expected)
    {
        var data = Measured(Point("Verus", "1", 3), Point("Verus", "2", 4));
        TextsOf(Draw(Figure("GroupedBars", ("X", "tool"), ("Panels", "n"), ("PanelOrder", order)), data))
            .ShouldContain(expected);
        TextsOf(Draw(Figure("GroupedBars", ("X", "tool"), ("Series", "n"), ("SeriesOrder", order)), data))
            .ShouldContain(expected);
        // The columns of a table are already labelled with the name of their column.
        TextsOf(Draw(Table(), data)).ShouldContain("1");
    }

    [Fact]
    public void Between_whole_numbers_there_are_no_ticks()
    {
        var data = Measured(Point("Verus", 1, 300), Point("Verus", 2, 400));
        var texts = TextsOf(Draw(Lines(), data));
        texts.ShouldContain("2");
        texts.ShouldNotContain("1.2");
        TextsOf(Draw(Lines(("XTicks", "1.2")), data)).ShouldContain("1.2");
        TextsOf(Draw(Lines(), Measured(Point("Verus", 1.2, 300), Point("Verus", 2, 400)))).ShouldContain("1.2");
    }

    [Theory]
    [InlineData("GroupedBars", "throughput of each core (Mop/s)")]
    [InlineData("LineChart", "throughput of each core (Mop/s)")]
    public void A_long_title_of_an_axis_keeps_its_unit(string kind, string title) =>
        TextsOf(Draw(Figure(kind, ("X", "n"), ("Series", "tool"), ("YLabel", title)),
            Measured(Point("Verus", 1, 300), Point("Verus", 2, 400)))).ShouldContain(title);

    [Fact]
    public void A_note_names_some_of_many_points_and_counts_the_others()
    {
        var drawn = Draw(Bars(), Measured([.. Enumerable.Range(1, 40).Select(n => n % 2 == 0
            ? Point("Verus", $"p{n}", n) : Point("Verus", $"p{n}", null, note: "timed out"))]));
        drawn.Notes.ShouldContain("Verus, n = p1, p3, p5, p7, p9 and 15 more: timed out");
        Text(drawn).Split('\n').Count(line => line.StartsWith("Verus  p", StringComparison.Ordinal)).ShouldBe(40);
    }

    [Fact]
    public void A_figure_of_computed_points_says_so_and_not_how_many_samples_they_have()
    {
        var point = Point("Verus", "1", 3) with { Samples = [] };
        Draw(Bars(), Measured(point)).Notes.ShouldBe(["Computed from other numbers (median)."]);
        Draw(Bars(), Measured(point, Point("Verus", "2", 3))).Notes.ShouldBe(["Median of 4 samples."]);
    }

    [Fact]
    public void A_series_that_ends_early_or_was_left_out_is_named_below_the_figure()
    {
        var data = Measured(Point("Dafny", 1, 2), Point("Dafny", 2, 90), Point("Verus", 1, 1), Point("Verus", 2, 1),
            Point("Verus", 3, 1),
            Point("Prusti", 1, null, note: "not run: cargo-prusti is not installed"),
            Point("Prusti", 2, null, note: "not run: cargo-prusti is not installed"),
            Point("Prusti", 3, null, note: "not run: cargo-prusti is not installed")) with
        {
            Notes = ["Dafny 4.11.0 in place of 4.3.0"]
        };
        var drawn = Draw(Lines(("SeriesOrder", "Low*|F*;Dafny;Verus")), data);
        drawn.Notes.ShouldContain("Dafny: no value beyond n = 2");
        drawn.Notes.ShouldContain("Prusti, n = 1 to 3: not run: cargo-prusti is not installed");
        drawn.Notes.ShouldContain("No data: F*");
        drawn.Notes.ShouldContain("Dafny 4.11.0 in place of 4.3.0");
        drawn.Notes.ShouldContain("Median of 4 samples.");
        foreach (var note in drawn.Notes.AtLeastOne())
            Text(drawn).ShouldContain("- " + note);
    }

    [Fact]
    public void The_text_has_every_number_its_interval_and_its_samples()
    {
        var text = Text(Draw(Lines(), Growing));
        text.ShouldContain("tool   n  time (s)  88% interval  samples\n");
        text.ShouldContain("Dafny  4         6    5.6 to 6.8        4\n");
        text.ShouldContain("Verus  8      0.58             –        4\n");
    }

    [Fact]
    public void Without_a_number_there_is_a_text_that_says_why_and_no_picture_of_an_earlier_run()
    {
        var before = Draw(Table(), Growing);
        before.Files.Count.ShouldBe(5);
        var drawn = Draw(Table(), Measured(Point("Dafny", 1, null, note: "dafny is not installed")));
        drawn.Files.Keys.ShouldBe(["txt"]);
        Text(drawn).ShouldContain("NOT MEASURED");
        Text(drawn).ShouldContain("- n = 1, tool = Dafny: dafny is not installed");
        drawn.Notes.ShouldBe(["n = 1, tool = Dafny: dafny is not installed"]);
        foreach (var file in before.Files.Where(file => file.Key != "txt").Select(file => file.Value).AtLeastOne())
            File.Exists(file).ShouldBeFalse(file);
        Text(Draw(Lines())).ShouldContain("- There are no data for it.");
    }

    [Theory]
    [InlineData("X", "pushs", "Did you mean 'pushes'")]
    [InlineData("Series", "verifier", "Known: pushes, tool.")]
    [InlineData("Panels", "mode", "Known: pushes, tool.")]
    [InlineData("Where", "mode=success", "Known: pushes, tool.")]
    public void A_column_that_the_dataset_lacks_is_an_error_with_the_ones_it_has(string metadata, string value,
        string remedy)
    {
        var figure = metadata == "X"
            ? Figure("LineChart", ("X", value)) : Figure("LineChart", ("X", "pushes"), (metadata, value));
        var data = Measured() with
        {
            Columns = ["tool", "pushes"],
            Points = [new DataPoint { Keys = new Dictionary<string, string> { ["pushes"] = "1" },
                Estimate = new Estimate(1) }]
        };
        var diagnostic = Should.Throw<DiagnosticException>(() => Draw(figure, data)).Diagnostics.ShouldHaveSingleItem();
        diagnostic.Rule.ShouldBe(FigureRules.UnknownColumn);
        diagnostic.Where.ShouldBe(Where);
        diagnostic.Message.ShouldContain(remedy);
        Directory.EnumerateFileSystemEntries(Folder).ShouldBeEmpty();
    }

    [Fact]
    public void Two_values_on_one_place_are_an_error_that_names_what_tells_them_apart()
    {
        var figure = Figure("LineChart", ("X", "n"));
        Failure(figure, Growing).Rule.ShouldBe(FigureRules.SeveralValues);
        Failure(figure, Growing).Message.ShouldContain(
            "at n = 1. Name the column that distinguishes the values (tool) in X, Series or Panels, or select one of "
                + "them with Where.");
        Draw(figure with { Where = [new Condition("tool", "=", ["Verus"])] }, Growing).Files.ShouldContainKey("svg");
    }

    [Fact]
    public void Numbers_of_unlike_units_are_an_error_in_a_chart_and_have_their_units_in_a_table()
    {
        var data = Measured(Point("Dafny", "time", 2), Point("Dafny", "memory", 300) with { Unit = "MB" });
        Failure(Bars(), data).Message.ShouldContain("in s and MB on one axis");
        TextsOf(Draw(Table(), data)).ShouldContain("memory (MB)");
    }

    [Fact]
    public void A_name_on_an_axis_of_numbers_is_an_error()
    {
        var failure = Failure(Lines(("XScale", "Log")), Measured(Point("Dafny", "small", 2)));
        failure.Rule.ShouldBe(FigureRules.NotANumber);
        failure.Message.ShouldContain("'small'");
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_a_coded_error()
    {
        var file = Path.Combine(Folder, "file");
        File.WriteAllText(file, "");
        Should.Throw<DiagnosticException>(() =>
            FigureDrawer.Draw(Lines(), [Growing], Path.Combine(file, "figures"), TestContext.Current.CancellationToken))
            .Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(FileRules.NotAFile);
    }

    [Fact]
    public void Fonts_that_are_missing_or_broken_are_a_coded_error()
    {
        Should.Throw<DiagnosticException>(() => FigureFonts.Load(Folder)).Diagnostics.ShouldHaveSingleItem().Message
            .ShouldContain("DejaVuSans.ttf' is missing");
        File.WriteAllText(Path.Combine(Folder, "DejaVuSans.ttf"), "no font");
        var diagnostic = Should.Throw<DiagnosticException>(() => FigureFonts.Load(Folder)).Diagnostics
            .ShouldHaveSingleItem();
        diagnostic.Rule.ShouldBe(FigureRules.FontsMissing);
        diagnostic.Message.ShouldContain("is not a font");
    }

    [Fact]
    public void A_drawing_can_be_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Should.Throw<OperationCanceledException>(() => FigureDrawer.Draw(Lines(), [Growing], Folder, cancelled.Token));
        Directory.EnumerateFileSystemEntries(Folder).ShouldBeEmpty();
    }

    private Diagnostic Failure(FigureDeclaration figure, Dataset data) =>
        Should.Throw<DiagnosticException>(() => Draw(figure, data)).Diagnostics.ShouldHaveSingleItem();

    private static int DarkPixels(DrawnFigure figure, SKRectI area)
    {
        using var bitmap = SKBitmap.Decode(figure.Files["png"]);
        area.Intersect(SKRectI.Create(bitmap.Width, bitmap.Height));
        var dark = 0;
        for (var y = area.Top; y < area.Bottom; y++)
        {
            for (var x = area.Left; x < area.Right; x++)
                dark += bitmap.GetPixel(x, y) is { Red: < 100, Green: < 100, Blue: < 100 } ? 1 : 0;
        }
        return dark;
    }
}
