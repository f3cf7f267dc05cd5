using MathNet.Numerics.Distributions;
using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using static Verus.Artifact.Tests.Claims.ClaimsFixture;

namespace Verus.Artifact.Tests.Claims;

/// <summary>Tests the limits of quantities of several points: what rounds do to all points cancels, and limits that no
/// rule gives are withheld.</summary>
public sealed class RoundLimitsSpecs
{
    private const int Rounds = 8;
    private const string Skewed =
        "its samples are too skewed for limits at a level that is divided by a number of points";

    [Fact]
    public void A_balanced_quantity_of_medians_is_judged_by_the_logarithms_of_its_rounds()
    {
        var data = InRounds((s, n, round, random) =>
            (s == "b" ? 2 : 1) * n * (1 + 0.2 * round) * Math.Exp(0.02 * Normal.Sample(random, 0, 1)));
        // What each round says of the geometric mean of three ratios.
        double[] rounds = [.. Enumerable.Range(0, Rounds).Select(round => new[] { "1", "2", "3" }.Average(n =>
            Math.Log(Sample(data, "b", n, round) / Sample(data, "a", n, round))))];
        var limits = Limits.OfMean(rounds, Limits.Usual);
        var value = Judge("geomean([s=b] / [s=a])", data, 1).Value.ShouldNotBeNull();
        value.Low.ShouldNotBeNull().ShouldBe(Math.Exp(limits.Low), 1e-6);
        value.High.ShouldNotBeNull().ShouldBe(Math.Exp(limits.High), 1e-6);
        // Without rounds, the drift of 140% is noise.
        var apart = Judge("geomean([s=b] / [s=a])", Without(data), 1).Value;
        (apart?.Low ?? 0).ShouldBeLessThan(0.8 * value.Low!.Value);
    }

    [Fact]
    public void Limits_are_wider_if_the_medians_contradict_the_logarithms()
    {
        // In two rounds of eight, b is a hundred times slower: the median of the ratios knows nothing of it.
        var data = InRounds((s, n, round, random) => (s == "b" && round is 2 or 5 ? 100 : 1)
            * Math.Exp(0.02 * Normal.Sample(random, 0, 1)));
        double[] rounds = [.. Enumerable.Range(0, Rounds).Select(round => new[] { "1", "2", "3" }.Average(n =>
            Math.Log(Sample(data, "b", n, round) / Sample(data, "a", n, round))))];
        var limits = Limits.OfMean(rounds, Limits.Usual);
        var verdict = Judge("geomean([s=b] / [s=a])", data, 1);
        verdict.Outcome.ShouldBe(VerdictOutcome.Inconclusive);
        (verdict.Value?.Low ?? 0).ShouldBeLessThanOrEqualTo(Math.Exp(limits.Low));
        (verdict.Value?.High ?? double.PositiveInfinity).ShouldBeGreaterThanOrEqualTo(Math.Exp(limits.High));
    }

    [Theory]
    [InlineData("min([s=a] + [s=b])", true)]
    [InlineData("max([s=a] + [s=b])", true)]
    [InlineData("mean([s=a])", false)]
    public void Limits_of_skewed_unbalanced_quantities_are_withheld_where_the_level_is_divided(string quantity,
        bool isWithheld)
    {
        var data = InRounds((_, _, _, random) => Math.Exp(2 * Normal.Sample(random, 0, 1)));
        var verdict = Judge(quantity, Means(data), 1.9);
        verdict.Notes.Contains(Skewed).ShouldBe(isWithheld && verdict.Outcome == VerdictOutcome.Inconclusive);
        (verdict.Value is { Low: not null, High: not null }).ShouldBe(!isWithheld);
        var normal = InRounds((_, _, _, random) => 1 + 0.1 * Normal.Sample(random, 0, 1));
        var other = Judge(quantity, Means(normal), 1.9);
        other.Notes.ShouldNotContain(Skewed);
        other.Value.ShouldNotBeNull().Low.ShouldNotBeNull();
    }

    [Fact]
    public void Skewness_of_a_balanced_quantity_cancels()
    {
        var data = InRounds((_, _, _, random) => 1 + Exponential.Sample(random, 5));
        Judge("min(growth([s=b], n) / growth([s=a], n))", data, 1).Notes.ShouldNotContain(Skewed);
    }

    private static double Sample(Dataset data, string s, string n, int round) =>
        data.Points.Single(point => point["s"] == s && point["n"] == n).Samples[round];

    private static Dataset Without(Dataset data) =>
        data with { Points = [.. data.Points.Select(point => point with { Rounds = [] })] };

    private static Dataset Means(Dataset data) => data with
    {
        Statistic = "mean",
        Points = [.. data.Points.Select(point =>
            point with { Estimate = Statistics.MeanInterval(point.Samples) })],
    };

    private static Dataset InRounds(Func<string, int, int, Random, double> sample)
    {
        var random = new Random(5);
        var data = Measured([.. from s in new[] { "a", "b" } from n in new[] { 1, 2, 3 } select (s, (object)n,
            Enumerable.Range(0, Rounds).Select(round => sample(s, n, round, random)).ToArray())]);
        return data with
        {
            Points = [.. data.Points.Select(point => point with
            {
                Rounds = [.. Enumerable.Range(0, Rounds).Select(round => $"r/{round}")],
            })],
        };
    }
}
