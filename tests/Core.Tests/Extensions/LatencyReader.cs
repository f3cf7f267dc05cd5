namespace Verus.Artifact.Tests.Extensions;

/// <summary>
/// An extension for tests that need a reader which announces columns and metrics: <c>latencies</c>, with rows of
/// columns and a metric in ns.
/// </summary>
internal static class LatencyReader
{
    private static readonly Lazy<string> File =
        new(() => Compiled.To(Directory.CreateTempSubdirectory("latency-reader-").FullName, "Latencies", """
        using Verus.Artifact.Extensions;
        public sealed class Latencies : IOutputReader
        {
            public string Name => "latencies";
            public int Version => 1;
            public ReaderOutline? Outline => ReaderOutline.Of("series operation benchmark", "latency|ns time|s");
            public IReadOnlyList<Reading> Read(SampleOutput output) => throw new FormatException("nothing is measured with it");
        }
        """));

    /// <summary>The item that loads the extension, as XML.</summary>
    public static string Item => $"<ArtifactExtension Include='{File.Value}' />";
}
