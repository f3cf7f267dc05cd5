using System.Globalization;

namespace Verus.Artifact.Tests;

/// <summary>
/// Random numbers that can be reproduced: the seed is printed, and is taken from the environment variable <see
/// cref="Variable"/> if that is set.
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
