using Verus.Artifact.Common;

namespace Verus.Artifact.Places;

/// <summary>
/// Files that come out of a container. A program that is root there can leave files that would be a way into this
/// machine: programs that run as their owner whoever starts them (setuid), and device nodes.
/// </summary>
internal static class TakenFiles
{
    private const UnixFileMode Risky = UnixFileMode.SetUser | UnixFileMode.SetGroup;

    /// <summary>
    /// Removes such bits from everything below a folder, and removes device nodes; no link is followed. What cannot be
    /// reached, such as a path that is longer than the system allows, cannot be run either.
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
                // The folder may not be listed; nobody else can reach its content either.
            }
        }
    }
}
