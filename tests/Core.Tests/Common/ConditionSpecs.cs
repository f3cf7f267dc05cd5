using Verus.Artifact.Common;

namespace Verus.Artifact.Tests.Common;

public sealed class ConditionSpecs
{
    [Theory]
    [InlineData("series=Verus", "Verus", true)]
    [InlineData("series=Verus", "verus", false)]
    [InlineData("series=Verus, Dafny", "Dafny", true)]
    [InlineData("series!=Verus,Dafny", "Prusti", true)]
    [InlineData("series!=Verus,Dafny", "Dafny", false)]
    [InlineData("n>=4", "4", true)]
    [InlineData("n>4", "4", false)]
    [InlineData("n<=1", "0.125", true)]
    [InlineData("n<1", "many", false)]
    [InlineData("n=4", "4.0", false)]
    [InlineData("size>=4KiB", "1MiB", true)]
    [InlineData("size<4KiB", "4096", false)]
    [InlineData("'a=b'!='x;y'", "x;y", false)]
    [InlineData("series='a, b'", "a, b", true)]
    [InlineData("series='x]; y'", "x]; y", true)]
    public void A_condition_holds_or_not(string text, string value, bool expected) =>
        Condition.Parse(text, out _)!.ShouldHaveSingleItem().Holds(value).ShouldBe(expected);

    [Theory]
    [InlineData("series", "not a condition")]
    [InlineData("=Verus", "not a condition")]
    [InlineData("series=", "has no value that")]
    [InlineData("n>=1,2", "has no value that")]
    [InlineData("n>=x", "has no value that")]
    public void A_condition_that_cannot_be_read_says_why(string text, string why)
    {
        Condition.Parse(text, out var problem).ShouldBeNull();
        problem.ShouldContain(why);
    }

    [Fact]
    public void Nothing_is_no_condition() => Condition.Parse(" ; ", out _)!.ShouldBeEmpty();
}
