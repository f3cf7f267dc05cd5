using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Tests.Report;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>How many samples may decide a claim that is inconclusive.</summary>
public sealed class ClaimAdviceSpecs
{
    [Theory]
    // Half of the interval is twice as wide as the room to the bound, so four times as many samples are needed.
    [InlineData(1.1, 0.9, 1.3, 1.0, null, 10, 40)]
    [InlineData(0.9, 0.7, 1.1, 1.0, null, 10, 40)]
    [InlineData(0.9, 0.7, 1.1, null, 1.0, 10, 40)]
    // Of two bounds, the nearer one decides.
    [InlineData(1.1, 0.9, 1.3, 1.0, 1.25, 10, 40)]
    [InlineData(1.1, 0.9, 1.3, 0.5, 1.25, 10, 18)]
    // Few samples say little about the width of an interval.
    [InlineData(1.1, 0.99, 1.21, 1.0, null, 3, 6)]
    [InlineData(1.1, null, null, 1.0, null, 2, 6)]
    [InlineData(1.1, null, null, 1.0, null, 9, 10)]
    // The value is its bound, or as good as.
    [InlineData(1.0, 0.9, 1.1, 1.0, null, 10, null)]
    [InlineData(1.005, 0.9, 1.11, 1.0, null, 10, null)]
    public void The_number_of_samples_follows_from_the_distance_to_the_bound(double value, double? low, double? high,
        double? atLeast, double? atMost, int now, int? needed) =>
        ClaimAdvice.Needed(new Estimate(value, low, high), atLeast, atMost, now).ShouldBe(needed);

    [Fact]
    public void Where_runs_differ_more_runs_are_advised_and_not_more_samples_of_the_same_runs()
    {
        var verdict = ReportSample.Claim(VerdictOutcome.Inconclusive, Origin.Measured).Predicates[0];
        ClaimAdvice.OfRuns(verdict, 12, runs: 5, now: 20, "dotnet build -p:Request=A").ShouldBe(
            "P1: the runs differ by more than their samples, so about 12 runs instead of 5 may decide it: "
                + "dotnet build -p:Request=A -p:Runs=7 -p:Samples=48");
        ClaimAdvice.OfRuns(verdict, null, runs: 5, now: 20, "").ShouldContain("more runs are unlikely to decide it");
    }
}
