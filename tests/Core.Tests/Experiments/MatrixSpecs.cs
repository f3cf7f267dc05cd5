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
    [InlineData("n=1,1", "twice")]
    [InlineData("n=12..{processors}", "no values")]
    [InlineData("n", "not of the form")]
    public void What_cannot_be_read_is_explained(string text, string expected)
    {
        Matrix.Parse(text, 2, out var problem).ShouldBeNull();
        problem.ShouldContain(expected);
    }
}
