using System.Globalization;
using System.Xml.Linq;
using SkiaSharp;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Tests.Figures;

/// <summary>Tests figures with more points than a page can show, and with numbers of every size.</summary>
public sealed class ManyPointsSpecs : FigureFixture
{
    private const double Page = 600;

    [Theory]
    [InlineData(400, 1)]
    [InlineData(100, 4)]
    [InlineData(1600, 1)]
    [InlineData(4800, 1)]
    [InlineData(400, 12)]
    [InlineData(9600, 1)]
    public void Bars_of_any_number_are_a_picture_of_a_page(int names, int series)
    {
        var data = Many(names, series);
        foreach (var figure in new[] { Bars(), Bars(("Horizontal", "true")),
            Bars(("YScale", "Log"), ("Hatches", "Rising")) })
            HoldPage(Draw(figure, data));
    }

    [Theory]
    [InlineData(1600, 1)]
    [InlineData(400, 12)]
    public void Bars_that_are_too_many_to_be_read_are_told(int names, int series)
    {
        foreach (var figure in new[] { Bars(), Bars(("Horizontal", "true")),
            Bars(("YScale", "Log"), ("Hatches", "Rising")) })
            Draw(figure, Many(names, series)).Warnings.ShouldContain(warning => warning.Rule == FigureRules.TooMuch);
    }

    [Theory]
    [InlineData(4800, null)]
    [InlineData(4800, "Category")]
    [InlineData(20_000, null)]
    public void Lines_of_any_number_of_points_are_a_picture_of_a_page(int points, string? scale)
    {
        var figure = scale is null ? Lines() : Lines(("XScale", scale));
        var drawn = Draw(figure,
            Measured([.. Enumerable.Range(0,
                points).Select(n => Point("Verus", n, Math.Sin(n / 100.0) + 2, 0.5, 3.5))]));
        HoldPage(drawn);
        drawn.Warnings.ShouldContain(warning => warning.Rule == FigureRules.TooMuch);
        drawn.Notes.ShouldContain(note =>
            note.StartsWith("Points are too close for markers", StringComparison.Ordinal));
        Text(drawn).Split('\n').Length.ShouldBeGreaterThan(points, "the text has all");
    }

    [Fact]
    public void Rows_columns_panels_series_and_notes_without_end_are_a_picture_that_can_be_opened()
    {
        HoldPicture(Draw(Table(), Measured([.. Enumerable.Range(0, 3000).Select(n => Point($"tool {n}", n % 3, n))])));
        HoldPicture(Draw(Table(), Measured([.. Enumerable.Range(0, 500).Select(n => Point("tool", n, n))])));
        HoldPicture(Draw(Bars(), Measured([.. Enumerable.Range(0, 2000).Select(n => Point($"tool {n}", 1, n))])));
        HoldPicture(Draw(Lines(),
            Measured([.. Enumerable.Range(0,
                2000).Select(n => Point("tool", n, n % 7 == 0 ? null : n, note: $"note {n}"))])));
        HoldPicture(Draw(Figure("LineChart", ("X", "n"), ("Panels", "tool")),
            Measured([.. Enumerable.Range(0,
                400).SelectMany(p => new[] { Point($"panel {p}", 1, p), Point($"panel {p}", 2, p + 1) })])));
    }

    [Fact]
    public void A_line_keeps_its_highest_and_lowest_points_when_it_is_thinned()
    {
        var points = Enumerable.Range(0,
            50_000).Select(i => new PlacedPoint(i, i == 31_234 ? 99 : i == 41_234 ? -99 : i % 3, null, null)).ToList();
        var thinned = Thinning.Of(points, AxisView.Linear([0, 50_000], false, []), 400).ToList();
        thinned.Count.ShouldBeLessThan(400 * 16 + 10);
        thinned.ShouldContain(points[31_234]);
        thinned.ShouldContain(points[41_234]);
        thinned[0].ShouldBe(points[0]);
        thinned[^1].ShouldBe(points[^1]);
        thinned.Select(point => point.X).ShouldBe(thinned.Select(point => point.X).Order());
    }

    [Fact]
    public void Random_data_are_drawn_in_every_kind_and_every_format()
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("FIGURE_SEED")
            ?? Environment.TickCount.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}; FIGURE_SEED={seed} repeats it");
        var random = new Random(seed);
        for (var i = 0; i < 25; i++)
        {
            var numeric = random.Next(2) == 0;
            var points = Enumerable.Range(0, random.Next(1, 12))
                .SelectMany(x => Enumerable.Range(0, random.Next(1, 4)).Select(s =>
                Point(Word(random, s), numeric ? Finite(random) : Word(random, x), Number(random), Number(random),
                    Number(random), random.Next(5) == 0 ? Word(random, x) : null)))
                .DistinctBy(point => (point["tool"], point["n"])).ToArray();
            foreach (var figure in new[]
                     {
                         Lines(("YScale", Pick(random, "Linear", "Log"))), Lines(("XScale", "Category")),
                         Bars(("YScale", Pick(random, "Linear", "Log", "Broken")),
                             ("Horizontal", Pick(random, "true", "false"))),
                         Bars(("Overlay", "true")), Table(),
                         numeric ? Lines(("XScale", Pick(random, "Linear", "Log", "Log2"))) : Table(("Digits", "2")),
                     })
            {
                DrawnFigure drawn;
                try
                {
                    drawn = Draw(figure with { Title = Word(random, 0) }, Measured(points),
                        Recorded([.. points.Where(_ => random.Next(2) == 0)]));
                }
                catch (DiagnosticException problem) when (numeric
                    && problem.Diagnostics.All(one => one.Rule == FigureRules.NotANumber))
                {
                    // A place on an axis that is beyond what can be drawn is refused by name.
                    continue;
                }
                if (drawn.Files.Count == 1)
                    continue;
                HoldPicture(drawn);
                Text(drawn, "svg").ShouldNotContain("nan\"", Case.Insensitive);
                Text(drawn, "svg").ShouldNotContain("inf", Case.Insensitive);
            }
        }
    }

    [Theory]
    [InlineData(9e299, 1)]
    [InlineData(-9e299, 9e299)]
    [InlineData(double.Epsilon, double.Epsilon)]
    [InlineData(double.Epsilon, 0)]
    [InlineData(5, 5.000000000000001)]
    [InlineData(9e299, 9.000000000000001e299)]
    public void The_largest_and_smallest_numbers_have_axes(double a, double b)
    {
        foreach (var figure in new[] { Lines(), Lines(("YScale", "Log")), Bars(), Bars(("YScale", "Log")),
            Bars(("YScale", "Broken")), Table() })
        {
            var drawn = Draw(figure, Measured(Point("Verus", 1, a), Point("Verus", 2, b, b, a), Point("Verus", 3, a)));
            HoldPicture(drawn);
            Text(drawn, "svg").ShouldNotContain("Infinity");
        }
        HoldPicture(Draw(Lines(), Measured(Point("Verus", a, 1), Point("Verus", b == a ? 0 : b, 2))));
    }

    private static Dataset Many(int names, int series) => Measured(
    [
        .. Enumerable.Range(0, names).SelectMany(n => Enumerable.Range(0, series)
            .Select(s => Point($"series {s}", $"benchmark {n}", n % 97 + s + 1, n % 97 + s, n % 97 + s + 2))),
    ]);

    private static void HoldPage(DrawnFigure drawn)
    {
        HoldPicture(drawn);
        Length(XElement.Load(drawn.Files["svg"]), "width").ShouldBeLessThanOrEqualTo(Page);
        new FileInfo(drawn.Files["svg"]).Length.ShouldBeLessThan(2_500_000);
    }

    private static void HoldPicture(DrawnFigure drawn)
    {
        using var codec = SKCodec.Create(drawn.Files["png"]);
        codec.ShouldNotBeNull();
        ((long)codec.Info.Width * codec.Info.Height).ShouldBeLessThan(41_000_000);
        new FileInfo(drawn.Files["png"]).Length.ShouldBeLessThan(6_000_000);
        new FileInfo(drawn.Files["pdf"]).Length.ShouldBeLessThan(2_000_000);
        var svg = XElement.Load(drawn.Files["svg"]);
        Length(svg, "height").ShouldBeLessThan(14_400, "more than a page of a PDF can have");
        svg.Descendants().Count().ShouldBeGreaterThan(3);
    }

    private static double Length(XElement svg, string name) =>
        double.Parse(svg.Attribute(name)!.Value.Replace("pt", "", StringComparison.Ordinal),
            CultureInfo.InvariantCulture);

    private static string Pick(Random random, params string[] choices) => choices[random.Next(choices.Length)];

    private static double Finite(Random random) => Number(random) is { } number && double.IsFinite(number)
        ? number : random.Next(100);

    private static double? Number(Random random) => random.Next(16) switch
    {
        0 => null,
        1 => double.NaN,
        2 => random.Next(2) == 0 ? double.PositiveInfinity : double.NegativeInfinity,
        3 => random.Next(2) == 0 ? double.MaxValue : -double.MaxValue,
        4 => double.Epsilon,
        5 => 0,
        6 => BitConverter.Int64BitsToDouble(random.NextInt64()),
        7 => -BitConverter.Int64BitsToDouble(random.NextInt64()),
        8 => 5 + random.Next(3) * 1e-15,
        _ => random.NextDouble() * 1000,
    };

    private static string Word(Random random, int index) => random.Next(8) switch
    {
        0 => $"中文 {index}",
        1 => $"\U0001f600 {index}",
        2 => $"עברית {index} abc",
        3 => $"नमस्ते {index}",
        4 => $"<&\"'> {index}",
        5 => $"\0\u001b\ud800 {index}",
        _ => $"name {index}",
    };
}
