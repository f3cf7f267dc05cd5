using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using static Verus.Artifact.Tests.Claims.ClaimsFixture;

namespace Verus.Artifact.Tests.Claims;

/// <summary>
/// Identical programs under several names, from observations through the files of the data stage to verdicts: the
/// programs are found different no more often than the rules allow. All random numbers of the test are seeded.
/// </summary>
public sealed class EqualProgramsSpecs : IDisposable
{
    private const int Trials = 200;
    private readonly string folder = Directory.CreateTempSubdirectory("equal-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("max([s=b] / [s=a])", 1.02, 4)]
    [InlineData("max([s=b] / [s=a])", 1.02, 10)]
    [InlineData("min([s=b] / [s=a])", 1.0, 4)]
    [InlineData("min([s=b] / [s=a])", 1.0, 10)]
    [InlineData("max(residual([s=b], n)) * -1", -0.03, 10)]
    [InlineData("sum(above([s=b] / [s=a], 1))", 16.0, 10)]
    [InlineData("geomean([s=b] / [s=a])", 1.0, 10)]
    [InlineData("min(growth([s=b], n) / growth([s=a], n))", 1.0, 6)]
    public void They_are_rarely_found_different(string quantity, double bound, int samples)
    {
        var predicate = Predicate(quantity,
            ("AtLeast", bound.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var (supported, refuted) = (0, 0);
        for (var trial = 0; trial < Trials; trial++)
        {
            var outcome = ClaimEvaluator.Judge(predicate,
                Simulated(samples, new Random(1000 * samples + trial))).Outcome;
            supported += outcome == VerdictOutcome.Supported ? 1 : 0;
            refuted += outcome == VerdictOutcome.NotSupported ? 1 : 0;
        }
        // If the bound equals the truth, either verdict is wrong with a probability of at most 2.5%: of 200 verdicts,
        // at most 13 are wrong with a probability of 99.9%. If the truth clearly satisfies or violates the bound, a
        // verdict may be decided, but not wrongly.
        const int Most = 13;
        if (quantity.StartsWith("max([", StringComparison.Ordinal))
            supported.ShouldBeLessThanOrEqualTo(Most);
        else
            refuted.ShouldBeLessThanOrEqualTo(Most);
        if (bound == 1.0 && !quantity.StartsWith("min([", StringComparison.Ordinal))
            supported.ShouldBeLessThanOrEqualTo(Most);
    }

    [Fact]
    public void Programs_that_differ_are_found_different() => Enumerable.Range(0, 20).Count(trial =>
        ClaimEvaluator.Judge(Predicate("min([s=b] / [s=a])", ("AtLeast", "1")), Simulated(20, new Random(trial), 1.05))
            .Outcome == VerdictOutcome.Supported).ShouldBeGreaterThan(15);

    // The simulated data have sixteen places, noise of 3%, and rounds that are 5% slower or faster for all programs.
    private Dataset Simulated(int samples, Random random, double factor = 1)
    {
        var normal = new MathNet.Numerics.Distributions.Normal(0, 1, random);
        var observations = new List<Observation>();
        for (var round = 0; round < samples; round++)
        {
            var shared = 1 + 0.05 * normal.Sample();
            foreach (var (s, n) in from s in new[] { "a", "b" } from n in Enumerable.Range(1, 16) select (s, n))
                observations.Add(Data.DataFixture.Good($"{s}{n}", $"s={s};n={n}",
                    shared * (1 + 0.03 * normal.Sample()) * (s == "b" ? factor : 1)) with
                { Round = $"r/{round}" });
        }
        var built = DatasetBuilder.Build(Data.DataFixture.Dataset(("KeyColumns", "s;n")), observations);
        DatasetFile.Write(built, folder);
        return DatasetFile.Read(folder, "D", Origin.Measured)!;
    }
}
