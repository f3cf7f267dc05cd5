using Verus.Artifact.Data;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Protocol;
using Verus.Artifact.Tests.Experiments;

namespace Verus.Artifact.Tests.Data;

/// <summary>Tests what observations say about samples.</summary>
public sealed class ObservationsSpecs : EngineFixture
{
    [Theory]
    [InlineData(0.25, "E: processes that the command left behind used up to 0.25 s of CPU time after its end, which "
        + "user and system contain, and wall does not")]
    [InlineData(0.01, null)]
    public void Cpu_time_after_the_end_is_told(double seconds, string? expected)
    {
        var cell = Cell.Of(Experiment("E", ("Command", "true"))).ShouldHaveSingleItem();
        SampleRecord Sample(double after) => new()
        {
            Id = "s",
            Cell = "E",
            Key = "k",
            Run = "r",
            MachineId = "m",
            Outcome = SampleOutcome.Ok,
            Logs = "l",
            Result = new JobResult
            {
                Id = "s",
                Outcome = JobOutcome.Exited,
                Measurement = new Measurement { WallSeconds = 1, CpuSecondsAfter = after },
            },
        };
        Observations.Of([new CellPlan { Cell = cell, Good = [Sample(0), Sample(seconds)] }], _ => []).AtLeastOne()
            .ShouldAllBe(one => one.Deviations.SequenceEqual(expected == null ? new string[0] : new[] { expected }));
    }
}
