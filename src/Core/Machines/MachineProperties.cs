namespace Verus.Artifact.Machines;

/// <summary>The properties of the command line that also hold on a machine.</summary>
internal static class MachineProperties
{
    // Properties about this machine, and those that the call on the machine gets itself.
    private static readonly string[] Own =
    [
        "Request", "From", "ArtifactRequest", "ArtifactMachine", "ArtifactEvaluationDir", "ArtifactCompare",
        "ArtifactExitCodeFile", "ArtifactLiveProgress", "ArtifactBundle", "ArtifactToolsDir", "ArtifactTasksAssembly",
        "ArtifactRunner", "ArtifactClaimErrors", "CurrentSolutionConfigurationContents", "NuGetInteractive",
    ];

    /// <summary>The properties for a machine.</summary>
    /// <param name="properties">All properties of the command line.</param>
    /// <param name="addresses">Addresses of machines, which no other machine has to know.</param>
    public static IEnumerable<(string Name, string Value)> For(IReadOnlyDictionary<string, string> properties,
        IReadOnlyList<string> addresses) =>
        properties.Where(pair => !Own.Contains(pair.Key, StringComparer.OrdinalIgnoreCase)
            && !pair.Key.StartsWith('_') && !pair.Key.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)
            && !addresses.Contains(pair.Value)).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => (pair.Key, pair.Value));

    /// <summary>A value as the command line takes it.</summary>
    public static string Escaped(string value) => value.Replace(";", "%3B", StringComparison.Ordinal)
        .Replace(",", "%2C", StringComparison.Ordinal);

    /// <summary>The properties of the command line, to repeat them.</summary>
    public static string Typed(IReadOnlyDictionary<string, string> properties) => string.Concat(properties
        .Where(pair => !pair.Key.StartsWith('_') && !pair.Key.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)
            && pair.Key is not ("Request" or "ArtifactRequest" or "ArtifactLiveProgress" or "ArtifactExitCodeFile"))
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => " " + Common.CommandLine.Quote($"-p:{pair.Key}={Escaped(pair.Value)}")));
}
