namespace Verus.Artifact.Experiments.Readers;

/// <summary>The metrics that the runner measures of every sample.</summary>
internal static class RunnerMetrics
{
    /// <summary>The metrics that the runner measures, with their units.</summary>
    public static IReadOnlyDictionary<string, string> Units { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["wall"] = "s",
            ["user"] = "s",
            ["system"] = "s",
            ["memory"] = "bytes"
        };
}
