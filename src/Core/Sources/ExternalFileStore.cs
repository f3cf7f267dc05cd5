using System.Security.Cryptography;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>A download that is present and matches its hash.</summary>
/// <param name="Name">Name of the pin.</param>
/// <param name="Path">Absolute path of the file.</param>
/// <param name="Sha256">SHA-256 of the download's content.</param>
public sealed record AcquiredFile(string Name, string Path, string Sha256);

/// <summary>
/// Downloads files and checks their hashes. A pin without a hash is trusted on first use: the hash of the first
/// download is written to the ledger, and any other content is rejected from then on.
/// </summary>
public sealed class ExternalFileStore(EvaluationLayout layout, bool offline, ContentHashes hashes, IBuildLog log)
{
    /// <summary>The time after which a download from a silent server is regarded as failed.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Downloads all files; failures are added to <paramref name="problems"/>, and the other files are still
    /// downloaded.
    /// </summary>
    public async Task<IReadOnlyList<AcquiredFile>> AcquireAsync(IReadOnlyList<ExternalFile> files,
        AcquisitionProblems problems, CancellationToken cancellation)
    {
        var acquired = new List<AcquiredFile>();
        foreach (var file in files)
        {
            try
            {
                acquired.Add(await AcquireAsync(file, cancellation).ConfigureAwait(false));
            }
            catch (DiagnosticException problem)
            {
                problems.Add(file, problem);
            }
        }
        return acquired;
    }

    /// <summary>The path to which a file is downloaded, whether or not it exists yet.</summary>
    public static string PathOf(EvaluationLayout layout, ExternalFile file) =>
        Path.Combine(layout.Sources, ".files", file.Name, file.LocalName);

    private async Task<AcquiredFile> AcquireAsync(ExternalFile file, CancellationToken cancellation)
    {
        var path = PathOf(layout, file);
        var isHere = File.Exists(path);
        if (!isHere && offline)
            throw SourceRules.Offline.Error(file.Item.Where, file.Name);
        // If the hash of a pin was changed, the file is downloaded again; the present file is kept until the new one is
        // complete.
        if (!isHere || (!offline && file.Sha256 is { } pinned && hashes.OfFile(path) != pinned))
            await DownloadAsync(file, path, cancellation).ConfigureAwait(false);
        var hash = hashes.OfFile(path);
        if (file.Sha256 is null)
            PinWriter.Write(file.Item, "Sha256", hash, log);
        else if (file.Sha256 != hash)
            throw SourceRules.HashMismatch.Error(file.Item.Where, file.Name, file.Url, hash, file.Sha256);
        return new AcquiredFile(file.Name, path, hash);
    }

    private async Task DownloadAsync(ExternalFile file, string path, CancellationToken cancellation)
    {
        var partial = path + ".partial";
        var download = new Download(file.Url, partial, Patience);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // If an earlier download was killed before the last step, the partial file is already complete.
            if (file.Sha256 is null || !File.Exists(partial) || Hash(partial) != file.Sha256)
            {
                if (Uri.TryCreate(file.Url, UriKind.Absolute, out var uri) && uri.IsFile)
                    Copy(uri.LocalPath, partial);
                else
                    await download.LoadAsync(file.Sha256 is not null,
                        (have, total) =>
                            log.Progress(
                                $"{file.Name}: {have >> 20} MiB{(total is null ? "" : $" of {total >> 20} MiB")}"),
                                cancellation)
                        .ConfigureAwait(false);
            }
            if (file.Sha256 is { } pinned && Hash(partial) is var hash && hash != pinned)
            {
                File.Delete(partial);
                throw SourceRules.HashMismatch.Error(file.Item.Where, file.Name, file.Url, hash, pinned);
            }
            File.Move(partial, path, overwrite: true);
            download.Forget();
        }
        catch (Exception problem)
            when (problem is IOException or HttpRequestException or UnauthorizedAccessException or NotSupportedException
                or UriFormatException or InvalidOperationException)
        {
            throw (problem.HResult & 0xFFFF) == 28
                ? SourceRules.DiskFull.Error(file.Item.Where, file.Name)
                : SourceRules.DownloadFailed.Error(file.Item.Where, file.Name, file.Url, problem.Message.TrimEnd('.'));
        }
    }

    // Only a regular file is hashed, since opening a pipe would block, and a device never ends.
    private static void Copy(string source, string target)
    {
        if (FileFacts.Of(source) is { Kind: not FileKind.Regular and var kind })
            throw new IOException($"it is {kind.Words()}");
        File.Copy(source, target, overwrite: true);
    }

    private static string Hash(string path)
    {
        using var stream = RegularFile.Open(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
