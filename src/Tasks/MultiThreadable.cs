namespace Microsoft.Build.Framework;

/// <summary>
/// Tells a multithreaded MSBuild that a task may run in parallel with others in one process. MSBuild recognises the
/// attribute by its name; the SDK declares it so that the tasks also load in versions of MSBuild without the attribute.
/// All tasks of this SDK use absolute paths only.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class MSBuildMultiThreadableTaskAttribute : Attribute;
