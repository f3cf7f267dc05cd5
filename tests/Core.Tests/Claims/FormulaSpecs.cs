using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tests.Claims;

public sealed class FormulaSpecs
{
    private static readonly double[] Ten = [.. Enumerable.Range(0, 10).Select(i => 10 + i * 0.01)];

    [Theory]
    [InlineData("min([s=b] / [s=a])", 2)]
    [InlineData("max([s!=a] / [s=a])", 4)]
    [InlineData("geomean([s=b] / [s=a])", 2.8284271247)]
    [InlineData("count([s=b])", 2)]
    [InlineData("count([s=nobody])", 0)]
    [InlineData("sum([s=a]) + 2 * 3 - (4 - 1)", 5)]
    [InlineData("max(growth([s=b], n))", 2)]
    [InlineData("max(slope([s=b], n))", 1)]
    [InlineData("max(argmax([s=b], n))", 3)]
    [InlineData("max(column([s=a; n<=1], n))", 1)]
    [InlineData("count(above([s=b] / [s=a], 3))", 1)]
    public void A_formula_has_its_value(string formula, double expected) =>
        Judge(formula, Data(("a", 1, [1.0]), ("a", 3, [1.0]), ("b", 1, [2.0]), ("b", 3, [4.0])), least: 0).Value!.Value.ShouldBe(expected, 1e-9);

    [Theory]
    [InlineData("min([s=a]", "ends too early")]
    [InlineData("minn([s=a])", "no function 'minn'")]
    [InlineData("min([s~a])", "no condition")]
    [InlineData("growth([s=a])", "a column")]
    [InlineData("1 +", "ends too early")]
    [InlineData("min([s=a]) )", "not expected")]
    [InlineData("[s=a", "not closed")]
    [InlineData("", "MissingMetadata")]
    public void A_formula_that_cannot_be_read_says_why(string formula, string why)
    {
        var found = new List<Diagnostic>();
        PredicateDeclaration.Parse(Item(formula, 1), found);
        (found.ShouldHaveSingleItem().Message + (found[0].Rule == DeclarationRules.MissingMetadata ? "MissingMetadata" : "")).ShouldContain(why);
    }

    [Fact]
    public void An_unknown_column_is_an_error_at_the_item()
    {
        var problem = Should.Throw<DiagnosticException>(() => Judge("min([serie=a])", Data(("a", 1, [1.0])), 1)).Diagnostics[0];
        problem.Rule.ShouldBe(ClaimRules.UnknownColumn);
        problem.Where.Line.ShouldBe(3);
    }

    [Fact]
    public void The_interval_decides_between_supported_not_supported_and_inconclusive()
    {
        var data = Data(("a", 1, Ten), ("b", 1, [.. Ten.Select(x => 2 * x)]));
        Judge("min([s=b] / [s=a])", data, 1.9).Outcome.ShouldBe(VerdictOutcome.Supported);
        Judge("min([s=b] / [s=a])", data, 2.1).Outcome.ShouldBe(VerdictOutcome.NotSupported);
        Judge("min([s=b] / [s=a])", data, 2.0).Outcome.ShouldBe(VerdictOutcome.Inconclusive);
    }

    [Fact]
    public void The_same_data_give_the_same_interval() =>
        Judge("min([s=b] / [s=a])", Data(("a", 1, Ten), ("b", 1, Ten)), 1).ShouldBeEquivalentTo(Judge("min([s=b] / [s=a])", Data(("a", 1, Ten), ("b", 1, Ten)), 1));

    [Fact]
    public void Without_numbers_nothing_is_measured_and_the_reason_is_noted()
    {
        var verdict = Judge("min([s=b] / [s=a])", Data(("a", 1, [1.0]), ("b", 1, [])), 1);
        verdict.Outcome.ShouldBe(VerdictOutcome.NotMeasured);
        verdict.Notes.ShouldContain(note => note.Contains("left out: b, 1 (timed out)", StringComparison.Ordinal));
        ClaimEvaluator.Judge(PredicateDeclaration.Parse(Item("min([s=a])", 1), []), null).Outcome.ShouldBe(VerdictOutcome.NotMeasured);
    }

    [Fact]
    public void Division_by_zero_is_no_value() => Judge("min([s=b] / [s=a])", Data(("a", 1, [0.0]), ("b", 1, [1.0])), 1).Outcome.ShouldBe(VerdictOutcome.NotMeasured);

    [Fact]
    public void Few_samples_are_noted() => Judge("min([s=a])", Data(("a", 1, [1.0, 1.1])), 1).Notes.ShouldContain("1 of 1 points rest on fewer than 4 samples");

    [Fact]
    public void A_predicate_without_a_bound_is_an_error()
    {
        var found = new List<Diagnostic>();
        PredicateDeclaration.Parse(Item("min([s=a])", null), found);
        found.ShouldHaveSingleItem().Rule.ShouldBe(ClaimRules.NoBound);
    }

    [Theory]
    [InlineData(new[] { VerdictOutcome.Supported, VerdictOutcome.Supported }, VerdictOutcome.Supported)]
    [InlineData(new[] { VerdictOutcome.Supported, VerdictOutcome.NotMeasured }, VerdictOutcome.Inconclusive)]
    [InlineData(new[] { VerdictOutcome.Inconclusive, VerdictOutcome.NotSupported }, VerdictOutcome.NotSupported)]
    [InlineData(new[] { VerdictOutcome.NotMeasured, VerdictOutcome.NotMeasured }, VerdictOutcome.NotMeasured)]
    public void A_claim_is_judged_by_all_that_it_must_pass(VerdictOutcome[] must, VerdictOutcome expected) => ClaimEvaluator.Together(must).ShouldBe(expected);

    private static PredicateVerdict Judge(string formula, Dataset dataset, double least)
    {
        var found = new List<Diagnostic>();
        var predicate = PredicateDeclaration.Parse(Item(formula, least), found);
        return found.Count == 0 ? ClaimEvaluator.Judge(predicate, dataset) : throw new DiagnosticException(found);
    }

    private static DeclarationItem Item(string formula, double? least)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Claim"] = "C", ["Dataset"] = "D", ["Quantity"] = formula };
        if (least is not null)
            metadata["AtLeast"] = least.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new DeclarationItem("Predicate", "P", metadata, () => new SourceLocation("test.proj", 3));
    }

    private static Dataset Data(params (string S, int N, double[] Samples)[] points) => new()
    {
        Name = "D",
        Columns = ["s", "n"],
        Quantity = "time",
        Unit = "s",
        Statistic = "median",
        Origin = Origin.Measured,
        Points =
        [
            .. points.Select(point => new DataPoint
            {
                Keys = new Dictionary<string, string> { ["s"] = point.S, ["n"] = $"{point.N}" },
                Samples = point.Samples,
                Estimate = Statistics.Interval(Statistic.Median, point.Samples),
                Note = point.Samples.Length == 0 ? "timed out" : null,
            }),
        ],
    };
}
