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
        // Six looks at 1% each: of 200 datasets, 24 have a probability below 0.1%.
        Enumerable.Range(0, Trials).Count(trial => Notes((_, _, _, _, noise) => noise, samples, trial).Count > 0)
            .ShouldBeLessThan(24);

    [Fact]
    public void Fewer_than_six_samples_are_not_looked_at() =>
        Notes(Shapes["trend"], 5, 1).ShouldBeEmpty();

    private static IReadOnlyList<string> Notes(Func<int, int, double, Random, double, double> shape, int samples,
        int seed)
    {
        var random = new Random(seed);
        return SampleDiagnosis.Of(new Dataset
        {
            Name = "D",
            Columns = ["n"],
            Quantity = "time",
            Unit = "s",
            Statistic = "median",
            Origin = Origin.Measured,
            Points = [.. Enumerable.Range(0, Points).Select(i =>
            {
                var (numbers, before) = (new double[samples], 0.0);
                for (var round = 0; round < samples; round++)
                    numbers[round] = 100 + (before = shape(round, samples, before, random,
                        Normal.Sample(random, 0, 1)));
                return new DataPoint
                {
                    Keys = new Dictionary<string, string> { ["n"] = $"{i}" },
                    Samples = numbers,
                    Estimate = Statistics.Interval(Statistic.Median, numbers),
                };
            })],
        });
    }
}
