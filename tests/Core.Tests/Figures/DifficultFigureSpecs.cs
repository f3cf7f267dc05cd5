using System.Xml.Linq;
using SkiaSharp;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Tests.Figures;

/// <summary>Tests figures with names and numbers that are unusual but possible.</summary>
public sealed class DifficultFigureSpecs : FigureFixture
{
    private static readonly string[] Names =
        ["<b>&\"'</b>", "α→β ≤ Größe", "a\nb\tc\0d\u0001", "\ud800 alone", "\ufffe\uffff", "emoji \U0001f600",
            "50% of $x_{1}^2$ ~ #1 \\n", "", " ", "../../etc/passwd", new string('W', 300), "e\u0301 combining"];

    public static TheoryData<string> Kinds => ["LineChart", "GroupedBars", "Table"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Any_name_can_be_drawn_and_the_svg_is_well_formed(string kind)
    {
        var points = Names.SelectMany((name, i) => new[] { Point(name, "x " + name, i + 1, note: $"note on {name}"),
            Point(name, "other", i + 2, i + 1, i + 3) }).ToArray();
        var drawn = Draw(Of(kind) with { Title = string.Concat(Names), YLabel = Names[0], XLabel = Names[1] },
            Measured(points) with { Notes = Names });
        drawn.Files.Values.AtLeastOne().ShouldAllBe(file => new FileInfo(file).Length > 100);
        var svg = XElement.Load(drawn.Files["svg"]);
        var texts = TextsOf(drawn);
        texts.ShouldContain(text => text.Contains("<b>&\"'</b>"));
        texts.ShouldContain(text => text.Contains("α→β ≤ Größe"));
        texts.ShouldContain(text => text.EndsWith('…'), "a name that is too long is cut");
        Text(drawn).ShouldContain(new string('W', 300));
        Text(drawn).ShouldNotContain("\0");
        AllInside(drawn, svg);
    }

    [Fact]
    public void TeX_has_no_character_that_it_would_take_for_a_command()
    {
        var tex = Text(Draw(Table(), Measured(Point("50% of $x_{1}^2$ ~ #1 \\n & <b>", 1, 2))), "tex");
        tex.ShouldContain(
            @"50\% of \$x\_\{1\}\textasciicircum{}2\$ \textasciitilde{} \#1 \textbackslash{}n \&"
                + @" \textless{}b\textgreater{}");
    }

    [Theory]
    [InlineData("LineChart")]
    [InlineData("GroupedBars")]
    public void Forty_series_are_all_in_the_legend_and_look_different(string kind)
    {
        var points = Enumerable.Range(0,
            40).SelectMany(s => Enumerable.Range(1, 4).Select(n => Point($"series {s}", n, s + n))).ToArray();
        var drawn = Draw(Of(kind), Measured(points));
        var texts = TextsOf(drawn);
        for (var s = 0; s < 40; s++)
            texts.ShouldContain($"series {s}");
        Enumerable.Range(0, 40).Select(s => FigureStyle.Of(Of(kind), s) is var style && kind == "LineChart"
            ? (object)(style.Color, style.Marker) : (style.Color, style.Hatch))
            .Distinct().Count().ShouldBe(40, "there are 8 colours with 7 markers or patterns");
        AllInside(drawn, XElement.Load(drawn.Files["svg"]));
    }

    [Fact]
    public void Forty_categories_make_the_picture_wider_than_declared_rather_than_illegible()
    {
        var drawn = Draw(Bars(),
            Measured([.. Enumerable.Range(0, 40).Select(n => Point("Verus", $"benchmark {n}", n + 1))]));
        var svg = XElement.Load(drawn.Files["svg"]);
        Length(svg, "width").ShouldBeGreaterThan(40 * 9);
        var texts = TextsOf(drawn);
        for (var n = 0; n < 40; n++)
            texts.ShouldContain($"benchmark {n}");
        AllInside(drawn, svg);
    }

    [Theory]
    [InlineData("Linear")]
    [InlineData("Log")]
    public void A_single_point_is_drawn(string scale)
    {
        foreach (var figure in new[] { Lines(("YScale", scale)), Bars(("YScale", scale)) })
            AllInside(Draw(figure, Measured(Point("Verus", 1, 5))));
    }

    [Fact]
    public void What_a_logarithmic_axis_cannot_show_is_left_out_and_said()
    {
        var data = Measured(Point("Verus", 1, 0), Point("Verus", 2, -3), Point("Verus", 3, 10, -5, 20),
            Point("Dafny", 1, 100), Point("Dafny", 2, 10), Point("Dafny", 3, 10));
        foreach (var figure in new[] { Lines(("YScale", "Log")), Bars(("YScale", "Log")) })
        {
            var drawn = Draw(figure, data);
            drawn.Notes.ShouldContain("Verus, n = 1: 0 is not on a logarithmic axis");
            drawn.Notes.ShouldContain("Verus, n = 2: -3 is not on a logarithmic axis");
            AllInside(drawn);
        }
        AllInside(Draw(Lines(("YScale", "Log")), Measured(Point("Verus", 1, 0), Point("Verus", 2, -1))));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_no_finite_number_is_a_gap_that_is_said(double value)
    {
        var drawn = Draw(Lines(), Measured(Point("Verus", 1, 1), Point("Verus", 2, value, value, value),
            Point("Verus", 3, 3, double.NegativeInfinity, 4)));
        drawn.Notes.ShouldContain("Verus, n = 2: not a finite number");
        AllInside(drawn);
        Text(drawn).ShouldNotContain("NaN");
        Draw(Lines(), Measured(Point("Verus", 1, value))).Files.Keys.ShouldBe(["txt"]);
    }

    [Theory]
    [InlineData("Linear", 1e-300, 2e-300)]
    [InlineData("Linear", 1e300, 2e300)]
    [InlineData("Linear", -1e300, 1e300)]
    [InlineData("Linear", 5, 5.0000000001)]
    [InlineData("Linear", -5, -3)]
    [InlineData("Linear", 0, 0)]
    [InlineData("Log", 1e-300, 1e300)]
    [InlineData("Log", 4, 4.1)]
    public void Numbers_of_any_size_have_an_axis(string scale, double low, double high)
    {
        foreach (var figure in new[] { Lines(("YScale", scale)), Bars(("YScale", scale)),
            Bars(("YScale", scale), ("Horizontal", "true")) })
        {
            var drawn = Draw(figure, Measured(Point("Verus", 1, low), Point("Verus", 2, high)));
            AllInside(drawn);
            Text(drawn, "svg").ShouldNotContain("nan", Case.Insensitive);
        }
    }

    [Fact]
    public void A_cut_axis_says_where_it_is_cut_and_is_whole_when_there_is_nothing_to_cut()
    {
        var figure = Bars(("YScale", "Broken"), ("Horizontal", "true"));
        var drawn = Draw(figure,
            Measured(Point("Verus", "map", 34), Point("Verus", "base", 8), Point("Verus", "unmap", 303)));
        drawn.Notes.ShouldContain("The axis is cut between 40 and 270.");
        TextsOf(drawn).ShouldContain("300");
        Draw(figure, Measured(Point("Verus", "map", 34), Point("Verus", "base", 28))).Notes
            .ShouldNotContain(note => note.Contains("cut"));
        Draw(figure, Measured(Point("Verus", "map", -34), Point("Verus", "base", 8),
            Point("Verus", "unmap", 303))).Notes.ShouldNotContain(note => note.Contains("cut"));
    }

    [Fact]
    public void A_figure_may_have_any_name_without_leaving_its_folder()
    {
        var figure = Lines() with { Name = "../a/b:c" };
        var drawn = Draw(figure, Measured(Point("Verus", 1, 1)));
        drawn.Files.Values.AtLeastOne().ShouldAllBe(file => Path.GetDirectoryName(file) == Folder && File.Exists(file));
    }

    private static FigureDeclaration Of(string kind) => kind switch
    {
        "LineChart" => Lines(),
        "GroupedBars" => Bars(),
        _ => Table(),
    };

    private static double Length(XElement svg, string name) =>
        double.Parse(svg.Attribute(name)!.Value.Replace("pt", "", StringComparison.Ordinal),
            System.Globalization.CultureInfo.InvariantCulture);

    private static void AllInside(DrawnFigure figure) => AllInside(figure, XElement.Load(figure.Files["svg"]));

    // Asserts that no dark pixel touches the picture's edge, so that nothing extends beyond it.
    private static void AllInside(DrawnFigure figure, XElement svg)
    {
        using var bitmap = SKBitmap.Decode(figure.Files["png"]);
        bitmap.ShouldNotBeNull();
        Length(svg, "width").ShouldBeInRange(50, 5000);
        var edge = Enumerable.Range(0,
            bitmap.Width).SelectMany(x => new[] { bitmap.GetPixel(x, 0), bitmap.GetPixel(x, bitmap.Height - 1) })
            .Concat(Enumerable.Range(0, bitmap.Height)
                .SelectMany(y => new[] { bitmap.GetPixel(0, y), bitmap.GetPixel(bitmap.Width - 1, y) }));
        edge.AtLeastOne().ShouldAllBe(pixel => pixel.Red > 200);
    }
}
