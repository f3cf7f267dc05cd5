namespace Verus.Artifact.Common;

/// <summary>The folders that are searched for programs of the system.</summary>
internal static class SearchPath
{
    /// <summary>The part of a command's PATH that follows the folders of its tools.</summary>
    public const string System = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The folders of <see cref="System"/> as a list.</summary>
    public static IReadOnlyList<string> SystemFolders { get; } = System.Split(':');
}
