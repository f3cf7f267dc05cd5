using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Verus.Artifact.Data;
using Verus.Artifact.Report;

namespace Verus.Artifact.Tests.Report;

/// <summary>Tests that a page with very many points stays small, and shows what can be seen of them.</summary>
public sealed class PageSizeSpecs
{
    private const int Figures = 50, PointsEach = 2_000, MostBytes = 3_000_000;

    [Fact]
    public void A_page_of_50_figures_and_100_000_points_is_smaller_than_3_megabytes()
    {
        using var sample = new ReportSample();
        var random = Seeds.New();
        var dataset = ReportSample.Data("Many", Origin.Measured, [.. Enumerable.Range(0, PointsEach).Select(index =>
        {
            var value = random.NextDouble() * 1000;
            return ReportSample.Point(index.ToString(CultureInfo.InvariantCulture), "one", value,
                [value, value * 1.01, value * 1.02]);
        })]);
        var drawn = sample.Draw("Many", "Very many points", "LineChart", dataset);
        var model = sample.Model with
        {
            Figures = [.. Enumerable.Range(0, Figures).Select(index => new ReportFigure
            {
                Drawn = drawn with { Name = $"Many{index}" },
                Measured = [dataset],
                RerunCommand = "dotnet build",
            })],
        };
        var page = ReportPage.Render(model, sample.Folder);
        page.Length.ShouldBeLessThan(MostBytes);
        page.ShouldContain("of 2000 rows; the data file, below, has all of them", Case.Sensitive);
    }

    [Fact]
    public void Marks_are_joined_only_if_the_picture_stays_the_same()
    {
        string[] marks =
        [
            "<ellipse fill='red' cx='1.04' cy='2' rx='2' ry='2'/>",
            "<rect fill='red' x='1' y='2' width='3' height='4'/>",
            "<path fill='none' stroke='red' d='M1 2L3 4'/>", "<path fill='red' d='M0 0L1 0L1 1Z'/>",
        ];
        foreach (var mark in marks.AtLeastOne())
            Joined(string.Concat(Enumerable.Repeat(mark, 30))).Elements().ShouldHaveSingleItem();
        Joined(string.Concat(Enumerable.Repeat(marks[0], 30))).Elements().Single().Attribute("d")!.Value
            .ShouldBe("m1 2h0", "equal marks are drawn once");
        foreach (var kept in new[]
        {
            "<ellipse fill='red' fill-opacity='0.5' cx='1' cy='2' rx='2' ry='2'/>",
            "<rect fill='red' stroke='blue' x='1' y='2' width='3' height='4'/>",
            "<path fill='red' d='M0 0L1 0L1 1ZM0 0L1 0L1 1Z'/>",
            "<rect fill='url(#p)' x='1' y='2' width='3' height='4'/>",
            "<text x='1' y='2'>1</text>",
        })
            Joined(string.Concat(Enumerable.Repeat(kept, 30))).Elements().Count().ShouldBe(30, kept);
        Joined(string.Concat(Enumerable.Repeat(marks[3] + "<path fill='red' d='M0 0L1 1L1 0Z'/>", 30))).Elements()
            .Count().ShouldBe(60, "shapes that turn differently would cut holes into each other");
        Joined(string.Concat(Enumerable.Repeat(marks[0] + marks[1], 30))).Elements().Count()
            .ShouldBe(60, "what lies over what stays as it is");
    }

    [Fact]
    public void A_path_is_written_by_distances_that_add_up_to_the_same_places()
    {
        var random = Seeds.New();
        List<(double X, double Y)> places = [.. Enumerable.Range(0, 1000)
            .Select(_ => (random.NextDouble() * 500, random.NextDouble() * 500))];
        var path = new SlimPath(0.1);
        path.Add(places, isClosed: false);
        var (x, y) = (0.0, 0.0);
        var drawn = new List<(double X, double Y)>();
        foreach (Match step in Regex.Matches(path.ToString(), @"([mlhv])(-?[\d.]+)(?: ?(-?[\d.]+))?"))
        {
            double[] numbers = [.. step.Groups.Values.Skip(2).Where(group => group.Success)
                .Select(group => double.Parse(group.Value, CultureInfo.InvariantCulture))];
            (x, y) = step.Groups[1].Value switch
            {
                "h" => (x + numbers[0], y),
                "v" => (x, y + numbers[0]),
                _ => (x + numbers[0], y + numbers[1]),
            };
            drawn.Add((x, y));
        }
        drawn.Count.ShouldBe(places.Count);
        foreach (var (place, now) in places.Zip(drawn).AtLeastOne())
        {
            now.X.ShouldBe(place.X, 0.051);
            now.Y.ShouldBe(place.Y, 0.051);
        }
    }

    private static XElement Joined(string marks)
    {
        var picture = XElement.Parse($"<svg>{marks}</svg>");
        SlimSvg.Apply(picture);
        return picture;
    }
}
