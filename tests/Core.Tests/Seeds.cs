using System.Globalization;

namespace Verus.Artifact.Tests;

/// <summary>
/// Random numbers that can be had again: the seed is printed, and taken from the variable <see cref="Variable"/> where
/// that is set.
/// </summary>
public static class Seeds
{
    private const string Variable = "VERUS_ARTIFACT_TEST_SEED";

    public static Random New()
    {
        var seed = Environment.GetEnvironmentVariable(Variable) is { } given
            ? int.Parse(given, CultureInfo.InvariantCulture) : Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"{Variable}={seed}");
        return new Random(seed);
    }
}
