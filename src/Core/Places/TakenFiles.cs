using Verus.Artifact.Common;

namespace Verus.Artifact.Places;

/// <summary>
/// Makes files that come out of a container safe. A program that is root in a container can leave files that would be a
/// way into this machine: programs that run as their owner whoever starts them (setuid), and device nodes.
/// </summary>
internal static class TakenFiles
{
    private const UnixFileMode Risky = UnixFileMode.SetUser | UnixFileMode.SetGroup;

    /// <summary>
    /// Removes setuid bits and similar ones from everything below a folder, and removes device nodes; no link is
    /// followed. A file that cannot be reached, such as one whose path is longer than the system allows, cannot be run
    /// either.
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
                // If the folder may not be listed, no other user can reach its content either.
            }
        }
    }
}
