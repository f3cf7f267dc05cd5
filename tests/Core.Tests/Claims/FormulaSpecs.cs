using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Tests.Claims.ClaimsFixture;

namespace Verus.Artifact.Tests.Claims;

public sealed class FormulaSpecs
{
    private static readonly Dataset Two = Measured(("a", 1, [1.0]), ("a", 3, [1.0]), ("b", 1, [2.0]), ("b", 3, [4.0]));

    // The numbers of b are 1, 4, 9, 16, 25 at the positions 5 down to 1, so that the order of the file differs from
    // that of the column.
    private static readonly Dataset Five = Measured(
        [.. Enumerable.Range(1, 5).Select(i => ("b", (object)(6 - i), new[] { (6.0 - i) * (6.0 - i) })),
            ("a", 1, [5.0])]);

    [Theory]
    [InlineData("min([s=b] / [s=a])", 2)]
    [InlineData("max([s!=a] / [s=a])", 4)]
    [InlineData("mean([s=b])", 3)]
    [InlineData("median([])", 1.5)]
    [InlineData("geomean([s=b] / [s=a])", 2.8284271247)]
    [InlineData("count([s=b])", 2)]
    [InlineData("count([s=b] / [s=a; n=3])", 2)]
    [InlineData("count([s=b; n=1] / [s=a; n=3])", 1)]
    [InlineData("sum([s=a]) + 2 * 3 - (4 - 1)", 5)]
    [InlineData("8 / 4 / 2 - -1 - 1e1 + 2.5E-1 + 0 * count([s=a])", -7.75)]
    [InlineData("-sum([s=a]) * -1", 2)]
    [InlineData("max(growth([s=b], n))", 2)]
    [InlineData("max(slope([s=b], n))", 1)]
    [InlineData("max(argmax([s=b], n))", 3)]
    [InlineData("max(first([s=b], n) - last([s=b], n))", -2)]
    [InlineData("max(column([s=a; n<=1], n))", 1)]
    [InlineData("sum(above([s=b] / [s=a], 3))", 1)]
    [InlineData("sum(above([s=b], [s=a] * 2))", 2)]
    [InlineData("max(abs(log([s=b]) - log([s=a])))", 1.3862943611)]
    [InlineData("min(max([], n))", 1)]
    [InlineData("max(sum([], s))", 5)]
    public void A_formula_has_its_value(string formula, double expected) =>
        Judge(formula, Two, least: -100).Value!.Value.ShouldBe(expected, 1e-9);

    [Theory]
    [InlineData("max(first([s=b], n))", 1)]
    [InlineData("max(last([s=b], n))", 25)]
    [InlineData("max(growth([s=b], n))", 25)]
    [InlineData("max(slope([s=b], n))", 6)]
    [InlineData("max(slope(lower([s=b], n), n))", 4)]
    [InlineData("max(slope(upper([s=b], n), n))", 8)]
    [InlineData("max(residual([s=b], n))", 0.1818181818)]
    [InlineData("p10([s=b])", 2.2)]
    [InlineData("p50([s=b])", 9)]
    [InlineData("p90([s=b])", 21.4)]
    [InlineData("max(pearson([s=b], column([s=b], n), n))", 0.9811049102)]
    public void Functions_go_along_a_column_in_its_order(string formula, double expected) =>
        Judge(formula, Five, least: -100).Value!.Value.ShouldBe(expected, 1e-9);

    [Theory]
    [InlineData("min([s=a]", "ends too early")]
    [InlineData("minn([s=a])", "no function 'minn'")]
    [InlineData("p0([s=a])", "no function 'p0'")]
    [InlineData("min([s~a])", "not a condition")]
    [InlineData("growth([s=a])", "takes one quantity and a column")]
    [InlineData("pearson([s=a], n)", "takes two quantities and a column")]
    [InlineData("abs([s=a], n)", "takes one quantity")]
    [InlineData("min([s=a], [s=b])", "takes one quantity and perhaps a column")]
    [InlineData("count(above([s=a], 1))", "take 'sum'")]
    [InlineData("1 +", "ends too early")]
    [InlineData("1.2.3", "'1.2.3' at character 1 is not a number")]
    [InlineData("1e", "is not a number")]
    [InlineData("1e999", "is not a number")]
    [InlineData("min([s=a]) )", "')' is not expected at character 12")]
    [InlineData("[s=a", "not closed")]
    [InlineData("[s='a]", "not closed")]
    [InlineData("$x", "'$' is not expected at character 1")]
    public void A_formula_that_cannot_be_read_says_why_and_where(string formula, string why)
    {
        var problem = Should.Throw<DiagnosticException>(() => Predicate(formula, ("AtLeast", "1"))).Diagnostics
            .ShouldHaveSingleItem();
        problem.Rule.ShouldBe(ClaimRules.BadFormula);
        problem.Message.ShouldContain(why);
        problem.Where.ShouldBe(new SourceLocation("test.proj", 3));
    }

    [Fact]
    public void A_formula_of_any_depth_and_length_is_read_or_refused()
    {
        Predicate(new string('(', 40) + "1" + new string(')', 40), ("AtLeast", "1")).Quantity.ShouldNotBeNull();
        Should.Throw<DiagnosticException>(() => Predicate(new string('(', 1900), ("AtLeast", "1"))).Message
            .ShouldContain("deep");
        Should.Throw<DiagnosticException>(() => Predicate(new string('-', 1900), ("AtLeast", "1"))).Message
            .ShouldContain("deep");
        Should.Throw<DiagnosticException>(() => Predicate("1" + string.Concat(Enumerable.Repeat("+1", 100000)),
            ("AtLeast", "1"))).Message.ShouldContain("longer");
        Judge("1" + string.Concat(Enumerable.Repeat("+1", 900)), Two, 1).Outcome.ShouldBe(VerdictOutcome.NotMeasured);
    }

    [Fact]
    public void Nothing_is_no_formula() =>
        Should.Throw<DiagnosticException>(() => Predicate(" ", ("AtLeast", "1"))).Diagnostics
            .ShouldHaveSingleItem().Rule.ShouldBe(DeclarationRules.MissingMetadata);
}
