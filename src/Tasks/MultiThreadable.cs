namespace Microsoft.Build.Framework;

/// <summary>
/// Tells a multithreaded MSBuild that a task may run beside others in one process. MSBuild goes by the name; the
/// attribute is declared here so that the tasks also load in versions that do not have it. All tasks of this SDK use
/// absolute paths only.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class MSBuildMultiThreadableTaskAttribute : Attribute;
