using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Tests.Common;

/// <summary>Tests that every text can be written as a value with the quoting of lists.</summary>
public sealed class QuotedSpecs
{
    private static readonly string[] Pieces = ["a", "'", "''", ",", ";", "|", "..", "1", "=", "]", "&", "\"", " ",
        "..3", "it's", "{processors", "ä", "<", "'x'"];

    [Theory]
    [InlineData("'a,b',c", ',', "'a,b'|c")]
    [InlineData("it's; that's", ';', "it's|that's")]
    [InlineData("x='a;b'; y=1", ';', "x='a;b'|y=1")]
    [InlineData("'it''s; so', b", ',', "'it''s; so'|b")]
    [InlineData("a,,b", ',', "a||b")]
    public void A_quote_opens_where_a_value_begins(string text, char separator, string parts) =>
        string.Join('|', Quoted.Split(text, separator)).ShouldBe(parts);

    [Fact]
    public void Any_text_can_be_written_as_a_value_and_is_read_back()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SEED"), out var given) ? given : 20261126;
        var random = new Random(seed);
        for (var round = 0; round < 5000; round++)
        {
            var value = string.Concat(
                Enumerable.Range(0, random.Next(1, 6)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            var why = $"seed {seed}, round {round}: <{value}>";
            var quoted = "'" + value.Replace("'", "''", StringComparison.Ordinal) + "'";

            Condition.Parse($"c={quoted},other; d!={quoted}", out var problem).ShouldNotBeNull(why + problem)
                .Select(condition => condition.Values[0]).ShouldBe([value, value], why);
            Quoted.Value(Quoted.Write(value, ";,|=")).ShouldBe(value, why);

            var written = new Condition(value, "!=", [value, "other"]);
            var again = Condition.Parse(written.ToString(), out problem).ShouldNotBeNull(why + problem)
                .ShouldHaveSingleItem(why);
            (again.Name, string.Join('\0', again.Values)).ShouldBe((value, value + "\0other"), why);

            var axes = Matrix.Parse($"m={quoted},{quoted}|label; n=1", 4, out problem);
            if (value == "label")
                continue;
            axes.ShouldNotBeNull(why + problem)[0].Values.ShouldBe([new AxisValue(value, value),
                new AxisValue(value, "label")], why);
            Matrix.Parse(Matrix.Text(axes), 4,
                out problem).ShouldNotBeNull(why + problem)[0].Values.ShouldBe(axes[0].Values, why);
        }
    }
}
