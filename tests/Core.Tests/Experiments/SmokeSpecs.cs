using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Tests.Experiments;

public sealed class SmokeSpecs : EngineFixture
{
    [Theory]
    [InlineData("n=1..16", "", "", "E[n=1] E[n=16]")]
    [InlineData("n=7", "", "", "E[n=7]")]
    [InlineData("", "", "", "E")]
    [InlineData("tool=a,b; n=1..3", "", "tool=b; n=3", "E[tool=a,n=1] E[tool=b,n=2]")]
    [InlineData("tool=a,b; n=1..3", "tool=a,b", "", "E[tool=a,n=1] E[tool=b,n=1]")]
    [InlineData("tool=x|a,y|b; seconds=30", "seconds=1; tool=b", "", "E[tool=b,seconds=1]")]
    [InlineData("tool=x|a,y|b", "tool=y", "", "E[tool=b]")]
    public void A_smoke_run_has_few_cells(string matrix, string smoke, string except, string cells) =>
        string.Join(' ',
            Cell.Of(Experiment("E", ("Command", "true"), ("Matrix", matrix), ("SmokeAxes", smoke),
                ("Except", except)) with
            { IsSmoke = true }).Select(cell => cell.Name)).ShouldBe(cells);

    [Fact]
    public void A_smoke_run_without_a_cell_and_one_on_an_unknown_axis_are_refused()
    {
        Should.Throw<DiagnosticException>(() =>
            Experiment("E", ("Command", "true"), ("Matrix", "a=1,2; b=1,2"), ("SmokeAxes", "b=2"),
                ("Except", "a=1; b=2")))
            .Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(DeclarationRules.EmptySmokeRun);
        Should.Throw<DiagnosticException>(() =>
            Experiment("E", ("Command", "true"), ("Matrix", "a=1"), ("SmokeAxes", "c=2"))).Diagnostics
            .ShouldHaveSingleItem().Rule.ShouldBe(ExperimentRules.UnknownAxis);
    }

    [Fact]
    public async Task The_full_run_takes_over_the_samples_of_a_smoke_run_with_the_same_key()
    {
        var experiment = Experiment("E", ("Command", "echo {n} {seconds}"), ("Matrix", "n=1..3; seconds=9"),
            ("SmokeAxes", "n=2,3"));
        await RunAsync(1, experiment with { IsSmoke = true });
        Read().Samples.Select(sample => sample.Cell).Order().ShouldBe(["E[n=2,seconds=9]", "E[n=3,seconds=9]"]);
        (await RunAsync(2, experiment)).AtLeastOne().ShouldAllBe(plan => plan.Good.Count == 2);
        Read().Samples.Count.ShouldBe(6);
    }

    [Fact]
    public async Task The_full_cost_is_known_from_declarations_and_better_from_samples()
    {
        var timed = Experiment("Timed", ("Command", "sleep 0.2"), ("Matrix", "n=1..3"), ("EstimatedSeconds", "100"),
            ("WarmUps", "1"));
        var untimed = Experiment("Untimed", ("Command", "true"), ("Samples", "2"));
        FullCost.Text([timed, untimed], Read(), new SamplePolicy(null)).ShouldBe("""
            In full: 14 samples of 4 cells, about 40 min and, without an estimate: Untimed
              Timed    12 samples of 3 cells, about 40 min
              Untimed  2 samples of 1 cell, no estimate yet
            """);
        FullCost.Text([untimed], Read(), new SamplePolicy(5))
            .ShouldStartWith("In full: 5 samples of 1 cell, no estimate yet");
        await RunAsync(1, timed with { IsSmoke = true });
        FullCost.Text([timed with { IsSmoke = true }], Read(), new SamplePolicy(null))
            .ShouldMatch(@"^In full: 12 samples of 3 cells, about \d+\.\d s\n");
    }
}
