using MathNet.Numerics.Distributions;
using Verus.Artifact.Common;
using Verus.Artifact.Data;

namespace Verus.Artifact.Tests.Data;

/// <summary>
/// Notes on samples, on simulated samples of twelve points: each look finds what it is for in at least 80% of all
/// datasets, and good samples are rarely called bad.
/// </summary>
public sealed class SampleDiagnosisSpecs
{
    private const int Trials = 200;
    private const int Points = 12;

    // Each function computes a sample from the number of its round, the sample before it, and normal noise.
    private static readonly Dictionary<string, Func<int, int, double, Random, double, double>> Shapes =
        new(StringComparer.Ordinal)
        {
            ["first samples"] = (round, _, _, _, noise) => round == 0 ? 3 + noise : noise,
            ["trend"] = (round, count, _, _, noise) => noise + 3.0 * round / count,
            ["correlated"] = (round, _, before, _, noise) =>
                round == 0 ? noise : 0.6 * before + 0.8 * noise,
            ["skewed"] = (_, _, _, random, _) => Exponential.Sample(random, 1),
            ["two groups"] = (_, _, _, random, noise) => (random.NextDouble() < 0.4 ? 4 : 0) + 0.3 * noise,
            ["outliers"] = (round, _, _, _, noise) => round == 7 ? 8 + noise : noise,
        };

    [Theory]
    [InlineData("first samples", 10)]
    [InlineData("first samples", 20)]
    [InlineData("trend", 10)]
    [InlineData("trend", 20)]
    [InlineData("correlated", 10)]
    [InlineData("correlated", 20)]
    [InlineData("skewed", 10)]
    [InlineData("skewed", 20)]
    [InlineData("two groups", 10)]
    [InlineData("two groups", 20)]
    [InlineData("outliers", 10)]
    [InlineData("outliers", 20)]
    public void Each_look_finds_what_it_is_for(string what, int samples) => Enumerable.Range(0, Trials).Count(trial =>
        Notes(Shapes[what], samples, trial).Any(note => note.Contains(what, StringComparison.Ordinal)))
        .ShouldBeGreaterThanOrEqualTo(Trials * 80 / 100);

    [Theory]
    [InlineData(6)]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(60)]
    public void Normal_samples_are_rarely_noted(int samples) =>
        // Five looks at 1%, and two at 2%: of 200 datasets, 36 have a probability below 0.1%.
        Enumerable.Range(0, Trials).Count(trial => Notes((_, _, _, _, noise) => noise, samples, trial).Count > 0)
            .ShouldBeLessThan(36);

    [Theory]
    [InlineData(0.5, 80, 100)]
    [InlineData(0.0, 0, 8)]
    public void A_machine_that_changes_from_sample_to_sample_is_seen_across_points(double correlation, int least,
        int most) => (Enumerable.Range(0, Trials).Count(trial => OfMachine(correlation, trial)
            .Any(note => note.StartsWith("samples that were taken one after the other", StringComparison.Ordinal)))
            * 100 / Trials).ShouldBeInRange(least, most);

    // Half of the variance is that of the machine, and points are measured in turn, in random order.
    private static IReadOnlyList<string> OfMachine(double correlation, int seed)
    {
        const int Samples = 20;
        var (random, machine, time) = (new Random(seed), 0.0, 0);
        var points = Enumerable.Range(0, Points).Select(_ => (Values: new double[Samples], Times: new string[Samples]))
            .ToArray();
        for (var round = 0; round < Samples; round++)
        {
            int[] order = [.. Enumerable.Range(0, Points)];
            random.Shuffle(order);
            foreach (var i in order)
            {
                machine = correlation * machine
                    + Math.Sqrt(1 - correlation * correlation) * Normal.Sample(random, 0, 1);
                points[i].Values[round] = 100 + machine + Normal.Sample(random, 0, 1);
                points[i].Times[round] = $"{time++:0000}";
            }
        }
        return SampleDiagnosis.Of(Of([.. points.Select((point, i) => new DataPoint
        {
            Keys = new Dictionary<string, string> { ["n"] = $"{i}" },
            Samples = point.Values,
            Started = point.Times,
            Estimate = Statistics.Interval(Statistic.Median, point.Values),
        })]));
    }

    [Fact]
    public void Runs_that_differ_are_named() => SampleDiagnosis.Of(Of([new DataPoint
    {
        Keys = new Dictionary<string, string> { ["n"] = "1" },
        Samples = [1.01, 1.02, 1.03, 1.04, 2.01, 2.02, 2.03, 2.04],
        Rounds = [.. Enumerable.Range(0, 8).Select(i => $"r{i / 4}/{i % 4}")],
        Estimate = new Estimate(1.5),
    }])).ShouldContain("the runs of 1 differ by more than the samples of one run: intervals rest on runs");

    [Fact]
    public void Fewer_than_six_samples_are_not_looked_at() =>
        Notes(Shapes["trend"], 5, 1).ShouldBeEmpty();

    private static IReadOnlyList<string> Notes(Func<int, int, double, Random, double, double> shape, int samples,
        int seed)
    {
        var random = new Random(seed);
        return SampleDiagnosis.Of(Of([.. Enumerable.Range(0, Points).Select(i =>
        {
            var (numbers, before) = (new double[samples], 0.0);
            for (var round = 0; round < samples; round++)
                numbers[round] = 100 + (before = shape(round, samples, before, random, Normal.Sample(random, 0, 1)));
            return new DataPoint
            {
                Keys = new Dictionary<string, string> { ["n"] = $"{i}" },
                Samples = numbers,
                Estimate = Statistics.Interval(Statistic.Median, numbers),
            };
        })]));
    }

    private static Dataset Of(IReadOnlyList<DataPoint> points) => new()
    {
        Name = "D",
        Columns = ["n"],
        Quantity = "time",
        Unit = "s",
        Statistic = "median",
        Origin = Origin.Measured,
        Points = points,
    };
}
