using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using static Verus.Artifact.Tests.Claims.ClaimsFixture;

namespace Verus.Artifact.Tests.Claims;

/// <summary>A point that a predicate asks for and does not get is named, and prevents the predicate from being
/// supported unless its absence has a reason.</summary>
public sealed class LeftOutSpecs
{
    private static readonly double[] One = [.. Enumerable.Range(0, 10).Select(i => 1 + i * 0.001)];
    private static readonly double[] Three = [.. One.Select(sample => 3 * sample)];

    private static readonly Dataset Full = Measured(("v", 1, One), ("v", 2, One), ("a", 1, Three), ("a", 2, Three),
        ("b", 1, Three), ("b", 2, Three));

    [Theory]
    [InlineData("min([s!=v] / [s=v])")]
    [InlineData("min([s=a,b] / [s=v])")]
    [InlineData("geomean([s=a,b] / [s=v])")]
    [InlineData("sum(above([s=a,b] / [s=v], 2)) / 2")]
    public void With_everything_there_it_is_supported(string formula) =>
        Judge(formula, Full, 1).Outcome.ShouldBe(VerdictOutcome.Supported);

    // The point that is removed from the dataset is a partner, or a row of a series.
    [Theory]
    [InlineData("min([s!=v] / [s=v])", "v", "without a partner to compare with: a, 2; b, 2")]
    [InlineData("max([s=a] / [s=v])", "a", "without a partner to compare with: 2")]
    [InlineData("geomean([s=v] / [s=a])", "a", "without a partner to compare with: 2")]
    [InlineData("min([s!=v] / [s=v])", "a", "no row for: a, 2", Origin.Recorded)]
    public void A_point_that_is_not_there_is_named_and_blocks_support(string formula, string series, string note,
        Origin origin = Origin.Measured)
    {
        var data = Full with
        {
            Origin = origin,
            Points = [.. Full.Points.Where(point => (point["s"], point["n"]) != (series, "2"))],
        };
        Judge(formula, data, 0.1).ShouldSatisfyAllConditions(
            verdict => verdict.Outcome.ShouldBe(VerdictOutcome.Inconclusive),
            verdict => verdict.Notes.ShouldContain(note));
        Judge(formula, data, 9).Outcome.ShouldBe(VerdictOutcome.NotSupported);
    }

    [Theory]
    [InlineData(true, VerdictOutcome.Supported)]
    [InlineData(false, VerdictOutcome.Inconclusive)]
    public void A_declared_absence_is_a_result(bool isDeclared, VerdictOutcome expected)
    {
        var data = With(point => point with { Estimate = null, Samples = [], IsAbsent = isDeclared, Note = "cyclic" });
        var verdict = Judge("min([s!=v] / [s=v])", data, 1);
        verdict.Outcome.ShouldBe(expected);
        verdict.Notes.ShouldContain("left out: a, 2 (cyclic)");
    }

    // The time limit is 2, and the point that timed out is in the numerator or the denominator of the ratio.
    [Theory]
    [InlineData("min([s!=v] / [s=v])", 1.5, null, VerdictOutcome.Supported)]
    [InlineData("min([s!=v] / [s=v])", 2.5, null, VerdictOutcome.Inconclusive)]
    [InlineData("max([s!=v] / [s=v])", 2.5, null, VerdictOutcome.Supported)]
    [InlineData("max([s!=v] / [s=v])", null, 1.5, VerdictOutcome.NotSupported)]
    [InlineData("max([s!=v] / [s=v])", null, 4.0, VerdictOutcome.Inconclusive)]
    [InlineData("max([s=v] / [s!=v])", null, 0.6, VerdictOutcome.Supported)]
    [InlineData("max([])", null, 4.0, VerdictOutcome.Inconclusive)]
    [InlineData("geomean([s!=v] / [s=v])", 2.5, null, VerdictOutcome.Supported)]
    public void A_time_out_is_above_its_limit(string formula, double? least, double? most, VerdictOutcome expected)
    {
        var data = With(point => point with { Estimate = null, Samples = [], Above = 2, Failures = 3 });
        var verdict = ClaimEvaluator.Judge(Predicate(formula, [
            .. least is null ? Array.Empty<(string, string)>() : [("AtLeast", Amount.Number(least.Value))],
            .. most is null ? Array.Empty<(string, string)>() : [("AtMost", Amount.Number(most.Value))]]), data);
        verdict.Outcome.ShouldBe(expected, string.Join("; ", verdict.Notes));
    }

    private static Dataset With(Func<DataPoint, DataPoint> change) => Full with
    {
        Points = [.. Full.Points.Select(point => (point["s"], point["n"]) == ("a", "2") ? change(point) : point)],
    };
}
