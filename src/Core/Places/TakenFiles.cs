using Verus.Artifact.Common;

namespace Verus.Artifact.Places;

/// <summary>
/// Files that come out of a container. As root there a program can leave what would be a way into this machine:
/// programs that run as their owner whoever starts them, and nodes of devices.
/// </summary>
internal static class TakenFiles
{
    private const UnixFileMode Risky = UnixFileMode.SetUser | UnixFileMode.SetGroup;

    /// <summary>
    /// Takes such bits away from everything below a folder, and removes nodes of devices; no link is followed. What
    /// cannot be reached, such as a path that is longer than the system takes, cannot be run either.
    /// </summary>
    public static void Tame(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var folders = new Stack<string>([folder]);
        while (folders.TryPop(out var current))
        {
            try
            {
                foreach (var path in Directory.EnumerateFileSystemEntries(current))
                {
                    if (FileFacts.Of(path, followLink: false) is not { } facts)
                        continue;
                    if (facts.Kind is FileKind.BlockDevice or FileKind.CharacterDevice)
                        File.Delete(path);
                    else if (facts.Kind is FileKind.Folder)
                        folders.Push(path);
                    else if (facts.Kind is FileKind.Regular && (facts.Permissions & Risky) != 0)
                        File.SetUnixFileMode(path, facts.Permissions & ~Risky);
                }
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // A folder that may not be listed: what is in it stays where nobody else can reach it either.
            }
        }
    }
}
