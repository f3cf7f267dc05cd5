using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]
// Each test starts builds of its own; side by side they would only wait for each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
