using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Sources;

/// <summary>A file that goes into a bundle.</summary>
/// <param name="Path">Path in the archive.</param>
/// <param name="Kind">The kind of the file.</param>
/// <param name="Of">The pin or URL that the file belongs to.</param>
/// <param name="File">Absolute path of the file with the content.</param>
public sealed record BundleInput(string Path, BundleKind Kind, string Of, string File)
{
    /// <summary>The commits that the file contains, if it is a pack of git objects.</summary>
    public IReadOnlyList<string> Commits { get; init; } = [];
}

/// <summary>
/// Writes and reads the archive of a bundle: a tar of plain files, compressed with gzip, with the manifest first.
/// Order, times, owners and modes are fixed, so that the same files give the same archive.
/// </summary>
public static class BundleArchive
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead
        | UnixFileMode.OtherRead;
    private const int LongestManifest = 16 << 20;
    private const double Megabyte = 1e6;
    private const int Block = 512;
    // The number of bytes that an entry needs in addition to its content: its header, the header and name of an entry
    // for a long name, and the padding of the last block.
    private const int Overhead = 5 * Block;
    // The maximum factor by which an archive may expand: the compression of bundles reduces no file to less than a
    // hundredth, so an archive that expands further was crafted to fill a disk.
    private const long MostExpansion = 150;
    private const long AlwaysAllowed = 64L << 20;

    /// <summary>Writes a bundle under a temporary name and renames it once it is complete.</summary>
    /// <exception cref="DiagnosticException">The archive cannot be written.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static async Task<BundleManifest> WriteAsync(string target, IReadOnlyList<BundleInput> inputs, string sdk,
        CancellationToken cancellation)
    {
        var ordered = inputs.OrderBy(input => input.Path, StringComparer.Ordinal).ToList();
        var manifest = new BundleManifest { Sdk = sdk, Entries = [.. ordered.Select(Describe)] };
        var partial = target + ".partial";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write))
            {
                await using (var gzip = new GzipMembers(file))
                await using (var tar = new TarWriter(gzip, TarEntryFormat.Gnu))
                {
                    await gzip.BeginAsync(stored: false).ConfigureAwait(false);
                    await using (var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(manifest,
                        BundleJson.Default.BundleManifest)))
                        await tar.WriteEntryAsync(Entry(BundleManifest.FileName, json),
                            cancellation).ConfigureAwait(false);
                    foreach (var input in ordered)
                        await using (var content = File.OpenRead(input.File))
                        {
                            await gzip.BeginAsync(await GzipMembers.IsCompressedAsync(content, cancellation)
                                .ConfigureAwait(false)).ConfigureAwait(false);
                            await tar.WriteEntryAsync(Entry(input.Path, content), cancellation).ConfigureAwait(false);
                        }
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

    /// <summary>
    /// Unpacks a bundle into an empty folder; when this method returns, every chosen file is in the folder and matches
    /// its hash. Everything that the manifest states is checked before anything is unpacked, and files that were not
    /// chosen are not written.
    /// </summary>
    /// <param name="archive">Absolute path of the archive.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="choose">Function that chooses the entries to unpack from a manifest whose values are well-formed;
    /// it may throw an exception to end the operation.</param>
    /// <param name="cancellation">Cancels the unpacking.</param>
    /// <exception cref="DiagnosticException">The file is not a bundle, has another format, or is damaged. If the bundle
    /// is rejected, the unpacked files must not be used.</exception>
    public static async Task<BundleManifest> ReadAsync(string archive, string folder,
        Func<BundleManifest, IReadOnlyCollection<BundleEntry>> choose, CancellationToken cancellation)
    {
        if (!File.Exists(archive))
            throw BundleRules.NotFound.Error(SourceLocation.None, archive);
        // A bundle must be a regular file, since opening a pipe would block.
        if (FileFacts.IsOdd(archive))
            throw BundleRules.Foreign.Error(SourceLocation.None, archive);
        BundleManifest? manifest = null;
        try
        {
            await using var file = File.OpenRead(archive);
            await using var gzip = new GZipStream(file, CompressionMode.Decompress);
            await using var limited = new LimitedStream(gzip) { Rest = LongestManifest + Overhead };
            await using var tar = new TarReader(limited);
            manifest = await ReadManifestAsync(tar, cancellation).ConfigureAwait(false)
                ?? throw new InvalidDataException();
            if (manifest.Format != BundleManifest.CurrentFormat)
                throw BundleRules.OtherFormat.Error(SourceLocation.None, archive, manifest.Format,
                    FileNames.Shown(manifest.Sdk), BundleManifest.CurrentFormat);
            if (manifest.Problem() is { } problem)
                throw Damaged(archive, problem);
            CheckSize(archive, file.Length, manifest);
            var chosen = choose(manifest).ToHashSet();
            limited.Rest = manifest.Entries.Sum(entry => entry.Size + entry.Path.Length + Overhead) + 100 * Block;
            foreach (var expected in manifest.Entries)
                await ReadEntryAsync(tar, expected, archive, chosen.Contains(expected)
                    ? Path.Combine(folder, expected.Path) : null, cancellation).ConfigureAwait(false);
            return await tar.GetNextEntryAsync(cancellationToken: cancellation).ConfigureAwait(false) is null ? manifest
                : throw Damaged(archive, "it contains more than its manifest says");
        }
        catch (Exception problem)
            when (problem is InvalidDataException or EndOfStreamException or FormatException or ArgumentException
                or OverflowException or NotSupportedException)
        {
            throw manifest is null ? BundleRules.Foreign.Error(SourceLocation.None, archive)
                : Damaged(archive, "it ends too early, or a block of it cannot be read");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Explain(Path.Combine(folder, BundleManifest.FileName), problem);
        }
    }

    /// <summary>Describes the contents of an archive in one line.</summary>
    public static string Describe(string archive, BundleManifest manifest)
    {
        string Count(BundleKind kind, string noun) =>
            Amount.Count(manifest.Entries.Count(entry => entry.Kind == kind), noun);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{archive}: {Count(BundleKind.Objects, "repository")} at "
                + $"{Amount.Count(manifest.Entries.Sum(entry => entry.Commits.Count), "commit")}, "
                + $"{Count(BundleKind.File, "download")}, "
            + $"{Count(BundleKind.Package, "package")}, {Count(BundleKind.Image, "built image")}, "
            + $"{new FileInfo(archive).Length / Megabyte:0.0} MB, SHA-256 "
            + $"{new ContentHashes().OfFile(archive)}");
    }

    private static BundleEntry Describe(BundleInput input)
    {
        using var content = File.OpenRead(input.File);
        return new BundleEntry(input.Path, input.Kind, input.Of, input.Commits, content.Length,
            Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    private static GnuTarEntry Entry(string path, Stream content) =>
        new(TarEntryType.RegularFile, path)
        {
            DataStream = content,
            ModificationTime = DateTimeOffset.UnixEpoch,
            Mode = Mode
        };

    private static async Task<BundleManifest?> ReadManifestAsync(TarReader tar, CancellationToken cancellation)
    {
        try
        {
            return await tar.GetNextEntryAsync(cancellationToken: cancellation)
                .ConfigureAwait(false) is
            {
                Name: BundleManifest.FileName, DataStream: { } content,
                Length: <= LongestManifest
            }
                ? await JsonSerializer.DeserializeAsync(content, BundleJson.Default.BundleManifest,
                    cancellation).ConfigureAwait(false) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task ReadEntryAsync(TarReader tar, BundleEntry expected, string archive, string? path,
        CancellationToken cancellation)
    {
        var entry = await tar.GetNextEntryAsync(cancellationToken: cancellation).ConfigureAwait(false);
        if (entry is null || entry.EntryType != TarEntryType.RegularFile || entry.Name != expected.Path
            || entry.Length != expected.Size)
            throw Damaged(archive, $"'{FileNames.Shown(expected.Path)}' is missing, or differs from the manifest");
        if (path is not null)
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using Stream target = path is null
            ? Stream.Null : new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        int read;
        while (entry.DataStream is { } content
            && (read = await content.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
        }
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != expected.Sha256)
            throw Damaged(archive, $"'{FileNames.Shown(expected.Path)}' does not have the hash of the manifest");
    }

    private static void CheckSize(string archive, long length, BundleManifest manifest)
    {
        var most = AlwaysAllowed + MostExpansion * length;
        // Sizes are added as unbounded integers, since sizes that come from other sources may overflow.
        if (manifest.Entries.Aggregate(System.Numerics.BigInteger.Zero, (sum, entry) => sum + entry.Size) > most)
            throw BundleRules.TooFar.Error(SourceLocation.None, archive, Amount.Bytes(length),
                FileNames.Shown(manifest.Entries.MaxBy(entry => entry.Size)!.Path), MostExpansion);
    }

    private static DiagnosticException Damaged(string archive, string why) =>
        BundleRules.Damaged.Error(SourceLocation.None, archive, why);
}
