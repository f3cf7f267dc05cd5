using System.Xml.Linq;
using Verus.Artifact.Data;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Tests.Figures;

/// <summary>Tests that recorded numbers are never presented as measured.</summary>
public sealed class RecordedFigureSpecs : FigureFixture
{
    private const string Banner = "RECORDED BY THE AUTHORS, NOT MEASURED HERE";

    private static readonly Dataset Here = Measured(Point("Verus", 1, 2, 1.8, 2.3), Point("Verus", 2, 3),
        Point("Dafny", 1, 8), Point("Dafny", 2, null, note: "timed out after 100 s"));
    private static readonly Dataset Paper = Recorded(Point("Verus", 1, 1), Point("Verus", 2, 2), Point("Dafny", 1, 4),
        Point("Dafny", 2, 40), Point("Low*", 1, 16));

    public static TheoryData<string> Kinds => ["LineChart", "GroupedBars", "Table"];

    [Theory]
    [InlineData("LineChart", "Verus (recorded)")]
    [InlineData("GroupedBars", "Verus (recorded)")]
    [InlineData("Table", "Verus")]
    public void A_figure_of_recorded_numbers_is_marked_in_all_its_forms(string kind, string series)
    {
        var drawn = Draw(Of(kind), Paper);
        drawn.Origin.ShouldBe(Origin.Recorded);
        var texts = TextsOf(drawn);
        texts.ShouldContain(Banner);
        texts.ShouldContain("RECORDED", "the mark across the picture");
        string.Join(' ', texts).ShouldContain("Recorded by the authors, not measured here (the paper, 2024).");
        texts.ShouldContain(series);
        Text(drawn, "svg").ShouldContain("(recorded by the authors, not measured here)</title>");
        Text(drawn).ShouldContain($"*** {Banner} ***");
        Text(drawn).ShouldContain("time (s) recorded");
    }

    [Fact]
    public void A_table_of_recorded_numbers_is_marked_in_its_tex() =>
        Text(Draw(Table(), Paper),
            "tex").Split("\\end{tabular}")[1].ShouldContain("Recorded by the authors, not measured here");

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Where_both_are_known_the_picture_shows_what_was_measured_and_the_text_both_with_the_ratio(string kind)
    {
        var drawn = Draw(Of(kind), Paper, Here);
        drawn.Origin.ShouldBe(Origin.Measured);
        string.Join(' ', TextsOf(drawn)).ShouldNotContain("ecorded", Case.Sensitive);
        TextsOf(drawn).ShouldNotContain("Low*");
        var lines = Text(drawn).Split('\n');
        lines.ShouldContain(line => line.Contains("time (s) here") && line.Contains("paper (recorded)")
            && line.Contains("here/paper"));
        Row("Verus", "1").ShouldBe(["2", "1.8 to 2.3", "4", "1", "2"]);
        Row("Dafny", "2").ShouldBe(["–", "–", "–", "40", "–"]);
        Row("Low*", "1").ShouldBe(["–", "–", "–", "16", "–"]);

        string[] Row(string tool, string n) =>
            [.. lines.Select(line => System.Text.RegularExpressions.Regex.Split(line.Trim(), "  +"))
            .First(cells => cells.Length == 7 && cells[0] == tool && cells[1] == n).Skip(2)];
    }

    [Fact]
    public void On_request_the_recorded_numbers_are_drawn_beside_the_measured_ones()
    {
        var drawn = Draw(Lines(("Overlay", "true")), Here, Paper);
        drawn.Origin.ShouldBe(Origin.Recorded);
        TextsOf(drawn).Take(6).Where(text => text.Length > 1)
            .ShouldBe(["Verus", "Verus (paper)", "Dafny", "Dafny (paper)", "Low* (paper)"], ignoreOrder: true);
        drawn.Notes.ShouldContain("Dashed (paper): recorded by the authors, not measured here (the paper, 2024).");
        // A dashed line is one path of many strokes, or of their outlines.
        XElement.Load(drawn.Files["svg"]).Descendants().Attributes("d").Count(d => d.Value.Count(c => c == 'M') > 10
            && (d.Parent!.Attribute("stroke")?.Value == "#0072B2" || d.Parent.Attribute("fill")?.Value == "#0072B2"))
            .ShouldBeGreaterThan(0);

        var bars = Draw(Bars(("Overlay", "true")), Here, Paper);
        bars.Notes.ShouldContain("Outlined (paper): recorded by the authors, not measured here (the paper, 2024).");
        TextsOf(bars).ShouldContain("Verus (paper)");

        var table = Draw(Table(("Overlay", "true")), Here, Paper);
        TextsOf(table).ShouldContain("2 (1)");
        TextsOf(table).ShouldContain("– (40)");
        table.Notes.ShouldContain("In parentheses: recorded by the authors, not measured here (the paper, 2024).");
    }

    [Fact]
    public void A_figure_of_two_datasets_of_which_one_is_recorded_says_so_for_that_one()
    {
        var figure = Lines() with { Datasets = ["Times", "Others"] };
        var other = Recorded(Point("Low*", 1, 16), Point("Low*", 2, 20)) with { Name = "Others" };
        var drawn = Draw(figure, Here, other);
        drawn.Origin.ShouldBe(Origin.Recorded);
        string.Join(' ', TextsOf(drawn)).ShouldContain("IN PART RECORDED BY THE AUTHORS, NOT MEASURED HERE");
        TextsOf(drawn).ShouldContain("Low* (recorded)");
        TextsOf(drawn).ShouldContain("Verus");
        drawn.Notes.ShouldContain("Others: recorded by the authors, not measured here (the paper, 2024).");
        Text(drawn).ShouldContain("*** IN PART RECORDED BY THE AUTHORS, NOT MEASURED HERE ***");
    }

    [Fact]
    public void Recorded_numbers_stand_in_only_where_nothing_was_measured()
    {
        Draw(Lines(), Measured(Point("Verus", 1, null, note: "not run")), Paper).Origin.ShouldBe(Origin.Recorded);
        Draw(Lines(), Measured(Point("Verus", 1, 1)), Paper).Origin.ShouldBe(Origin.Measured);
    }

    [Fact]
    public void Numbers_that_are_written_unlike_are_compared_as_numbers()
    {
        var text = Text(Draw(Lines(), Measured(Point("Verus", "0.50", 3)), Recorded(Point("Verus", "0.5", 2))));
        text.ShouldContain("1.5");
        text.Split('\n').Count(line => line.StartsWith("Verus", StringComparison.Ordinal)).ShouldBe(1);
    }

    private static FigureDeclaration Of(string kind) => kind switch
    {
        "LineChart" => Lines(),
        "GroupedBars" => Bars(),
        _ => Table(),
    };

    [Theory]
    [InlineData("LineChart")]
    [InlineData("GroupedBars")]
    [InlineData("Table")]
    public void A_smoke_run_is_marked_in_every_form(string kind)
    {
        var figure = Draw(Of(kind), Smoke);
        TextsOf(figure).ShouldContain("SMOKE RUN");
        string.Join(' ', TextsOf(figure)).ShouldContain("SMOKE RUN: A FEW CELLS");
        Text(figure).ShouldContain("*** SMOKE RUN");
    }

    [Fact]
    public void A_smoke_run_is_marked_in_the_tex_of_a_table() =>
        Text(Draw(Table(), Smoke), "tex").ShouldContain("% Smoke run: ");

    private static Dataset Smoke => Measured(Point("a", 1, 2), Point("a", 2, 3)) with { IsSmoke = true };
}
