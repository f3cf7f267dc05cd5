using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Data.Formulas;
using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Tests.Claims.ClaimsFixture;

namespace Verus.Artifact.Tests.Claims;

/// <summary>A unit is never invented, and numbers of unlike units are never added or compared.</summary>
public sealed class UnitSpecs
{
    [Theory]
    [InlineData("", "s")]
    [InlineData("Metric=\"memory\"", "bytes")]
    [InlineData("Metric=\"user;system\"", "s")]
    [InlineData("Metric=\"wall;memory\"", "")]
    [InlineData("Unit=\"\"", "")]
    [InlineData("Metric=\"misses\"", "")]
    [InlineData("Metric=\"misses\" Unit=\"1/s\"", "1/s")]
    [InlineData("Scale=\"1000\"", "")]
    [InlineData("Scale=\"1000\" Unit=\"ms\"", "ms")]
    [InlineData("Per=\"n\"", "")]
    [InlineData("Statistic=\"Count\"", "")]
    [InlineData("Metric=\"latency\"", "ns")]
    [InlineData("Metric=\"misses;wall\"", "")]
    public void A_dataset_has_the_unit_that_is_known_or_said(string metadata, string unit) =>
        Verus.Artifact.Evaluation.EvaluationModel.Parse(Declared.Items(Extensions.LatencyReader.Item + $"""
        <Experiment Include="E" Command="x" Matrix="n=1,2" Reader="latencies" MetricPatterns="misses=m: ([0-9]+)" />
        <Dataset Include="D" Experiments="E" {metadata} />
        """)).Datasets[0].Unit.ShouldBe(unit);

    [Theory]
    [InlineData("max([u=s] + [u=lines])", false)]
    [InlineData("max([u=s] - [u=lines])", false)]
    [InlineData("max([u=s] + [u=s])", true)]
    [InlineData("max([u=lines] / [u=s])", true)]
    [InlineData("max([u=lines] / [u=s] + [u=lines] / [u=s])", true)]
    [InlineData("max([u=lines] / [u=s] + [u=s])", false)]
    [InlineData("max([u=s] / [u=s] + 1)", true)]
    [InlineData("max([u=s] / [u=s] + [u=s])", false)]
    [InlineData("max([u=s] + 1)", true)]
    [InlineData("max([u=s] * [u=lines] / [u=s] - [u=lines])", true)]
    [InlineData("max([])", false)]
    [InlineData("sum([])", false)]
    [InlineData("count([])", true)]
    [InlineData("count([u=s]) / count([])", true)]
    [InlineData("max(above([u=s], [u=lines]))", false)]
    [InlineData("max(above([u=s], 1.5))", true)]
    [InlineData("max(growth([u=s], n)) + max([u=s] / [u=s])", true)]
    [InlineData("max(growth([u=s], n)) + max([u=s])", false)]
    [InlineData("max(slope([u=s], n)) + max([u=s])", true)]
    [InlineData("max(log([u=s]) - log([u=lines]))", true)]
    [InlineData("max(log([u=s]) + [u=s])", false)]
    [InlineData("max([u=none] + [u=s])", false)]
    [InlineData("max([u=none] + [u=s] / [u=s])", true)]
    [InlineData("-max([u=s]) + 2 * max([u=s])", true)]
    public void Sums_and_comparisons_need_equal_units(string formula, bool fits)
    {
        if (fits)
            Judge(formula, Mixed(), 0).Value.ShouldNotBeNull();
        else
            Should.Throw<DiagnosticException>(() => Judge(formula, Mixed(), 0)).Diagnostics.ShouldHaveSingleItem().Rule
                .ShouldBe(ClaimRules.BadFormula);
    }

    [Theory]
    [InlineData("kop/s", "s", "kop")]
    [InlineData("s", "s", "s^2")]
    [InlineData("lines", "ratio", "lines")]
    [InlineData("", "1/s", "1/s")]
    public void Units_combine(string one, string other, string product) =>
        Unit.Parse(one).Times(Unit.Parse(other)).ToString().ShouldBe(product);

    [Fact]
    public void A_residual_is_a_share_of_the_size_of_the_numbers_whatever_their_signs()
    {
        double[] wavy = [-4, -1, -4, -1, -4, -1];
        Dataset Of(double sign) =>
            Measured([.. wavy.Select((value, index) => ("a", (object)(index + 1), new[] { sign * value }))]);
        var (below, above) = (Judge("max(residual([s=a], n))", Of(1), 0).Value!.Value,
            Judge("max(residual([s=a], n))", Of(-1), 0).Value!.Value);
        below.ShouldBe(above, 1e-12);
        below.ShouldBeGreaterThan(0.4);
        Judge("max(residual([s=a], n))",
            Measured([.. wavy.Select((_, index) => ("a", (object)(index + 1), new[] { 0.0 }))]),
            0).Value!.Value.ShouldBe(0);
    }

    private static Dataset Mixed() => new()
    {
        Name = "D",
        Columns = ["u", "n"],
        Quantity = "value",
        Unit = "s",
        Statistic = "median",
        Origin = Origin.Measured,
        Points = [.. new[] { "s", "lines", "none" }.SelectMany(unit => Enumerable.Range(1, 3).Select(n => new DataPoint
        {
            Keys = new Dictionary<string, string> { ["u"] = unit, ["n"] = $"{n}" },
            Estimate = new Estimate(n + unit.Length), Unit = unit switch { "s" => null, "none" => "", _ => unit },
        }))],
    };
}
