using MathNet.Numerics.Distributions;
using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Tests.Claims;
using static Verus.Artifact.Tests.Data.DataFixture;

namespace Verus.Artifact.Tests.Data;

/// <summary>Tests intervals of samples that were taken in several runs, which may differ.</summary>
public sealed class BetweenRunsSpecs
{
    private const int Trials = 200;

    [Fact]
    public void The_test_of_runs_is_the_analysis_of_variance()
    {
        // An example with F = 9.3 and 2 and 15 degrees of freedom, of which the probability is 0.0024.
        double[] samples = [6, 8, 4, 5, 3, 4, 8, 12, 9, 11, 6, 8, 13, 9, 11, 8, 7, 12];
        string[] runs = [.. Enumerable.Range(0, 18).Select(i => $"{i / 6}")];
        BetweenRuns.Probability(samples, runs, byRanks: false).ShouldBe(0.0024, 0.0001);
        BetweenRuns.Probability(samples, [.. runs.Select(_ => "one")], byRanks: false).ShouldBe(1);
        BetweenRuns.Probability([1, 2, 3], ["a", "b", "c"], byRanks: false).ShouldBe(1);
        BetweenRuns.Probability([1, 1, 2, 2], ["a", "a", "b", "b"], byRanks: false).ShouldBe(0);
        BetweenRuns.Probability([1, 1, 1, 1], ["a", "a", "b", "b"], byRanks: true).ShouldBe(1);
    }

    [Fact]
    public void Limits_of_runs_count_each_run_once()
    {
        var limits = BetweenRuns.Around(10, [9, 10, 11], 0.025);
        limits.Low.ShouldBe(10 - 4.302653 / Math.Sqrt(3), 1e-5);
        limits.High.ShouldBe(10 + 4.302653 / Math.Sqrt(3), 1e-5);
        BetweenRuns.Around(20, [9, 10, 11], 0.025).High.ShouldBe(20);
    }

    [Theory]
    [InlineData("median", "max([s=a; n=1])", 4, 4, 4, 4, 4)]
    [InlineData("mean", "max([s=a; n=1])", 4, 4, 4, 4, 4)]
    [InlineData("median", "max([s=b; n=1] / [s=a; n=1])", 4, 4, 4, 4, 4)]
    [InlineData("mean", "max([s=b; n=1] / [s=a; n=1])", 4, 4, 4, 4, 4)]
    [InlineData("mean", "mean([s=a])", 4, 4, 4, 4, 4)]
    [InlineData("median", "geomean([s=b] / [s=a])", 4, 4, 4, 4, 4)]
    [InlineData("median", "max([s=a; n=1])", 8, 3, 3, 3, 3)]
    [InlineData("mean", "mean([s=a])", 1, 1, 1, 1, 1)]
    public void Intervals_cover_the_truth_when_runs_differ_as_much_as_samples(string statistic, string quantity,
        params int[] runs)
    {
        var predicate = ClaimsFixture.Predicate(quantity, ("AtLeast", "1"));
        var (with, without) = (0, 0);
        for (var trial = 0; trial < Trials; trial++)
        {
            var data = Simulated(statistic, runs, new Random(trial));
            with += Covers(ClaimEvaluator.Judge(predicate, data)) ? 1 : 0;
            without += Covers(ClaimEvaluator.Judge(predicate, Mixed(data))) ? 1 : 0;
        }
        // Of 200 intervals that cover 95%, fewer than 179 cover the truth with a probability below 0.1%; the test of
        // whether runs differ costs another percent.
        with.ShouldBeGreaterThanOrEqualTo(Trials * 89 / 100);
        without.ShouldBeLessThan(with);
    }

    [Fact]
    public void Boots_that_differ_decide_before_runs()
    {
        // Two boots of three runs each: the limits rest on two numbers, and are wide.
        double[] samples = [1.00, 1.01, 1.00, 1.01, 1.00, 1.01, 1.10, 1.11, 1.10, 1.11, 1.10, 1.11];
        var point = new DataPoint
        {
            Keys = new Dictionary<string, string>(),
            Samples = samples,
            Rounds = [.. Enumerable.Range(0, 12).Select(i => $"r{i / 2}/{i % 2}")],
            Boots = [.. Enumerable.Range(0, 12).Select(i => $"b{i / 6}")],
        };
        point.ByRuns(Statistic.Median).ShouldNotBeNull().ShouldBe([1.005, 1.105], 1e-9);
        (point with { Boots = [] }).ByRuns(Statistic.Median).ShouldNotBeNull().Length.ShouldBe(6);
        (point with { Rounds = [] }).ByRuns(Statistic.Median).ShouldBeNull();
        point.ByRuns(Statistic.Max).ShouldBeNull();
    }

    [Fact]
    public void A_dataset_shows_limits_of_runs_and_says_that_they_differ()
    {
        List<Observation> observations = [.. Enumerable.Range(0, 20).Select(i =>
            Good("c", "s=a", 1 + 0.1 * (i / 4) + 0.001 * (i % 4)) with { Run = $"r{i / 4}",
                Round = $"r{i / 4}/{i % 4}" })];
        var dataset = DatasetBuilder.Build(Dataset(("KeyColumns", "s")), observations);
        var estimate = dataset.Points.ShouldHaveSingleItem().Estimate.ShouldNotBeNull();
        // The medians of the runs are 1.0015 to 1.4015: t with four degrees of freedom.
        estimate.Low.ShouldNotBeNull().ShouldBe(1.2015 - 2.776445 * Math.Sqrt(0.025) / Math.Sqrt(5), 1e-5);
        SampleDiagnosis.Of(dataset).ShouldContain(
            "the runs of a differ by more than the samples of one run: intervals rest on runs");
        var verdict = ClaimsFixture.Judge("max([])", dataset with { Columns = ["s", "n"] }, 1);
        verdict.Notes.ShouldContain(
            "its runs differ by more than samples of one run do: the interval rests on the runs");
    }

    [Fact]
    public void Sums_are_of_the_round_of_all_of_their_parts()
    {
        Observation Part(string cell, string run, string round) =>
            Good(cell, $"s=a;part={cell}", 1) with { Run = run, Round = $"{run}/{round}" };
        var sum = Dataset(("KeyColumns", "s"), ("Combine", "Sum"));
        IReadOnlyList<string> Rounds(params Observation[] parts) =>
            DatasetBuilder.Build(sum, parts).Points.ShouldHaveSingleItem().Rounds;
        Rounds(Part("x", "r", "1"), Part("y", "r", "1")).ShouldBe(["r/1"]);
        Rounds(Part("x", "r", "1"), Part("y", "r", "2")).ShouldBe(["r/"]);
        Rounds(Part("x", "r", "1"), Part("y", "q", "1")).ShouldBeEmpty();
    }

    [Fact]
    public void Points_of_different_runs_are_named()
    {
        var data = ClaimsFixture.Measured(("a", 1, [1, 1.1, 1.2]), ("b", 1, [2, 2.1, 2.2]));
        Dataset In(params string[] runs) => data with
        {
            Points = [.. data.Points.Zip(runs, (point, run) =>
                point with { Rounds = [.. Enumerable.Range(0, 3).Select(i => $"{run}/{i}")] })],
        };
        const string Note = "some of its points were measured in different runs, and a difference between runs looks "
            + "like a difference between points";
        ClaimsFixture.Judge("max([s=b] / [s=a])", In("r", "q"), 1).Notes.ShouldContain(Note);
        ClaimsFixture.Judge("max([s=b] / [s=a])", In("r", "r"), 1).Notes.ShouldNotContain(Note);
    }

    private static bool Covers(PredicateVerdict verdict) =>
        verdict.Value is not { Low: { } low, High: { } high } || low <= 1 && high >= 1;

    // The same samples, of one run.
    private static Dataset Mixed(Dataset data) => data with
    {
        Points = [.. data.Points.Select(point => point with
        {
            Rounds = [.. point.Rounds.Select(round => "r/" + round.Replace('/', '.'))],
        })],
    };

    private static Dataset Simulated(string statistic, int[] runs, Random random)
    {
        var normal = new Normal(0, 0.03, random);
        var (points, rounds) = (Enumerable.Range(0, 8).Select(_ => new List<double>()).ToList(), new List<string>());
        for (var run = 0; run < runs.Length; run++)
        {
            var common = normal.Sample();
            double[] shifts = [.. points.Select(_ => Math.Sqrt(0.5) * (common + normal.Sample()))];
            for (var round = 0; round < runs[run]; round++)
            {
                rounds.Add($"r{run}/{round}");
                for (var i = 0; i < points.Count; i++)
                    points[i].Add(1 + shifts[i] + normal.Sample());
            }
        }
        return ClaimsFixture.Measured([.. points.Select((samples, i) =>
            (i % 2 == 0 ? "a" : "b", (object)(i / 2 + 1), samples.ToArray()))]) is var data ? data with
            {
                Statistic = statistic,
                Points = [.. data.Points.Select(point => point with
                {
                    Rounds = rounds,
                    Estimate = Statistics.Interval(statistic == "mean" ? Statistic.Mean : Statistic.Median,
                        point.Samples),
                })],
            } : null!;
    }
}
