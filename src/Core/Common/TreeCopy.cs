namespace Verus.Artifact.Common;

/// <summary>
/// Copies folders exactly: names byte for byte, links as links, and holes in files as holes. Permissions of copied
/// files are kept, except for the bits that give rights to whoever runs a file. Pipes, sockets and devices, which no
/// repository holds, are not copied.
/// </summary>
internal static class TreeCopy
{
    private const UnixFileMode Ordinary = (UnixFileMode)0b111_111_111;

    /// <summary>Copies the content of a folder into another one, which is created if it does not exist.</summary>
    /// <param name="source">Absolute path of the folder.</param>
    /// <param name="target">Absolute path of the copy.</param>
    /// <param name="gitEntry">Decides what becomes of a <c>.git</c> entry, given its absolute path and whether it is a
    /// folder. If the result is null, the entry is left out; if it is empty, the entry is copied; any other text
    /// becomes the entry's content.</param>
    /// <param name="cancellation">Cancels the copy between two files.</param>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file or folder cannot be accessed for lack of
    /// permission.</exception>
    public static void Make(string source, string target, Func<string, bool, string?> gitEntry,
        CancellationToken cancellation)
    {
        Directory.CreateDirectory(target);
        if (!OperatingSystem.IsLinux())
        {
            CopyManaged(new DirectoryInfo(source), target, gitEntry, cancellation);
            return;
        }
        using var from = OpenFolder.At(source, followLink: true);
        using var to = OpenFolder.At(target);
        Copy(from, to, 0, gitEntry, cancellation);
    }

    private static void Copy(OpenFolder from, OpenFolder to, int depth, Func<string, bool, string?> gitEntry,
        CancellationToken cancellation)
    {
        if (depth > FolderTree.Deepest)
            throw new IOException($"'{PlainText.Line(from.Path)}' has more than {FolderTree.Deepest} folders above it");
        foreach (var entry in from.Entries())
        {
            cancellation.ThrowIfCancellationRequested();
            if (entry.Name == ".git")
            {
                if (gitEntry($"{from.Path}/.git", entry.Kind == FileKind.Folder) is not { } text)
                    continue;
                if (text.Length > 0)
                {
                    using var file = to.Create(entry, Ordinary);
                    file.Write(System.Text.Encoding.UTF8.GetBytes(text));
                    continue;
                }
            }
            switch (entry.Kind)
            {
                case FileKind.Link:
                    to.Link(entry, from.TargetOf(entry));
                    break;
                case FileKind.Folder:
                    using (var below = from.Below(entry))
                    using (var made = to.Make(entry))
                        Copy(below, made, depth + 1, gitEntry, cancellation);
                    break;
                case FileKind.Regular:
                    using (var file = from.Read(entry))
                    using (var copy = to.Create(entry, from.ModeOf(entry) & Ordinary))
                        RegularFile.Copy(file, copy, cancellation);
                    break;
            }
        }
    }

    private static void CopyManaged(DirectoryInfo folder, string target, Func<string, bool, string?> gitEntry,
        CancellationToken cancellation)
    {
        Directory.CreateDirectory(target);
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            cancellation.ThrowIfCancellationRequested();
            var path = Path.Combine(target, entry.Name);
            var text = entry.Name == ".git" ? gitEntry(entry.FullName, entry is DirectoryInfo) : "";
            if (text is null)
                continue;
            if (text.Length > 0)
                File.WriteAllText(path, text);
            else if (entry.LinkTarget is { } link)
                File.CreateSymbolicLink(path, link);
            else if (entry is DirectoryInfo below)
                CopyManaged(below, path, gitEntry, cancellation);
            else
                File.Copy(entry.FullName, path);
        }
    }
}
