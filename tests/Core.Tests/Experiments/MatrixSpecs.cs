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
        string.Join(' ', Matrix.Parse(text, 4, out var problem).ShouldNotBeNull(problem)[0].Values.Select(value => value.Value)).ShouldBe(values);

    [Theory]
    [InlineData("a=1..1000; b=1..1001", "", "VART4182")]
    [InlineData("a=1..1000; b=1..1000", "", "")]
    [InlineData("a=1..10; b=1..10", "MostCells=\"50\"", "VART4182")]
    [InlineData("a=1..9999; b=1..9999; c=1..9999; d=1..9999; e=1..9999; f=1..9999", "", "VART4182")]
    [InlineData("a=1,2", "Except=\"a=3\"", "VART4183")]
    [InlineData("a=1|one,2", "Except=\"a=one\"", "")]
    [InlineData("a=1,2", "Except=\"a=1;a=2\"", "VART4003")]
    [InlineData("a='x&amp;y',2", "Except=\"a='x&amp;y'\"", "")]
    [InlineData("a=1..{processors}", "Except=\"a=100000\"", "")]
    [InlineData("work=1,2", "", "VART4186")]
    public void A_matrix_is_checked_before_it_is_multiplied_out(string matrix, string more, string code) =>
        string.Concat(Declared.Codes($"<Experiment Include=\"E\" Command=\"x\" Matrix=\"{matrix}\" {more} />")).ShouldBe(code);

    [Theory]
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
