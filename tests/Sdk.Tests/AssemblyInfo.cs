using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]
// Tests do not run in parallel, because each starts builds of its own, which would only wait for each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
