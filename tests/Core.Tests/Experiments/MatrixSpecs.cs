using System.Numerics;
using Verus.Artifact.Common;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Tests.Experiments;

public sealed class MatrixSpecs
{
    [Theory]
    [InlineData("threads=4,12..{processors}..12,{processors}", 40, "threads=4,12,24,36,40")]
    [InlineData("threads={processors},4,12..{processors}..12", 48, "threads=4,12,24,36,48")]
    [InlineData("threads=4,12..{processors}..12,{processors}", 2, "threads=2,4")]
    [InlineData("threads=1..{processors}; n=a|b", 3, "threads=1,2,3; n=a|b")]
    public void An_axis_may_go_up_to_the_number_of_processors(string text, int processors, string expected)
    {
        var axes = Matrix.Parse(text, processors, out var problem);
        problem.ShouldBeEmpty();
        Matrix.Text(axes!).ShouldBe(expected);
    }

    [Theory]
    [InlineData("n=../a,v1..v2", "../a v1..v2")]
    [InlineData("n='1..3','a,b','it''s',''", "1..3 a,b it's ")]
    [InlineData("n=-2..2..2,don't", "-2 0 2 don't")]
    public void Values_mean_what_they_say(string text, string values) =>
        string.Join(' ', Matrix.Parse(text, 4, out var problem)
            .ShouldNotBeNull(problem)[0].Values.Select(value => value.Value)).ShouldBe(values);

    [Theory]
    [InlineData("a=1..1000; b=1..1001", "", "VART4182")]
    [InlineData("a=1..1000; b=1..1000", "", "")]
    [InlineData("a=1..10; b=1..10", "MostCells=\"50\"", "VART4182")]
    [InlineData("a=1..9999; b=1..9999; c=1..9999; d=1..9999; e=1..9999; f=1..9999", "", "VART4182")]
    [InlineData("a=1,2", "Except=\"a=3\"", "VART4183")]
    [InlineData("a=1|one,2", "Except=\"a=one\"", "")]
    [InlineData("a=1,2", "Except=\"a=1,2\"", "VART4003")]
    [InlineData("a='x;y',2", "Except=\"a='x;y'\"", "")]
    [InlineData("a=1..{processors}", "Except=\"a=100000\"", "")]
    [InlineData("work=1,2", "", "VART4186")]
    public void A_matrix_is_checked_before_it_is_multiplied_out(string matrix, string more, string code) =>
        string.Concat(Declared.Codes($"<Experiment Include=\"E\" Command=\"x\" Matrix=\"{matrix}\" {more} />"))
            .ShouldBe(code);

    [Theory]
    [InlineData("size & n = small & 100, large & 1000", "size=small,n=100 size=large,n=1000")]
    [InlineData("tool&level=zstd&1..3,gzip&9; f=a,b",
        "tool=zstd,level=1,f=a tool=zstd,level=1,f=b tool=zstd,level=2,f=a tool=zstd,level=2,f=b "
        + "tool=zstd,level=3,f=a tool=zstd,level=3,f=b tool=gzip,level=9,f=a tool=gzip,level=9,f=b")]
    [InlineData("f=a; x&y&z='1&2'&3|three&4", "f=a,x=1&2,y=three,z=4")]
    public void Axes_that_go_together_have_the_rows_that_are_written(string text, string cells)
    {
        var axes = Matrix.Parse(text, 4, out var problem).ShouldNotBeNull(problem);
        Names(Matrix.Combinations(axes)).ShouldBe(cells);
        Matrix.Size(axes).ShouldBe(cells.Split(' ').Length);
        Names(Matrix.Combinations(Matrix.Parse(Matrix.Text(axes), 4, out _)!)).ShouldBe(cells);
    }

    [Fact]
    public void What_is_said_directly_has_the_cells_that_exclusion_leaves()
    {
        var direct = EvaluationModel.Parse(
            Declared.Items(
                "<Experiment Include=\"E\" Command=\"x\" Matrix=\"a &amp; b = x &amp; 5|five, y &amp; 2; c=1,2\" "
                    + "/>")).Experiments.Single();
        var excluded = EvaluationModel.Parse(
            Declared.Items(
                "<Experiment Include=\"E\" Command=\"x\" Matrix=\"a=x,y; b=5|five,2; c=1,2\" Except=\"a=x; "
                    + "b=2&#10;a=y; b=five\" />")).Experiments.Single();
        Cell.Of(direct).Select(cell => cell.Name).ShouldBe(Cell.Of(excluded).Select(cell => cell.Name));
        Cell.Of(direct).SelectMany(cell => cell.Values).ShouldBe(Cell.Of(excluded).SelectMany(cell => cell.Values));
    }

    [Theory]
    [InlineData("Matrix=\"n &amp; limit = 1 &amp; 5, 2 &amp; many\" Timeout=\"{limit}\"", "VART0002")]
    [InlineData("Matrix=\"n &amp; limit = 1 &amp; 5, 2 &amp; 0.5\" Timeout=\"{limit}\"", "")]
    [InlineData("Matrix=\"n=1\" Timeout=\"{limit}\"", "VART0002")]
    public void A_time_limit_may_stand_on_an_axis(string metadata, string code) =>
        string.Concat(Declared.Codes($"<Experiment Include=\"E\" Command=\"x\" {metadata} />")).ShouldBe(code);

    [Theory]
    [InlineData("", "tool=zstd,level=1,f=a")]
    [InlineData("tool=gzip; f=b", "tool=gzip,level=1,f=b")]
    [InlineData("tool=zstd,gzip", "tool=zstd,level=1,f=a tool=gzip,level=1,f=a")]
    [InlineData("level=2", "tool=zstd,level=2,f=a")]
    [InlineData("tool=gzip; level=3", "")]
    public void A_smoke_run_takes_rows_of_axes_that_go_together(string smoke, string cells) =>
        Names(Matrix.Combinations(Matrix.Narrowed(Matrix.Parse("tool&level=zstd&1..3,gzip&1; f=a,b", 4, out _)!,
            Matrix.Parse(smoke, 4, out _)!))).ShouldBe(cells);

    [Theory]
    [InlineData("n=1..2; total := {n} * 1024", "n=1,total=1024 n=2,total=2048")]
    [InlineData("total := {n} * 1024; n=1..2", "n=1,total=1024 n=2,total=2048")]
    [InlineData("b:={a}+1; a:={n}*2; n=3,4", "n=3,a=6,b=7 n=4,a=8,b=9")]
    [InlineData("size&n=small&1,large&10; f=a; x := -({n} - 2) / 4",
        "size=small,n=1,f=a,x=0.25 size=large,n=10,f=a,x=-2")]
    [InlineData("a-1=2; b := {a-1} - 1", "a-1=2,b=1")]
    [InlineData("n=1|one; b := {n} + 0.1 + 0.2", "n=one,b=1.3")]
    [InlineData("n=1GiB,1e3; b := {n} * 2", "n=1GiB,b=2147483648 n=1e3,b=2000")]
    [InlineData("n=3; b := 1 / {n} * {n}", "n=3,b=1")]
    [InlineData("n=2; b := 1 / 3 * {n}", "n=2,b=0.666666666666667")]
    [InlineData("n=9223372036854775807; b := {n} * 2 + 1", "n=9223372036854775807,b=18446744073709551615")]
    [InlineData("n=1; b := {n} / 1e7 - 0", "n=1,b=0.0000001")]
    [InlineData("n=1; b := 0 * -{n}", "n=1,b=0")]
    [InlineData("n=1; b := {processors} / 2 * {n}", "n=1,b=3")]
    [InlineData("b := 2 + 3", "b=5")]
    [InlineData("n=1e-9,1e30; b := {n} / 3",
        "n=1e-9,b=0.000000000333333333333333 n=1e30,b=333333333333333333333333333333")]
    [InlineData("n=1; b := 1e30 / 7", "n=1,b=142857142857142857142857142857")]
    [InlineData("n=1; b := 2 / 3 - 3", "n=1,b=-2.33333333333333")]
    [InlineData("n=1; b := 99999999999999999 / 2 / 5e16", "n=1,b=1")]
    public void A_computed_axis_has_the_value_of_its_formula_in_each_cell(string text, string cells)
    {
        var axes = Matrix.Parse(text, 6, out var problem).ShouldNotBeNull(problem);
        Names(Matrix.Combinations(axes)).ShouldBe(cells);
        Matrix.Size(axes).ShouldBe(cells.Split(' ').Length);
        Names(Matrix.Combinations(Matrix.Parse(Matrix.Text(axes), 6, out _)!)).ShouldBe(cells);
    }

    [Theory]
    [InlineData("total := {m} * 2", "VART4001 names the axis 'm'")]
    [InlineData("total := {total} * 2", "VART0151 total from total")]
    [InlineData("a := {b}; b := {c}; c := {b}", "VART0151 b from c from b")]
    [InlineData("total := 4 / {n}", "VART0152 where n is '0': it divides by zero")]
    [InlineData("total := {n} * {f}", "VART0152 where n is '0' and f is 'x': 'x' is not a number")]
    [InlineData("total := 1 / 0", "VART0152 has no value: it divides by zero")]
    [InlineData("total := 1e308 * 2", "VART0152 1.7e308")]
    [InlineData("total := ", "VART0150 ends too early")]
    [InlineData("total := {n", "VART0150 a brace is not closed")]
    [InlineData("total := n * 2", "VART0150 'n' is neither a number nor an axis in braces")]
    [InlineData("total := max({n})", "VART0150 'max' is neither")]
    [InlineData("total := [n]", "VART0150 '[' is not expected at character 1")]
    [InlineData("total := 1.2.3", "VART0150 '1.2.3' at character 1 is not a number")]
    [InlineData("total := +1", "VART0150 '+' is not expected")]
    [InlineData("total := {n} 2", "VART0150 '2' is not expected at character 5")]
    [InlineData("n := 3", "VART0002 'n' occurs twice")]
    [InlineData("a & b := 3", "VART0002 'a & b := 3' is not of the form")]
    [InlineData("work := 3", "VART4186 work")]
    public void A_formula_that_has_no_value_is_an_error(string axis, string expected)
    {
        var (code, text) = (expected[..8], expected[9..]);
        var problem = Declared.Problems(Declared.Items($"<Experiment Include=\"E\" Command=\"x\" Matrix=\""
            + $"{("n=0,1; f=x; " + axis).Replace("&", "&amp;")}\" />")).ShouldHaveSingleItem();
        problem.Rule.Code.ShouldBe(code);
        problem.Message.ShouldContain(text);
        problem.Where.Line.ShouldBe(1);
    }

    [Theory]
    [InlineData("SmokeAxes=\"n=7\"", "")]
    [InlineData("SmokeAxes=\"n=x\"", "VART0152")]
    [InlineData("SmokeAxes=\"total=7\"", "VART0002")]
    [InlineData("SmokeAxes=\"n := 7\"", "VART0002")]
    [InlineData("SmokeAxes=\"n := {n}\"", "VART0151")]
    [InlineData("Except=\"total=4096\"", "")]
    [InlineData("Except=\"total>=4096\"", "")]
    [InlineData("Except=\"total=4097\"", "VART4183")]
    [InlineData("EndSeriesAt=\"total\"", "VART0002")]
    [InlineData("EndSeriesAt=\"n\"", "")]
    [InlineData("Timeout=\"{total}\"", "")]
    [InlineData("ConstantColumns=\"total=1\"", "VART0002")]
    [InlineData("PreparePer=\"total\" Prepare=\"y {total} {group}\"", "")]
    public void A_computed_axis_is_named_like_others_but_not_chosen(string metadata, string code) =>
        string.Concat(Declared.Codes("<Experiment Include=\"E\" Command=\"x {total}\" "
            + $"Matrix=\"n=1..4; total := {{n}} * 1024\" {metadata} />")).ShouldBe(code);

    [Fact]
    public void A_smoke_run_computes_with_the_values_that_it_chooses()
    {
        var experiment = EvaluationModel.Parse(Declared.Items("<Experiment Include=\"E\" Command=\"x {total}\" "
            + "Matrix=\"n=1..4; total := {n} * 1024\" SmokeAxes=\"n=7\" />")).Experiments.Single();
        var cell = Cell.Of(experiment with { IsSmoke = true }).ShouldHaveSingleItem();
        cell.Name.ShouldBe("E[n=7]");
        cell.Columns["total"].ShouldBe("7168");
    }

    [Fact]
    public void Random_formulas_have_the_value_that_exact_fractions_have()
    {
        var random = Seeds.New();
        for (var round = 0; round < 2000; round++)
        {
            var (text, value) = Expression(random, 4);
            var axes = Matrix.Parse($"n=5; x := {text}", 4, out var problem);
            if (value is not { } exact)
            {
                axes.ShouldBeNull(text);
                problem.ShouldContain("divides by zero", Case.Sensitive, text);
                continue;
            }
            var computed = Matrix.Combinations(axes.ShouldNotBeNull(text + problem)).Single()["x"].Value;
            var expected = (double)exact.Above / (double)exact.Below;
            Amount.ParseNumber(computed).ShouldNotBeNull().ShouldBe(expected, 1e-13 * Math.Abs(expected), text);
            (exact.Above % exact.Below == 0).ShouldBe(!computed.Contains('.'), $"{text} = {computed}");
        }
    }

    // A random formula with its value as a fraction; null if the formula divides by zero.
    private static (string Text, (BigInteger Above, BigInteger Below)? Value) Expression(Random random, int depth)
    {
        if (depth == 0 || random.Next(4) == 0)
            return random.Next(3) == 0
                ? ("{n}", (5, 1)) : random.Next(9) is var digit ? ($"{digit}", (digit, 1)) : default;
        var (left, a) = Expression(random, depth - 1);
        var (right, b) = Expression(random, depth - 1);
        var sign = "+-*/"[random.Next(4)];
        (BigInteger, BigInteger)? value = (a, b) is not ({ } one, { } two) || (sign == '/' && two.Above == 0)
            ? null : sign switch
            {
                '+' => (one.Above * two.Below + two.Above * one.Below, one.Below * two.Below),
                '-' => (one.Above * two.Below - two.Above * one.Below, one.Below * two.Below),
                '*' => (one.Above * two.Above, one.Below * two.Below),
                _ => (one.Above * two.Below, one.Below * two.Above),
            };
        return ($"({left} {sign} {right})", value);
    }

    private static string Names(IEnumerable<IReadOnlyDictionary<string, AxisValue>> cells) =>
        string.Join(' ', cells.Select(cell => string.Join(',', cell.Select(pair => $"{pair.Key}={pair.Value.Label}"))));

    [Theory]
    [InlineData("a&b=1&2,3", "has 1 value, not 2")]
    [InlineData("a&b=1&2,1&2", "'1 & 2' twice")]
    [InlineData("a&b=1&{processors}", "only an axis of its own")]
    [InlineData("a&b=1..200&1..200", "more than 10000 values")]
    [InlineData("a&=1&2", "is not the name of an axis")]
    [InlineData("a&a=1&2", "occurs twice")]
    [InlineData("a&b=", "has no values")]
    [InlineData("n=1,1", "twice")]
    [InlineData("n=12..{processors}", "no values")]
    [InlineData("n", "not of the form")]
    [InlineData("n=3..1", "has no value")]
    [InlineData("n=0.1..0.5..0.1", "whole numbers")]
    [InlineData("n=1..", "whole numbers")]
    [InlineData("n=+1..3", "without a plus sign")]
    [InlineData("n=1..+3", "without a plus sign")]
    [InlineData("n=1..3..+1", "without a plus sign")]
    [InlineData("n=a..e", "whole numbers")]
    [InlineData("n=1..5..0", "a step is above 0")]
    [InlineData("n=5..1..-1", "a step is above 0")]
    [InlineData("n=1..2000000000", "more than 10000 values")]
    [InlineData("n=-2147483648..2147483647", "more than 10000 values")]
    [InlineData("n=1..9000,20001..29000", "more than 10000 values")]
    [InlineData("n=1,,2", "nothing between two commas")]
    [InlineData("n=a|b|c", "more than a value and its label")]
    [InlineData("n=a|x,b|x", "'x' twice")]
    [InlineData("n='a", "not closed")]
    [InlineData("n=a\u0007b", "control character")]
    [InlineData("n=a\nb", "control character")]
    public void What_cannot_be_read_is_explained(string text, string expected)
    {
        Matrix.Parse(text, 2, out var problem).ShouldBeNull();
        problem.ShouldContain(expected);
    }
}
