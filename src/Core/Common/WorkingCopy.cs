namespace Verus.Artifact.Common;

/// <summary>A copy of a checkout for a command that changes its inputs.</summary>
public static class WorkingCopy
{
    /// <summary>Copies the files of a checkout, without git's own; links stay links and modes stay as they are.</summary>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static void Make(string source, string target, CancellationToken cancellation)
    {
        Directory.CreateDirectory(target);
        foreach (var entry in new DirectoryInfo(source).EnumerateFileSystemInfos())
        {
            cancellation.ThrowIfCancellationRequested();
            var to = Path.Combine(target, entry.Name);
            if (entry.Name == ".git")
                continue;
            if (entry.LinkTarget is { } link)
                File.CreateSymbolicLink(to, link);
            else if (entry is DirectoryInfo)
                Make(entry.FullName, to, cancellation);
            else
                File.Copy(entry.FullName, to);
        }
    }
}
