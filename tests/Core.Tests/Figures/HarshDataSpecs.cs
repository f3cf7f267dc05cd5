using System.Globalization;
using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Figures;
using Verus.Artifact.Tests.Data;

namespace Verus.Artifact.Tests.Figures;

/// <summary>
/// Tests that any numbers, on the way from samples to pictures and verdicts, lead to files or to a coded message.
/// </summary>
public sealed class HarshDataSpecs : FigureFixture
{
    private static readonly double[] Numbers =
        [0, -0.0, 1, 1, 2, -1, 0.5, 1e-12, 5e-324, -5e-324, 1e-310, 1e300, -1e300, 1e308, -1e308, double.MaxValue,
            double.MinValue, 1e15, 1 + 1e-16, 1e299];

    private static readonly string[] Formulas =
    [
        "max([])", "min([]) / max([])", "sum([])", "mean([])", "median([])", "geomean([])", "p90([])", "count([])",
        "max([tool=a] / [tool=b])", "max(growth([], n))", "max(slope([], n))",
        "max(residual([], n))", "max(argmax([tool=a], n))", "min(pearson([tool=a], [tool=b], n))",
        "sum(overlap([tool=a], [tool=b]))", "max(log([]))", "max(abs([]) * 1e308)",
        "sum(above([], 0))", "max([tool=a] - [tool=b]) / max([tool=a] - [tool=a])", "max(last(upper([], n), n))",
    ];

    [Fact]
    public void Harsh_numbers_end_in_files_or_in_a_coded_message()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SEED"), out var given) ? given : 20261126;
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("ROUNDS"), out var many) ? many : 120;
        var random = new Random(seed);
        T One<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];
        var (drawn, judged, refused) = (0, 0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var why = $"seed {seed}, round {round}";
            try
            {
                var declaration = DataFixture.Dataset(("KeyColumns", "tool;n"), ("Unit", One(["", "s"])),
                    ("Scale", One(["1", "1e10", "1e-300", "-1"])), ("Combine", "Pool"),
                    ("Statistic", One(["Median", "Mean", "Min", "Max", "Sum"])),
                    ("Interval", One(["None", "Bootstrap"])),
                    ("Derived", One(["", "tool=c: [tool=a] + [tool=b]", "tool=c: [tool=a] * [tool=b]"])));
                var pool = Enumerable.Range(0, random.Next(1, 5)).Select(_ => One(Numbers)).ToArray();
                var observations = Enumerable.Range(0, random.Next(0, 30)).Select(index => random.Next(10) == 0
                    ? DataFixture.Failed($"c{index}", $"tool={One(["a", "b"])};n={random.Next(1, 4)}", "timed out")
                    : DataFixture.Good($"c{index}", $"tool={One(["a", "b"])};n={random.Next(1, 4)}", One(pool)))
                    .ToList();
                var measured = DatasetBuilder.Build(declaration, observations) with { Name = "Times" };
                measured.Points.Select(point => point.Estimate).OfType<Estimate>()
                    .SelectMany(estimate => new[] { estimate.Value, estimate.Low ?? 0, estimate.High ?? 0 })
                    .Where(number => !double.IsFinite(number)).ShouldBeEmpty(why);
                DatasetFile.Write(measured, Folder);
                DatasetFile.Read(Folder, "Times", Origin.Measured)!.Points.Select(point => point.Estimate)
                    .ShouldBe(measured.Points.Select(point => point.Estimate), why);

                var recorded = Recorded(
                    [.. Enumerable.Range(1, random.Next(0, 5))
                        .Select(n => Point(One(["a", "b", "d"]) + n, n, random.Next(4) == 0 ? null : One(Numbers)))]);
                (string, string)[] looks =
                [
                    ("YScale", One(["Linear", "Log"])), ("Overlay", One(["true", "false"])),
                    ("Where", One(["", "tool=a", "tool=nothing"])), ("YTicks", One(["", "1;10", "1e299"])),
                ];
                var figure = One<Func<FigureDeclaration>>(
                    [() => Lines([.. looks, ("XScale", One(["Linear", "Log", "Log2", "Category"]))]), () => Bars(looks),
                        () => Bars([.. looks[1..], ("YScale", "Broken")]), () => Table(("Where", "tool=a"))])();
                var files = Draw(figure, One<Dataset[]>([[measured], [measured, recorded], [recorded]]));
                files.Files.Values.AtLeastOne().ShouldAllBe(file => new FileInfo(file).Length > 0, why);
                drawn++;

                var formula = One(Formulas);
                var predicate = Claims.ClaimsFixture.Predicate(formula, ("AtLeast", One(["0", "1e-308", "1e300"])),
                    ("Dataset", "Times"));
                var verdict = ClaimEvaluator.Judge(predicate, One([measured, recorded with { Name = "Times" }]));
                if (verdict.Value is { } value)
                    new[] { value.Value, value.Low ?? 0, value.High ?? 0,
                        verdict.Margin ?? 0 }.ShouldAllBe(number => double.IsFinite(number), $"{why}: {formula}");
                if (verdict.Outcome is VerdictOutcome.Supported or VerdictOutcome.NotSupported)
                    verdict.Value.ShouldNotBeNull($"{why}: {formula}");
                VerdictFile.Write([new ClaimVerdict { Name = "C", Title = "T", Outcome = verdict.Outcome,
                    Origin = verdict.Origin, Predicates = [verdict], Figures = [] }], Folder, "All");
                judged++;
            }
            catch (DiagnosticException problem)
            {
                problem.Diagnostics.ShouldNotBeEmpty(why);
                refused++;
            }
            catch (Exception problem) when (problem is not Shouldly.ShouldAssertException)
            {
                Assert.Fail($"{why}: {problem}");
            }
        }
        (drawn, judged).ShouldSatisfyAllConditions(counts => counts.drawn.ShouldBeGreaterThan(rounds / 2),
            counts => counts.judged.ShouldBeGreaterThan(rounds / 3));
        TestContext.Current.TestOutputHelper!.WriteLine(
            FormattableString.Invariant($"{drawn} drawn, {judged} judged, {refused} refused"));
    }

    [Theory]
    [InlineData("LineChart", "Linear")]
    [InlineData("LineChart", "Log")]
    [InlineData("GroupedBars", "Linear")]
    public void The_largest_number_is_said_to_be_beyond_the_axis(string kind, string scale)
    {
        var drawn = Draw(Figure(kind, ("X", "n"), ("Series", "tool"), ("YScale", scale)),
            Recorded(Point("a", 1, double.MaxValue), Point("a", 2, 3)));
        drawn.Notes.ShouldContain(note => note.Contains("outside of what an axis can show"));
    }

    [Theory]
    [InlineData("LineChart")]
    [InlineData("GroupedBars")]
    [InlineData("Table")]
    public void A_figure_of_nothing_is_a_text_that_says_so(string kind)
    {
        var figure = kind == "Table"
            ? Table(("Where", "tool=z")) : Figure(kind, ("X", "n"), ("Series", "tool"), ("Where", "tool=z"));
        foreach (var datasets in new Dataset[][] { [Recorded()], [Measured()], [Recorded(Point("a", 1, 2))],
            [Measured(Point("a", 1, 2)), Recorded()] })
            Draw(figure, datasets).Files.Keys.ShouldBe(["txt"]);
    }

    [Theory]
    [InlineData(new[] { 1e308, 1e308, 1e308 }, 1e308)]
    [InlineData(new[] { 1e308, -1e308 }, 0.0)]
    [InlineData(new[] { double.MaxValue, double.MaxValue, double.MaxValue, double.MaxValue }, double.MaxValue)]
    public void Means_and_medians_of_huge_numbers_are_numbers(double[] samples, double expected)
    {
        Statistics.Of(Statistic.Mean, samples).ShouldBe(expected, Math.Abs(expected) * 1e-15);
        Statistics.Median(samples).ShouldBe(expected, Math.Abs(expected) * 1e-15);
        Statistics.Interval(Statistic.Sum, [double.MaxValue, double.MaxValue]).ShouldBeNull();
        (Statistics.Interval(Statistic.Mean, samples) is { } mean && double.IsFinite(mean.Value)).ShouldBeTrue(
            string.Create(CultureInfo.InvariantCulture, $"{samples.Length}"));
    }
}
