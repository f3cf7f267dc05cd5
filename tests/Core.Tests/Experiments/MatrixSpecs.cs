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

    private static string Names(IEnumerable<IReadOnlyDictionary<string, AxisValue>> cells) =>
        string.Join(' ', cells.Select(cell => string.Join(',', cell.Select(pair => $"{pair.Key}={pair.Value.Label}"))));

    [Theory]
    [InlineData("a&b=1&2,3", "has 1 values, not 2")]
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
