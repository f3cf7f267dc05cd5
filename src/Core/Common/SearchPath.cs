namespace Verus.Artifact.Common;

/// <summary>The folders in which programs of the system are looked for.</summary>
internal static class SearchPath
{
    /// <summary>The PATH of commands behind the folders of their tools.</summary>
    public const string System = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The same as a list.</summary>
    public static IReadOnlyList<string> SystemFolders { get; } = System.Split(':');
}
