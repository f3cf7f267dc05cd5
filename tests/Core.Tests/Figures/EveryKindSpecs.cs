using System.Globalization;
using System.Xml.Linq;
using SkiaSharp;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Tests.Figures;

/// <summary>Tests properties of every kind of figure that ships, including future ones, for any data.</summary>
public sealed class EveryKindSpecs : FigureFixture
{
    private static readonly Dictionary<string, Dataset> Cases = new(StringComparer.Ordinal)
    {
        ["one point"] = Measured(Samples("a", 1, 2)),
        ["a pair"] = Measured(Samples("a", 1, 2), Samples("b", 1, 3)),
        ["missing"] = Measured(Samples("a", 1, 2), Point("b", 1, null, note: "timed out"),
            Point("a", 2, null, note: "crashed"), Samples("b", 2, 3)),
        ["zero and negative"] = Measured(Samples("a", 1, 0, 0, 0, 0, 0, 0), Samples("b", 1, -3, -2, 4, -1, -5, -1),
            Samples("a", 2, 5, 6, 7, 8, 9), Samples("b", 2, -1)),
        ["tiny to huge"] = Measured(Samples("a", 1, 1e-9, 2e-9, 1e-9, 3e-9, 1e-9), Samples("b", 1, 1e12),
            Samples("a", 2, 1e12, 1e-9, 1, 1e3, 1e6, 1e9), Samples("b", 2, 1e-9)),
        ["not a number"] = Measured(Point("a", 1, double.NaN), Samples("b", 1, 1, double.NaN, 2),
            Samples("a", 2, double.PositiveInfinity, 1, 2, 3, 4, 5, 6), Samples("b", 2, double.MaxValue, 1, 2)),
        ["equal"] = Measured(Samples("a", 1, 5, 5, 5, 5, 5, 5, 5), Samples("b", 1, 5, 5, 5, 5, 5, 5, 5),
            Samples("a", 2, 5), Samples("b", 2, 5)),
        ["long labels"] = Measured(
            Samples(new string('w', 200), 1, 1, 2, 3, 4, 5, 6), Samples("b" + new string('x', 300), 1, 2),
            Samples(new string('w', 200), 2, 3), Samples("b" + new string('x', 300), 2, 2)),
        ["only a few samples"] = Measured(Samples("a", 1, 1, 2), Samples("b", 1, 2, 3), Samples("a", 2, 1),
            Samples("b", 2, 2, 3, 4)),
        ["no samples"] = Measured(
            [.. new[] { "a", "b" }.SelectMany(tool =>
                new[] { 1, 2, 3 }.Select(n => Point(tool, n, n, n - 0.5, n + 1) with { Samples = [] }))]),
        ["the largest"] = Measured(Samples("a", 1, 9e299, 8e299, 9e299, 9e299, 1), Samples("b", 1, -9e299),
            Samples("a", 2, double.Epsilon), Samples("b", 2, 1)),
        ["many"] = Measured([.. new[] { "a",
            "b" }.SelectMany(tool => Enumerable.Range(0, 3000).Select(n => Samples(tool, n, n % 17 + 1, n % 13 + 2)))]),
        ["many series"] = Measured(
            [.. Enumerable.Range(0, 30)
                .SelectMany(tool => new[] { 1, 2 }.Select(n => Samples($"tool {tool}", n, tool + n, tool + 2)))]),
    };

    public static TheoryData<string, string, string> KindsAndCases
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var kind in Kinds)
                foreach (var one in Cases.Keys)
                    foreach (var scale in kind == "Table" ? new[] { "" } : ["Linear", "Log"])
                        data.Add(kind, one, scale);
            return data;
        }
    }

    public static TheoryData<string> AllKinds => [.. Kinds];

    public static TheoryData<string> Charts => [.. Kinds.Where(kind => kind != "Table")];

    public static TheoryData<string> WithLegend => [.. Kinds.Where(kind => OfKind(kind).Kind.HasLegend)];

    private static IEnumerable<string> Kinds =>
        FigureKinds.Names(ExtensionSet.BuiltIn).Where(kind => kind != "Command");

    [Theory]
    [MemberData(nameof(KindsAndCases))]
    public void It_draws_awkward_data_in_every_format(string kind, string name, string scale)
    {
        // A scatter plot needs both of the points that it compares.
        var data = Cases[name] is var made && kind == "Scatter" ? WithSides(made) : made;
        var drawn = Draw(OfKind(kind, scale) with { Name = $"{kind} {name} {scale}" }, data);
        drawn.Files.Keys.Except(["tex"]).ShouldBe(["svg", "pdf", "png", "txt"], ignoreOrder: true);
        drawn.Files.ContainsKey("tex").ShouldBe(kind == "Table");
        HoldPicture(drawn, $"{kind}, {name}, {scale}");
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void It_marks_recorded_numbers(string kind)
    {
        var data = Recorded(Point("a", 1, 2), Point("b", 1, 3), Point("a", 2, 4, 3, 5), Point("b", 2, 5));
        var drawn = Draw(OfKind(kind), data);
        TextsOf(drawn).ShouldContain("RECORDED");
        TextsOf(drawn).ShouldContain("RECORDED BY THE AUTHORS, NOT MEASURED HERE");
        Text(drawn).ShouldContain("*** RECORDED BY THE AUTHORS, NOT MEASURED HERE ***");
        string.Join(' ', TextsOf(drawn)).ShouldContain("the paper, 2024");
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void It_shows_recorded_numbers_beside_measured_ones_on_request(string kind)
    {
        var here = Measured(Samples("a", 1, 1, 2, 3, 4, 5, 6), Samples("b", 1, 2), Samples("a", 2, 3, 4, 5),
            Samples("b", 2, 4));
        var paper = Recorded(Point("a", 1, 9), Point("b", 1, 8), Point("a", 2, 7, 6, 8), Point("b", 2, 6));
        var alone = Draw(OfKind(kind), here, paper);
        var without = File.ReadAllText(alone.Files["svg"]);
        var both = Draw(OfKind(kind, "", ("Overlay", "true")), here, paper);
        both.Origin.ShouldBe(Origin.Recorded);
        Text(both, "svg").ShouldNotBe(without);
        both.Notes.ShouldContain(note =>
            note.Contains("(paper): recorded by the authors, not measured here", StringComparison.Ordinal)
            || note.StartsWith("In parentheses: recorded by the authors", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void It_names_points_without_a_number_with_the_reason(string kind)
    {
        var drawn = Draw(OfKind(kind), Cases["missing"]);
        drawn.Notes.ShouldContain(note => note.EndsWith(": timed out", StringComparison.Ordinal)
            || note.Contains("timed out;", StringComparison.Ordinal));
        Text(drawn).ShouldContain("crashed");
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void Without_any_number_it_is_a_text_that_says_so(string kind) =>
        Draw(OfKind(kind), Measured(Point("a", 1, null, note: "timed out"), Point("b", 1, null))).Files.Keys.ShouldBe(
            ["txt"]);

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void A_column_that_a_dataset_lacks_is_told_before_anything_is_measured(string kind)
    {
        var metadata = kind switch { "Table" or "HeatMap" => "Rows", "Scatter" => "XPoints", _ => "Series" };
        var figure = OfKind(kind, "", (metadata, kind == "Scatter" ? "tol=a" : "tol"));
        var problem = Should.Throw<DiagnosticException>(() =>
            FigureData.CheckDrawable(figure, [Cases["a pair"]])).Diagnostics.ShouldHaveSingleItem();
        problem.Rule.ShouldBe(FigureRules.UnknownColumn);
        problem.Message.ShouldContain($"{metadata} names the column 'tol'");
    }

    [Theory]
    [MemberData(nameof(Charts))]
    public void Unlike_units_on_one_axis_are_told_before_anything_is_measured(string kind)
    {
        var data = Measured(Samples("a", 1, 2), Samples("b", 1, 3), Samples("a", 2, 2) with { Unit = "ms" },
            Samples("b", 2, 3));
        Should.Throw<DiagnosticException>(() => FigureData.CheckDrawable(OfKind(kind), [data]))
            .Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(FigureRules.UnlikeUnits);
    }

    [Theory]
    [MemberData(nameof(Charts))]
    public void A_reader_can_point_at_the_marks(string kind)
    {
        var data = Cases["only a few samples"] is var made && kind == "Scatter" ? WithSides(made) : made;
        var svg = XElement.Load(Draw(OfKind(kind), data).Files["svg"]);
        var marks = svg.Elements().Where(element => (string?)element.Attribute("pointer-events") == "all").Elements()
            .ToList();
        marks.AtLeastOne().ShouldAllBe(mark => mark.Elements().Single().Value.Any(char.IsDigit));
        svg.Elements().Last().Elements().ShouldBe(marks, "marks lie on top of all that is drawn");
    }

    [Theory]
    [MemberData(nameof(Charts))]
    public void A_logarithmic_axis_refuses_ends_and_ticks_at_zero(string kind)
    {
        var found = new List<Diagnostic>();
        FigureDeclaration.Parse(
            Item([.. MetadataOf(kind), ("Kind", kind), ("Datasets", "Times"), ("YScale", "Log"), ("YMin", "0"),
                ("YTicks", "-1")]), found);
        found.Select(problem => problem.Rule).ShouldBe([DeclarationRules.BadMetadata, DeclarationRules.BadMetadata]);
    }

    [Theory]
    [MemberData(nameof(WithLegend))]
    public void Series_can_be_told_apart_without_colour(string kind)
    {
        var figure = OfKind(kind) with { Colors = ["#000000"] };
        var swatches = Enumerable.Range(0, 7).Select(index => Swatch(figure.Kind, FigureStyle.Of(figure, index)))
            .ToList();
        swatches.Distinct().Count().ShouldBe(swatches.Count, "swatches of one colour");
        // Series can be distinguished in the picture: if a series moves by one place in the order, more than its colour
        // changes.
        var data = Measured([.. new[] { "a", "b" }.SelectMany(tool => new[] { 1, 2, 3 }
            .Select(n => Samples(tool, n, n, n + 1, n + 1, n + 2, n + 2, n + 9)))]);
        MarksOf(figure, data, "a", "b", "1", "2",
            "3").ShouldNotBe(MarksOf(figure, data, "other", "a", "b", "1", "2", "3"));
    }

    [Theory]
    [MemberData(nameof(WithLegend))]
    public void Equal_data_and_looks_are_an_equal_picture(string kind)
    {
        var data = Cases["only a few samples"];
        MarksOf(OfKind(kind), data, "a", "b").ShouldBe(MarksOf(OfKind(kind), data, "a", "b"));
    }

    [Theory]
    [MemberData(nameof(Charts))]
    public void A_picture_holds_the_width_of_a_column_and_no_text_is_smaller_than_seven_points(string kind)
    {
        var svg = XElement.Load(Draw(OfKind(kind), Cases["only a few samples"]).Files["svg"]);
        double.Parse(svg.Attribute("width")!.Value.Replace("pt", "", StringComparison.Ordinal),
            CultureInfo.InvariantCulture)
            .ShouldBeLessThanOrEqualTo(FigureDeclaration.ColumnWidth * 72 + 0.1);
        svg.Descendants().Where(element => element.Name.LocalName == "text")
            .Select(text => double.Parse(text.Attribute("font-size")!.Value, CultureInfo.InvariantCulture)).AtLeastOne()
            .Min().ShouldBeGreaterThanOrEqualTo(7);
    }

    private static string Swatch(FigureKind kind, FigureStyle style) => FigureDrawer.WithInk(_ =>
    {
        using var bitmap = new SKBitmap(64, 64);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        canvas.Scale(4);
        kind.DrawSwatch(canvas, new SKRect(0, 0, 14, 14), style, paper: false);
        canvas.Flush();
        return Convert.ToHexString(bitmap.Bytes);
    });

    private string MarksOf(FigureDeclaration figure, Dataset data, params string[] order)
    {
        figure =
            figure with
            {
                SeriesOrder =
                [.. order.Select((name, rank) => new FigureLabel(name, name) { Rank = rank })]
            };
        return string.Join('\n', XElement.Load(Draw(figure, data).Files["svg"]).Descendants()
            .Where(element => element.Name.LocalName is not ("text" or "title")).Select(element => element.ToString()));
    }

    private static Dataset WithSides(Dataset data) => data with
    {
        // The data have one point for each side, at separate places.
        Points = [.. data.Points, Point("a", 99_999, 1), Point("b", 99_999, 2)],
    };

    private static FigureDeclaration OfKind(string kind, string scale = "", params (string Name, string Value)[] more)
    {
        List<(string Name, string Value)> metadata =
            [.. MetadataOf(kind).Where(one => more.All(other => other.Name != one.Name)), .. more];
        if (scale.Length > 0)
            metadata.Add(("YScale", scale));
        if (scale == "Log" && kind is "Scatter" or "Cdf" or "Histogram")
            metadata.Add(("XScale", scale.Length > 0 ? scale : "Linear"));
        return Figure(kind, [.. metadata]);
    }

    private static (string Name, string Value)[] MetadataOf(string kind) => kind switch
    {
        "Table" => [("Rows", "tool"), ("Columns", "n")],
        "HeatMap" => [("Rows", "tool"), ("X", "n")],
        "Scatter" => [("XPoints", "tool=a"), ("YPoints", "tool=b"), ("Series", "n")],
        "Cdf" or "Cactus" or "Histogram" => [("Series", "tool")],
        _ => [("X", "n"), ("Series", "tool")],
    };

    private static DataPoint Samples(string tool, object n, params double[] samples) => Point(tool, n, null) with
    {
        Samples = samples,
        Estimate = Statistics.Interval(Statistic.Median, samples),
    };

    private static void HoldPicture(DrawnFigure drawn, string what)
    {
        using var codec = SKCodec.Create(drawn.Files["png"]);
        codec.ShouldNotBeNull(what);
        ((long)codec.Info.Width * codec.Info.Height).ShouldBeLessThan(41_000_000, what);
        new FileInfo(drawn.Files["pdf"]).Length.ShouldBeInRange(1_000, 2_000_000, what);
        new FileInfo(drawn.Files["svg"]).Length.ShouldBeLessThan(4_000_000, what);
        var svg = XElement.Load(drawn.Files["svg"]);
        svg.Descendants().Count().ShouldBeGreaterThan(8, what);
        var numbers = svg.Descendants()
            .Where(element => element.Name.LocalName != "text" && element.Name.LocalName != "title")
            .SelectMany(element => element.Attributes()).Select(attribute => attribute.Value).ToList();
        numbers.ShouldNotContain(value => value.Contains("nan", StringComparison.OrdinalIgnoreCase), what);
        numbers.ShouldNotContain(value => value.Contains("inf", StringComparison.OrdinalIgnoreCase), what);
    }
}
