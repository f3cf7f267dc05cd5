using System.Reflection;

namespace Verus.Artifact.Evaluation;

/// <summary>The version of this SDK, for records.</summary>
public static class SdkVersion
{
    /// <summary>The version of this SDK, such as 0.1.0, without build metadata.</summary>
    public static string Text { get; } =
        typeof(SdkVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion
            .Split('+')[0];
}
