namespace Verus.Artifact.Common;

/// <summary>A copy of a checkout for a command that changes its inputs.</summary>
public static class WorkingCopy
{
    private const UnixFileMode Ordinary = (UnixFileMode)0b111_111_111;

    /// <summary>
    /// Copies the files of a checkout, without git's own. Names are copied by their bytes, links stay links, and permissions stay but for the bits that give rights to
    /// whoever runs a file. Pipes, sockets and devices, which no repository holds, are not copied.
    /// </summary>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static void Make(string source, string target, CancellationToken cancellation)
    {
        Directory.CreateDirectory(target);
        if (!OperatingSystem.IsLinux())
        {
            MakeManaged(source, target, cancellation);
            return;
        }
        using var from = OpenFolder.At(source, followLink: true);
        using var to = OpenFolder.At(target);
        Copy(from, to, 0, cancellation);
    }

    private static void Copy(OpenFolder from, OpenFolder to, int depth, CancellationToken cancellation)
    {
        if (depth > FolderTree.Deepest)
            throw new IOException($"'{PlainText.Line(from.Path)}' has more than {FolderTree.Deepest} folders above it");
        foreach (var entry in from.Entries().Where(entry => entry.Name != ".git"))
        {
            cancellation.ThrowIfCancellationRequested();
            switch (entry.Kind)
            {
                case FileKind.Link:
                    to.Link(entry, from.TargetOf(entry));
                    break;
                case FileKind.Folder:
                    using (var below = from.Below(entry))
                    using (var made = to.Make(entry))
                        Copy(below, made, depth + 1, cancellation);
                    break;
                case FileKind.Regular:
                    using (var file = from.Read(entry))
                    using (var copy = to.Create(entry, from.ModeOf(entry) & Ordinary))
                        file.CopyTo(copy);
                    break;
            }
        }
    }

    private static void MakeManaged(string source, string target, CancellationToken cancellation)
    {
        foreach (var entry in new DirectoryInfo(source).EnumerateFileSystemInfos().Where(entry => entry.Name != ".git"))
        {
            cancellation.ThrowIfCancellationRequested();
            var to = Path.Combine(target, entry.Name);
            if (entry.LinkTarget is { } link)
                File.CreateSymbolicLink(to, link);
            else if (entry is DirectoryInfo)
                Make(entry.FullName, to, cancellation);
            else
                File.Copy(entry.FullName, to);
        }
    }
}
