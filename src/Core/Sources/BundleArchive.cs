using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Sources;

/// <summary>A file that goes into a bundle.</summary>
/// <param name="Path">Path in the archive.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Of">What it belongs to.</param>
/// <param name="File">Absolute path of its content.</param>
public sealed record BundleInput(string Path, BundleKind Kind, string Of, string File)
{
    /// <summary>For git objects: the commits.</summary>
    public IReadOnlyList<string> Commits { get; init; } = [];
}

/// <summary>
/// Writes and reads the archive: a tar of plain files, compressed with gzip, with the manifest first. Order, times, owners and modes are fixed, so that
/// the same files give the same archive.
/// </summary>
public static class BundleArchive
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const int LongestManifest = 64 << 20;

    /// <summary>Writes a bundle under another name and renames it when it is whole.</summary>
    /// <exception cref="DiagnosticException">The archive cannot be written.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static async Task<BundleManifest> WriteAsync(string target, IReadOnlyList<BundleInput> inputs, string sdk, CancellationToken cancellation)
    {
        var ordered = inputs.OrderBy(input => input.Path, StringComparer.Ordinal).ToList();
        var manifest = new BundleManifest { Sdk = sdk, Entries = [.. ordered.Select(Describe)] };
        var partial = target + ".partial";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write))
            {
                // What is in it is compressed already.
                await using (var gzip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true))
                await using (var tar = new TarWriter(gzip, TarEntryFormat.Gnu))
                {
                    await using (var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(manifest, BundleJson.Default.BundleManifest)))
                        await tar.WriteEntryAsync(Entry(BundleManifest.FileName, json), cancellation).ConfigureAwait(false);
                    foreach (var input in ordered)
                        await using (var content = File.OpenRead(input.File))
                            await tar.WriteEntryAsync(Entry(input.Path, content), cancellation).ConfigureAwait(false);
                }
                file.Flush(flushToDisk: true);
            }
            File.Move(partial, target, overwrite: true);
            return manifest;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Explain(target, problem);
        }
        finally
        {
            if (File.Exists(partial))
                File.Delete(partial);
        }
    }

    /// <summary>Unpacks a bundle into an empty folder; when this returns, each file is there with its hash.</summary>
    /// <exception cref="DiagnosticException">The file is no bundle, of another format, or damaged. What was unpacked is of no use then.</exception>
    public static async Task<BundleManifest> ReadAsync(string archive, string folder, CancellationToken cancellation)
    {
        if (!File.Exists(archive))
            throw BundleRules.NotFound.Throw(SourceLocation.None, archive);
        BundleManifest? manifest = null;
        try
        {
            await using var file = File.OpenRead(archive);
            await using var gzip = new GZipStream(file, CompressionMode.Decompress);
            await using var tar = new TarReader(gzip);
            manifest = await ReadManifestAsync(tar, cancellation).ConfigureAwait(false) ?? throw BundleRules.Foreign.Throw(SourceLocation.None, archive);
            if (manifest.Format != BundleManifest.CurrentFormat)
                throw BundleRules.OtherFormat.Throw(SourceLocation.None, archive, manifest.Format, manifest.Sdk, BundleManifest.CurrentFormat);
            foreach (var expected in manifest.Entries)
                await ReadEntryAsync(tar, expected, archive, folder, cancellation).ConfigureAwait(false);
            return manifest;
        }
        catch (Exception problem) when (problem is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw manifest is null ? BundleRules.Foreign.Throw(SourceLocation.None, archive) : Damaged(archive, "it ends too early, or a block of it cannot be read");
        }
    }

    /// <summary>The folder of the archive that has the files of a kind.</summary>
    public static string FolderOf(BundleKind kind) => kind switch
    {
        BundleKind.Objects => "objects/",
        BundleKind.Package => "packages/",
        _ => "files/",
    };

    private static BundleEntry Describe(BundleInput input)
    {
        using var content = File.OpenRead(input.File);
        return new BundleEntry(input.Path, input.Kind, input.Of, input.Commits, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    private static GnuTarEntry Entry(string path, Stream content) =>
        new(TarEntryType.RegularFile, path) { DataStream = content, ModificationTime = DateTimeOffset.UnixEpoch, Mode = Mode };

    private static async Task<BundleManifest?> ReadManifestAsync(TarReader tar, CancellationToken cancellation)
    {
        try
        {
            return await tar.GetNextEntryAsync(cancellationToken: cancellation).ConfigureAwait(false) is { Name: BundleManifest.FileName, DataStream: { } content, Length: <= LongestManifest }
                ? await JsonSerializer.DeserializeAsync(content, BundleJson.Default.BundleManifest, cancellation).ConfigureAwait(false) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task ReadEntryAsync(TarReader tar, BundleEntry expected, string archive, string folder, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, expected.Path);
        if (!expected.Path.StartsWith(FolderOf(expected.Kind), StringComparison.Ordinal) || Path.GetFullPath(path) != path)
            throw Damaged(archive, $"'{expected.Path}' would lie outside of its folder");
        var entry = await tar.GetNextEntryAsync(cancellationToken: cancellation).ConfigureAwait(false);
        if (entry is null || entry.EntryType != TarEntryType.RegularFile || entry.Name != expected.Path || entry.Length != expected.Size)
            throw Damaged(archive, $"'{expected.Path}' is not there as the manifest says");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var target = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite);
        if (entry.DataStream is { } content)
            await content.CopyToAsync(target, cancellation).ConfigureAwait(false);
        target.Position = 0;
        if (Convert.ToHexStringLower(await SHA256.HashDataAsync(target, cancellation).ConfigureAwait(false)) != expected.Sha256)
            throw Damaged(archive, $"'{expected.Path}' does not have the hash that the manifest says");
    }

    private static DiagnosticException Damaged(string archive, string why) => BundleRules.Damaged.Throw(SourceLocation.None, archive, why);
}
