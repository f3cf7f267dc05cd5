namespace Verus.Artifact.Experiments.Readers;

/// <summary>Makes readings.</summary>
internal static class Readings
{
    /// <summary>The only row of a sample.</summary>
    public static Reading One(IReadOnlyDictionary<string, double> metrics) => new(new Dictionary<string, string>(), metrics);

    /// <summary>The only row of a sample with one metric.</summary>
    public static Reading One(string metric, double value) =>
        One(new Dictionary<string, double>(StringComparer.Ordinal) { [metric] = value });
}
