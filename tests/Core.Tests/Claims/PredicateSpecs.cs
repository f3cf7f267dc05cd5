using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Tests.Claims.ClaimsFixture;

namespace Verus.Artifact.Tests.Claims;

public sealed class PredicateSpecs
{
    private static readonly double[] Ten = [.. Enumerable.Range(0, 10).Select(i => 10 + i * 0.01)];

    [Fact]
    public void The_interval_decides_between_supported_not_supported_and_inconclusive()
    {
        var data = Measured(("a", 1, Ten), ("b", 1, [.. Ten.Select(x => 2 * x)]));
        Judge("min([s=b] / [s=a])", data, 1.9).Outcome.ShouldBe(VerdictOutcome.Supported);
        Judge("min([s=b] / [s=a])", data, 2.1).Outcome.ShouldBe(VerdictOutcome.NotSupported);
        Judge("min([s=b] / [s=a])", data, 2.0).Outcome.ShouldBe(VerdictOutcome.Inconclusive);
        Judge("min([s=b] / [s=a])", data, 1.9, ("AtMost", "2.1")).Outcome.ShouldBe(VerdictOutcome.Supported);
        Judge("min([s=b] / [s=a])", data, 1.5, ("AtMost", "1.9")).Outcome.ShouldBe(VerdictOutcome.NotSupported);
    }

    // For normal samples around 1, a 95% interval lies completely on one side of the true value only by chance, in
    // about 5% of all cases.
    [Fact]
    public void A_threshold_at_the_true_value_is_rarely_decided()
    {
        var normal = new MathNet.Numerics.Distributions.Normal(1, 0.1, new Random(5));
        var decided = Enumerable.Range(0, 200).Count(_ =>
            Judge("min([s=a])", Measured(("a", 1, [.. normal.Samples().Take(20)])), 1).Outcome
                != VerdictOutcome.Inconclusive);
        decided.ShouldBeInRange(1, 30);
    }

    [Fact]
    public void The_same_data_give_the_same_interval() =>
        Judge("min([s=b] / [s=a])", Measured(("a", 1, Ten), ("b", 1, Ten)),
            1).ShouldBeEquivalentTo(Judge("min([s=b] / [s=a])", Measured(("a", 1, Ten), ("b", 1, Ten)), 1));

    [Fact]
    public void The_limits_are_those_of_the_statistic_of_the_dataset()
    {
        var data = Measured(("a", 1, [1, 1, 1, 1, 1, 1, 1, 1, 100]));
        Judge("sum([s=a])", data, 0).Value!.High!.Value.ShouldBe(1);
        Judge("sum([s=a])", data with { Statistic = "mean" }, 0).Value!.High!.Value.ShouldBeGreaterThan(10);
        var none = Judge("sum([s=a])", data with { Statistic = "min" }, 0);
        none.Outcome.ShouldBe(VerdictOutcome.Inconclusive);
        none.Notes.ShouldContain("no valid rule is known for the min of samples");
    }

    [Fact]
    public void Recorded_points_have_no_samples_and_are_taken_as_they_are()
    {
        var data = Measured(("a", 1, Ten)) with { Origin = Origin.Recorded };
        data = data with { Points = [.. data.Points.Select(point => point with { Samples = [] })] };
        var verdict = Judge("max([s=a])", data, 1);
        verdict.Value.ShouldBe(new Estimate(10.045));
        (verdict.Origin, verdict.Outcome).ShouldBe((Origin.Recorded, VerdictOutcome.Supported));
        VerdictFile.Words(verdict.Outcome, verdict.Origin).ShouldContain("RECORDED");
    }

    [Fact]
    public void Without_numbers_nothing_is_measured_and_the_reason_is_noted()
    {
        var verdict = Judge("min([s=b] / [s=a])", Measured(("a", 1, [1.0]), ("b", 1, [])), 1);
        verdict.Outcome.ShouldBe(VerdictOutcome.NotMeasured);
        verdict.Value.ShouldBeNull();
        verdict.Margin.ShouldBeNull();
        verdict.Notes.ShouldContain("left out: b, 1 (timed out)");
    }

    [Fact]
    public void Without_a_dataset_or_points_nothing_is_measured()
    {
        Judge("min([s=a])", null, 1).Notes.ShouldBe(["there are no data for D"]);
        Judge("count([s=a])", Measured(), 0).Outcome.ShouldBe(VerdictOutcome.NotMeasured);
        Judge("min([s=a])", Measured(), 1).Outcome.ShouldBe(VerdictOutcome.NotMeasured);
    }

    [Fact]
    public void Fewer_than_three_samples_decide_nothing_and_are_noted()
    {
        var verdict = Judge("min([s=a])", Measured(("a", 1, [1.0, 1.0])), 0.001);
        verdict.Outcome.ShouldBe(VerdictOutcome.Inconclusive);
        verdict.Value.ShouldBe(new Estimate(1));
        verdict.Notes.ShouldBe(["1 of 1 point with 2 samples, and fewer than 3 decide nothing"]);
        Judge("min([s=a])", Measured(("a", 1, [1.0, 1.0, 1.0])), 0.001).Outcome.ShouldBe(VerdictOutcome.Supported);
        Judge("max([])", Measured(("a", 1, [1.0]), ("b", 1, Ten)), 5).Outcome.ShouldBe(VerdictOutcome.Supported);
    }

    [Fact]
    public void One_sample_of_a_fact_is_enough()
    {
        var data = Measured(("a", 1, [10.0]));
        Judge("min([s=a])", data with { Points = [data.Points[0] with { IsExact = true }] }, 10).Outcome
            .ShouldBe(VerdictOutcome.Supported);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Division_by_zero_and_numbers_that_are_none_give_no_value(double number)
    {
        var data = Measured(("a", 1, [1.0]), ("b", 1, [1.0]));
        data = data with
        {
            Points = [data.Points[0] with { Estimate = new Estimate(number), Samples = [number] },
            data.Points[1]]
        };
        Judge("max([s=b] / [s=a] * [s=a])", data, 1).Outcome.ShouldBe(VerdictOutcome.NotMeasured);
    }

    [Fact]
    public void Where_the_samples_allow_no_value_nothing_is_decided()
    {
        var verdict = Judge("min([s=b] / [s=a])", Measured(("a", 1, [0, 0, 1, 1, 1]), ("b", 1, [5, 5, 5, 5, 5])), 1);
        verdict.Outcome.ShouldBe(VerdictOutcome.Inconclusive);
        verdict.Value.ShouldBe(new Estimate(5));
    }

    [Fact]
    public void Only_points_that_the_quantity_reads_are_noted()
    {
        var data = Measured(("a", 1, Ten), ("b", 1, []), ("c", 1, [1.0]));
        Judge("min([s=a])", data, 1).Notes.ShouldBeEmpty();
        Judge("min([s!=a])", data,
            1).Notes.ShouldBe(["left out: b, 1 (timed out)",
                "1 of 1 point with 1 sample, and fewer than 3 decide nothing"]);
    }

    [Fact]
    public void A_tool_without_data_is_left_out_and_the_verdict_says_so()
    {
        var verdict = Judge("min([s=b,dafny] / [s=a])", Measured(("a", 1, Ten), ("b", 1, Ten)), 0.5);
        verdict.Outcome.ShouldBe(VerdictOutcome.Inconclusive);
        verdict.Notes.ShouldBe(["no data with s = dafny",
            "it holds for the numbers that exist, but some that it asks for are missing"]);
        Judge("min([s=b,dafny] / [s=a])", Measured(("a", 1, Ten), ("b", 1, Ten)), 5).Outcome
            .ShouldBe(VerdictOutcome.NotSupported);
    }

    [Fact]
    public void A_series_that_is_misspelt_gets_a_suggestion()
    {
        var data = Measured(("Verus", 1, Ten), ("Dafny", 1, Ten));
        Judge("min([s=Verrus])", data, 1).Notes.ShouldContain("no data with s = Verrus. Did you mean 'Verus'?");
        Judge("min([s!=Verrus])", data, 1).Notes.ShouldContain("no data with s = Verrus. Did you mean 'Verus'?");
        Judge("min([s!=Prusti])", data, 1).Notes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("min([serie=a])", "")]
    [InlineData("min([s=a], m)", "")]
    [InlineData("min([s=a])", "serie=a")]
    public void An_unknown_column_is_an_error_at_the_item(string formula, string subject)
    {
        var problem = Should.Throw<DiagnosticException>(() =>
            Judge(formula, Measured(("a", 1, [1.0])), 1, ("Subject", subject))).Diagnostics[0];
        problem.Rule.ShouldBe(ClaimRules.UnknownColumn);
        problem.Where.ShouldBe(new SourceLocation("test.proj", 3));
        problem.Message.ShouldContain("Known: n, s.");
    }

    [Theory]
    [InlineData(1, VerdictOutcome.Inconclusive)]
    [InlineData(2, VerdictOutcome.Supported)]
    [InlineData(null, VerdictOutcome.Supported)]
    public void What_needs_several_NUMA_nodes_is_not_decided_by_one(int? nodes, VerdictOutcome expected)
    {
        var predicate = Predicate("max([s=a; n=1])", ("NumaNodes", "2"), ("AtMost", "2"));
        var verdict = ClaimEvaluator.Judge(predicate, Measured(("a", 1, [1.0, 1.0, 1.0])), nodes);
        verdict.Outcome.ShouldBe(expected);
        verdict.Notes.Any(note => note.Contains("at least 2 NUMA nodes; this one has 1", StringComparison.Ordinal))
            .ShouldBe(nodes == 1);
    }

    [Fact]
    public void A_column_without_numbers_has_no_order() =>
        Should.Throw<DiagnosticException>(() =>
            Judge("max(growth([s=a], n))", Measured(("a", 1, [1.0]), ("a", "many", [1.0])), 1)).Diagnostics[0].Rule
            .ShouldBe(ClaimRules.NotNumeric);

    [Theory]
    [InlineData("max(growth([s=a; n=1], n))")]
    [InlineData("max(median([s=a; n=1], n))")]
    [InlineData("max(slope(last([s=a], n), n))")]
    public void A_column_that_is_gone_is_an_error(string formula) =>
        Should.Throw<DiagnosticException>(() => Judge(formula, Measured(("a", 1, [1.0]), ("a", 2, [1.0])),
            1)).Diagnostics[0].Rule.ShouldBe(ClaimRules.BadFormula);

    [Fact]
    public void Several_numbers_are_an_error() =>
        Should.Throw<DiagnosticException>(() =>
            Judge("[s=b] / [s=a]", Measured(("a", 1, [1.0]), ("a", 2, [1.0]), ("b", 1, [1.0]), ("b", 2, [1.0])),
                1)).Diagnostics[0].Rule.ShouldBe(ClaimRules.SeveralNumbers);

    [Fact]
    public void Groups_with_too_few_points_are_left_out_and_noted()
    {
        var verdict = Judge("min(growth([], n))",
            Measured(("a", 1, [1.0, 1, 1]), ("a", 2, [3.0, 3, 3]), ("b", 1, [1.0])), 2);
        (verdict.Outcome, verdict.Value!.Value).ShouldBe((VerdictOutcome.Supported, 3));
        verdict.Notes.ShouldContain("left out of growth along n: b, 1 of the 2 points that it needs");
        Judge("min(pearson([s=a], [s=a], n))", Measured(("a", 1, [1.0]), ("a", 2, [3.0])),
            1).Notes.ShouldContain("left out of pearson along n: 2 of the 5 points that it needs");
    }

    [Fact]
    public void A_claim_about_something_is_not_supported_by_a_part_of_it()
    {
        var data = Measured(("a", 1, Ten), ("a", 2, []), ("b", 1, Ten), ("b", 2, Ten));
        Judge("min([s=b] / [s=a])", data, 0.5).Outcome.ShouldBe(VerdictOutcome.Inconclusive);
        Judge("min([s=b] / [s=a])", data, 0.5, ("OptionalPoints", "s=a")).Outcome.ShouldBe(VerdictOutcome.Supported);
        Judge("min([s=b] / [s=a])", data, 0.5, ("OptionalPoints", "s=b")).Outcome.ShouldBe(VerdictOutcome.Inconclusive);
        Judge("min([s=b] / [s=a])", data, 0.5, ("Subject", "s=a")).Outcome.ShouldBe(VerdictOutcome.Inconclusive);
        Judge("min([s=b] / [s=a])", data, 5, ("Subject", "s=a")).Outcome.ShouldBe(VerdictOutcome.NotSupported);
        Judge("min([s=b] / [s=a])", data, 0.5, ("Subject", "s=a"),
            ("Where", "n=1")).Outcome.ShouldBe(VerdictOutcome.Supported);
        Judge("min([s=b])", data, 0.5, ("Subject", "s=c")).Outcome.ShouldBe(VerdictOutcome.NotMeasured);
    }

    [Fact]
    public void A_count_of_what_was_not_tried_says_nothing()
    {
        var crashed = Measured(("a", 1, [1.0]), ("a", 2, []), ("a", 3, []));
        Judge("count([s=a])", crashed, 2).Outcome.ShouldBe(VerdictOutcome.NotSupported);
        Judge("count([s=a])", crashed.Untried(), 2).Outcome.ShouldBe(VerdictOutcome.Inconclusive);
        Judge("count([s=a])", crashed.Untried(), 1).Outcome.ShouldBe(VerdictOutcome.Supported);
        Judge("count([s=a; n>=2])", crashed, 1).Outcome.ShouldBe(VerdictOutcome.NotSupported);
        Judge("count([s=a; n>=2])", crashed.Untried(), 1).Outcome.ShouldBe(VerdictOutcome.NotMeasured);
        Judge("count([s=b])", crashed, 1).Outcome.ShouldBe(VerdictOutcome.NotMeasured);
    }

    [Fact]
    public void Points_without_an_interval_overlap_with_nothing() =>
        Judge("sum(overlap([s=a], [s=b]))", Measured(("a", 1, Ten), ("b", 1, Ten), ("a", 2, [1.0]), ("b", 2, [1.0]),
            ("a", 3, Ten), ("b", 3, [.. Ten.Select(x => x + 1)])), 1)
            .Value!.Value.ShouldBe(1);

    [Theory]
    [InlineData("1", "", 2.0)]
    [InlineData("", "4", 2.0)]
    [InlineData("1", "3", 1.5)]
    [InlineData("-1", "", null)]
    [InlineData("0", "4", 2.0)]
    public void The_margin_is_the_factor_to_the_nearer_bound(string least, string most, double? expected) =>
        ClaimEvaluator.Judge(Predicate("max([s=a])", ("AtLeast", least), ("AtMost", most)),
            Measured(("a", 1, [2.0]))).Margin.ShouldBe(expected);

    [Fact]
    public void The_statement_has_the_bounds_and_a_note_comes_first()
    {
        var verdict = Judge("min([s=a])", Measured(("a", 1, Ten)) with { Notes = ["dafny 4.11.0"] }, 0.5,
            ("AtMost", "20"), ("Statement", "Least time"), ("Note", "expected"), ("Strength", "paper"));
        verdict.Statement.ShouldBe("Least time >= 0.5 and <= 20");
        verdict.Notes.ShouldBe(["expected", "dafny 4.11.0"]);
        verdict.Strength.ShouldBe(PredicateStrength.Paper);
    }

    [Theory]
    [InlineData("AtLeast", "", "VART7002")]
    [InlineData("AtMost", "0.5", "VART7002")]
    [InlineData("AtLeast", "one", "VART0")]
    [InlineData("Subject", "s", "VART0")]
    [InlineData("Strength", "should", "VART0")]
    [InlineData("Dataset", "", "VART0")]
    [InlineData("Quantitty", "1", "VART0")]
    public void A_predicate_that_cannot_be_right_is_refused_at_its_place(string name, string value, string code)
    {
        var problems = Should.Throw<DiagnosticException>(() =>
            Predicate("min([s=a])", ("AtLeast", "1"), (name, value))).Diagnostics;
        problems[0].Rule.Code.ShouldStartWith(code);
        problems[0].Where.Line.ShouldBe(3);
    }
}
