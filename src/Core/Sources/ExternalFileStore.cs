using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>A download that is here and has its hash.</summary>
/// <param name="Name">Name of the pin.</param>
/// <param name="Path">Absolute path.</param>
/// <param name="Sha256">SHA-256 of its content.</param>
public sealed record AcquiredFile(string Name, string Path, string Sha256);

/// <summary>
/// Downloads files and checks their hashes. A pin without a hash is trusted once: the hash of the first download is written to the ledger, and
/// any other content is refused from then on.
/// </summary>
public sealed class ExternalFileStore(EvaluationLayout layout, bool offline, ContentHashes hashes, IBuildLog log)
{
    /// <summary>Brings all files to this machine that can be brought; <paramref name="problems"/> takes what stands in the way of the others.</summary>
    public async Task<IReadOnlyList<AcquiredFile>> AcquireAsync(IReadOnlyList<ExternalFile> files, AcquisitionProblems problems, CancellationToken cancellation)
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

    /// <summary>Where the download of a file is, or will be.</summary>
    public static string PathOf(EvaluationLayout layout, ExternalFile file) => Path.Combine(layout.Sources, ".files", file.Name, file.LocalName);

    private async Task<AcquiredFile> AcquireAsync(ExternalFile file, CancellationToken cancellation)
    {
        var path = PathOf(layout, file);
        if (!File.Exists(path))
        {
            if (offline)
                throw SourceRules.Offline.Throw(file.Item.Where, file.Name);
            await DownloadAsync(file, path, cancellation).ConfigureAwait(false);
        }
        var hash = hashes.OfFile(path);
        if (file.Sha256 is null)
            PinWriter.Write(file.Item, "Sha256", hash, log);
        else if (file.Sha256 != hash)
            throw SourceRules.HashMismatch.Throw(file.Item.Where, file.Name, file.Url, hash, file.Sha256);
        return new AcquiredFile(file.Name, path, hash);
    }

    private async Task DownloadAsync(ExternalFile file, string path, CancellationToken cancellation)
    {
        var partial = path + ".partial";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (Uri.TryCreate(file.Url, UriKind.Absolute, out var uri) && uri.IsFile)
                File.Copy(uri.LocalPath, partial, overwrite: true);
            else
                await LoadAsync(file, partial, cancellation).ConfigureAwait(false);
            if (file.Sha256 is { } pinned && Hash(partial) is var hash && hash != pinned)
            {
                File.Delete(partial);
                throw SourceRules.HashMismatch.Throw(file.Item.Where, file.Name, file.Url, hash, pinned);
            }
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception problem) when (problem is IOException or HttpRequestException or UnauthorizedAccessException or NotSupportedException or UriFormatException or InvalidOperationException)
        {
            throw (problem.HResult & 0xFFFF) == 28
                ? SourceRules.DiskFull.Throw(file.Item.Where, file.Name)
                : SourceRules.DownloadFailed.Throw(file.Item.Where, file.Name, file.Url, problem.Message.TrimEnd('.'));
        }
    }

    // Goes on where an earlier download stopped, if the server can; else begins anew.
    private async Task LoadAsync(ExternalFile file, string partial, CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var have = File.Exists(partial) ? new FileInfo(partial).Length : 0;
        using var request = new HttpRequestMessage(HttpMethod.Get, file.Url);
        if (have > 0)
            request.Headers.Range = new RangeHeaderValue(have, null);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            return;
        response.EnsureSuccessStatusCode();
        var resumes = response.StatusCode == HttpStatusCode.PartialContent;
        var total = response.Content.Headers.ContentLength + (resumes ? have : 0);
        await using var target = new FileStream(partial, resumes ? FileMode.Append : FileMode.Create, FileAccess.Write);
        await using var source = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var buffer = new byte[1 << 16];
        int read;
        while ((read = await source.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            await target.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            log.Progress($"{file.Name}: {target.Length >> 20} MiB{(total is null ? "" : $" of {total >> 20} MiB")}");
        }
        if (total is not null && target.Length < total)
            throw new IOException($"the connection ended after {target.Length} of {total} bytes");
    }

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
