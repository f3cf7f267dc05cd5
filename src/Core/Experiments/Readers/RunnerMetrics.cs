namespace Verus.Artifact.Experiments.Readers;

/// <summary>What the runner measures of every sample.</summary>
internal static class RunnerMetrics
{
    /// <summary>The metrics with their units.</summary>
    public static IReadOnlyDictionary<string, string> Units { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["wall"] = "s",
            ["user"] = "s",
            ["system"] = "s",
            ["memory"] = "bytes"
        };
}
