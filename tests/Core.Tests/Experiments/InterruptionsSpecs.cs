using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Places.Vm;

namespace Verus.Artifact.Tests.Experiments;

/// <summary>What is given up after failures, in whatever order the cells of a round come.</summary>
public sealed class InterruptionsSpecs : EngineFixture
{
    private readonly Interruptions interruptions;

    public InterruptionsSpecs() => interruptions = new Interruptions(Log);

    [Theory]
    [InlineData("1 1 1 2ok", "1", false)]
    [InlineData("1 2ok 1 1", "1", false)]
    [InlineData("2ok 1 1 1", "1", false)]
    [InlineData("1 2 1ok 2", "", false)]
    [InlineData("1 2 1 2ok", "", false)]
    [InlineData("1 1 2", "1 2", true)]
    [InlineData("1 1 1 2", "1 2", true)]
    [InlineData("2 1 2", "1 2", true)]
    public void A_cell_that_ends_its_place_is_left_out_and_a_place_that_fails_for_several_cells_is_given_up(
        string samples, string leftOut, bool givenUp)
    {
        var cells = Cell.Of(Experiment("Inside", ("Command", "true"), ("Matrix", "n=1..2"))).ToList();
        foreach (var sample in samples.Split(' '))
        {
            var cell = cells[sample[0] - '1'];
            if (sample.EndsWith("ok", StringComparison.Ordinal))
                interruptions.Clear(cell);
            else
                interruptions.Add(cell, new PlaceFailure(VmRules.Lost.Error(SourceLocation.None, "pm", "it ended",
                    "c")));
        }
        string.Join(' ', cells.Where(interruptions.IsLeftOut).Select(cell => cells.IndexOf(cell) + 1))
            .ShouldBe(leftOut);
        interruptions.IsGivenUp(cells[0].Experiment).ShouldBe(givenUp);
        interruptions.Problems.Select(problem => problem.Message.Split(": ")[0]).ShouldBe(
            givenUp ? ["The virtual machine 'pm' was lost"]
            : leftOut.Length > 0 ? ["Inside[n=1], 3 times in a row"] : []);
    }
}
