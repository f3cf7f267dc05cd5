using System.Formats.Tar;
using System.IO.Compression;
using Verus.Artifact.Common;

namespace Verus.Artifact.Machines;

/// <summary>A file that a machine needs for its part of an evaluation.</summary>
/// <param name="Path">Path of the file there, relative to the part's folder.</param>
/// <param name="Source">Absolute path of the file here.</param>
internal sealed record BroughtFile(string Path, string Source)
{
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead
        | UnixFileMode.OtherRead;
    private const UnixFileMode Runs = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>What a link points to; null for a regular file.</summary>
    public string? Link { get; } = new FileInfo(Source).LinkTarget;

    private bool IsExecutable => !OperatingSystem.IsWindows() && Link is null
        && (File.GetUnixFileMode(Source) & UnixFileMode.UserExecute) != 0;

    /// <summary>Kind and path, as the list on the machine has them.</summary>
    public string Record => $"{(Link is { } link ? $"l:{link}" : IsExecutable ? "x" : "f")} {Path}";

    /// <summary>Writes files as a compressed tar archive. Their times are kept, since builds compare times.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static async Task PackAsync(IEnumerable<BroughtFile> files, Stream target, CancellationToken cancellation)
    {
        await using var zip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true);
        await using var tar = new TarWriter(zip, TarEntryFormat.Pax, leaveOpen: true);
        foreach (var file in files)
        {
            if (file.Link is { } link)
            {
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, file.Path) { LinkName = link },
                    cancellation).ConfigureAwait(false);
                continue;
            }
            await using var content = RegularFile.Open(file.Source);
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, file.Path)
            {
                DataStream = content,
                Mode = file.IsExecutable ? Plain | Runs : Plain,
                ModificationTime = File.GetLastWriteTimeUtc(file.Source),
            }, cancellation).ConfigureAwait(false);
        }
    }
}
