using System.Globalization;
using System.Xml.Linq;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Tests.Figures;

/// <summary>Tests the texts that a reader sees when pointing at a mark of a figure.</summary>
public sealed class PictureMarkSpecs : FigureFixture
{
    private static readonly Dataset Data = Measured(
        Samples("Verus", 1, 1.4, 1.5, 1.7), Samples("Verus", 2, 2.9, 3, 3.3), Samples("Dafny", 1, 5.5, 6, 6.5),
        Samples("Dafny", 2, 28, 30, 34));

    [Fact]
    public void A_bar_says_its_series_place_number_interval_and_samples()
    {
        var marks = MarksOf(Draw(Bars(), Data));
        marks.Count.ShouldBe(4);
        marks.Select(Title).ShouldBe(
        [
            "Dafny, n = 1: 6.00 s [5.50 – 6.50], 3 samples", "Dafny, n = 2: 30.0 s [28.0 – 34.0], 3 samples",
            "Verus, n = 1: 1.50 s [1.40 – 1.70], 3 samples", "Verus, n = 2: 3.00 s [2.90 – 3.30], 3 samples",
        ], ignoreOrder: true);
        // The bar of 30 s is ten times as high as that of 3 s, since both stand on zero.
        double HeightOf(string start) => Number(marks.Single(mark =>
            Title(mark).StartsWith(start, StringComparison.Ordinal)), "height");
        (HeightOf("Dafny, n = 2") / HeightOf("Verus, n = 2")).ShouldBe(10, tolerance: 0.2);
    }

    [Fact]
    public void A_lying_bar_is_as_wide_as_its_number()
    {
        var marks = MarksOf(Draw(Bars(("Horizontal", "true")), Data));
        double WidthOf(string start) => Number(marks.Single(mark =>
            Title(mark).StartsWith(start, StringComparison.Ordinal)), "width");
        (WidthOf("Dafny, n = 2") / WidthOf("Dafny, n = 1")).ShouldBe(5, tolerance: 0.1);
    }

    [Fact]
    public void Points_at_one_position_share_a_title()
    {
        var marks = MarksOf(Draw(Lines(), Measured(Samples("a", 1, 2, 2, 2), Samples("b", 1, 2, 2, 2))));
        Title(marks.ShouldHaveSingleItem()).Split('\n').Length.ShouldBe(2);
    }

    [Fact]
    public void A_recorded_number_is_said_to_be_recorded()
    {
        var marks = MarksOf(Draw(Bars(("Overlay", "true")), Data, Recorded(Point("Verus", 1, 0.6))));
        marks.Count(mark => Title(mark).EndsWith("(recorded)", StringComparison.Ordinal)).ShouldBe(1);
        marks.Count.ShouldBe(5);
    }

    [Fact]
    public void Very_many_points_add_little_to_the_picture()
    {
        var few = Draw(Lines(), Measured([.. Enumerable.Range(0, 100_000).Select(n => Point("Verus", n, n % 97))]));
        MarksOf(few).Count.ShouldBe(120);
        new FileInfo(few.Files["svg"]).Length.ShouldBeLessThan(150_000);
    }

    [Fact]
    public void A_text_that_looks_like_markup_stays_text()
    {
        var marks = MarksOf(Draw(Bars(), Measured(Samples("<script>&\u0001", 1, 2, 2.5))));
        Title(marks.ShouldHaveSingleItem()).ShouldStartWith("<script>&");
    }

    private static List<XElement> MarksOf(DrawnFigure figure) =>
    [
        .. XDocument.Load(figure.Files["svg"]).Descendants()
            .Where(element => (string?)element.Attribute("pointer-events") == "all").Elements(),
    ];

    private static DataPoint Samples(string tool, object n, params double[] samples) => Point(tool, n, null) with
    {
        Samples = samples,
        Estimate = new Estimate(samples.Order().ElementAt(samples.Length / 2), samples.Min(), samples.Max()),
    };

    private static string Title(XElement mark) => mark.Elements().Single().Value;

    private static double Number(XElement mark, string name) =>
        double.Parse(mark.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
