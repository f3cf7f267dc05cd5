using System.Formats.Tar;
using Verus.Artifact.Common;

namespace Verus.Artifact.Places.Vm;

/// <summary>
/// Unpacks an archive from a guest. Programs that run in the guest as root are not trusted on this machine: files and
/// folders are extracted with the permissions of ordinary files; links, pipes, sockets and device nodes are skipped; a
/// name that leads out of the folder makes the whole archive invalid.
/// </summary>
internal static class GuestArchive
{
    private const UnixFileMode Ordinary = (UnixFileMode)0b111_111_111;

    /// <summary>
    /// Unpacks an archive into an existing folder. The folder must contain no link, and contains none afterwards.
    /// </summary>
    /// <exception cref="InvalidDataException">The archive is damaged, or contains a forbidden name.</exception>
    /// <exception cref="IOException">The archive is truncated.</exception>
    /// <exception cref="Diagnostics.DiagnosticException">A file cannot be written on this machine.</exception>
    public static async Task UnpackAsync(Stream archive, string folder, CancellationToken cancellation)
    {
        await using var reader = new TarReader(archive, leaveOpen: true);
        while (await NextAsync(reader, cancellation).ConfigureAwait(false) is { } entry)
        {
            var path = Path.Combine(folder, Checked(entry.Name));
            switch (entry.EntryType)
            {
                case TarEntryType.Directory or TarEntryType.DirectoryList:
                    Within(() => Directory.CreateDirectory(path), path, entry.Name + "/");
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    await WriteAsync(entry, path, cancellation).ConfigureAwait(false);
                    break;
                // For a hard link, the file that it links to precedes it in the archive.
                case TarEntryType.HardLink when Path.Combine(folder, Checked(entry.LinkName)) is var first
                    && File.Exists(first):
                    Within(() => File.Copy(first, path, overwrite: true), path, entry.Name);
                    break;
            }
        }
        // The padding that follows the last entry is read so that the sender can finish.
        await archive.CopyToAsync(Stream.Null, cancellation).ConfigureAwait(false);
    }

    private static async Task<TarEntry?> NextAsync(TarReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.GetNextEntryAsync(copyData: false, cancellation).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is FormatException or ArgumentException or InvalidOperationException
            or OverflowException)
        {
            throw new InvalidDataException(problem.Message);
        }
    }

    private static async Task WriteAsync(TarEntry entry, string path, CancellationToken cancellation)
    {
        FileStream? file = null;
        Within(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            file = new FileStream(path, FileMode.Create, FileAccess.Write);
        }, path, entry.Name);
        await using (file)
        {
            if (entry.DataStream is { } content)
                await content.CopyToAsync(file!, cancellation).ConfigureAwait(false);
        }
        // A file that was unpacked is owned by the caller, who must be able to read and remove it.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, entry.Mode & Ordinary | UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    // An impossible name, or a file where a folder should be, is a fault of the archive; every other problem is one of
    // this machine.
    private static void Within(Action write, string path, string name)
    {
        if (Directory.Exists(path) && !name.EndsWith('/') || Ancestors(path).Any(File.Exists))
            throw new InvalidDataException($"'{Shown(name)}' is a file and a folder");
        try
        {
            write();
        }
        catch (Exception problem) when (problem is PathTooLongException or ArgumentException)
        {
            throw new InvalidDataException($"'{Shown(name)}' cannot be unpacked: {problem.Message}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Explain(path, problem);
        }
    }

    private static IEnumerable<string> Ancestors(string path)
    {
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
            yield return folder;
    }

    private static string Checked(string name)
    {
        var parts = name.Split('/').Where(part => part is not ("" or ".")).ToList();
        return name.StartsWith('/') || parts.Contains("..") || name.Contains('\0', StringComparison.Ordinal)
            ? throw new InvalidDataException($"the name '{Shown(name)}' leads out of the folder")
            : string.Join('/', parts);
    }

    // A name from a guest may contain any character, and is made safe because it is shown on a terminal.
    private static string Shown(string name) =>
        string.Concat(name.Take(200).Select(c => char.IsControl(c) ? '\ufffd' : c));
}
