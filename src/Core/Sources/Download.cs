using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Verus.Artifact.Common;

namespace Verus.Artifact.Sources;

/// <summary>
/// Downloads a URL into a file. An earlier attempt is resumed only when the server confirms that the content has not
/// changed; parts of two versions are never mixed in one file.
/// </summary>
/// <param name="url">The URL: http or https.</param>
/// <param name="partial">Absolute path of the file, beside which the server's details about it are stored.</param>
/// <param name="patience">The longest time that the server may be silent.</param>
internal sealed class Download(string url, string partial, TimeSpan patience)
{
    private static readonly HttpClient Client =
        new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(30) })
        {
            Timeout = Timeout.InfiniteTimeSpan
        };

    /// <summary>
    /// The size of the content of a URL in bytes; null when the server does not answer at once or does not tell.
    /// </summary>
    public static async Task<long?> SizeAsync(string url, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, url);
            using var response = await Client.SendAsync(request, patience.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? response.Content.Headers.ContentLength : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private string OriginFile => partial + ".origin";

    /// <summary>
    /// Downloads the whole content; when this returns, the file is complete as far as the server tells.
    /// </summary>
    /// <param name="isPinned">Whether the hash of the content is known. If the hash is not known, a single response
    /// must contain the whole content and state its length, because the hash of this download will be pinned and
    /// trusted from then on.</param>
    /// <param name="progress">Function that receives the number of bytes so far, and the total if the server states
    /// it.</param>
    /// <param name="cancellation">Cancels the download; the bytes received so far are kept.</param>
    /// <exception cref="IOException">The connection broke, the server is silent or sends something that was not asked
    /// for, or the disk cannot be written.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached, or refuses the request.</exception>
    public async Task LoadAsync(bool isPinned, Action<long, long?> progress, CancellationToken cancellation)
    {
        if (isPinned && Earlier() is { } origin && new FileInfo(partial).Length is var have and > 0)
        {
            using var rest = await AskAsync(have, origin, cancellation).ConfigureAwait(false);
            if (Continues(rest, have, origin))
            {
                await CopyAsync(rest, have, rest.Content.Headers.ContentRange!.Length, progress,
                    cancellation).ConfigureAwait(false);
                return;
            }
            if (rest.StatusCode == HttpStatusCode.OK)
            {
                await BeginAsync(rest, isPinned, progress, cancellation).ConfigureAwait(false);
                return;
            }
            // If the range does not match the server's content (416), or the server sent another range, the bytes
            // downloaded so far are useless.
        }
        using var whole = await AskAsync(0, null, cancellation).ConfigureAwait(false);
        await BeginAsync(whole, isPinned, progress, cancellation).ConfigureAwait(false);
    }

    /// <summary>Removes the server's details about a file that is now complete.</summary>
    public void Forget() => File.Delete(OriginFile);

    private async Task<HttpResponseMessage> AskAsync(long from, Origin? origin, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (origin is not null)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
            request.Headers.TryAddWithoutValidation("If-Range", origin.Tag ?? origin.Modified);
        }
        return await InTimeAsync(token => Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token),
            cancellation).ConfigureAwait(false);
    }

    private bool Continues(HttpResponseMessage response, long from, Origin origin) =>
        response.StatusCode == HttpStatusCode.PartialContent
        && response.Content.Headers.ContentRange is { Unit: "bytes" } range && range.From == from
        && range.Length is { } length && range.To == length - 1
        && (origin.Length is null || origin.Length == length)
        && Origin.Of(url, response, length) is var now && (now.Tag ?? origin.Tag) == origin.Tag
        && (now.Modified ?? origin.Modified) == origin.Modified;

    private async Task BeginAsync(HttpResponseMessage response, bool isPinned, Action<long, long?> progress,
        CancellationToken cancellation)
    {
        response.EnsureSuccessStatusCode();
        if (response.StatusCode != HttpStatusCode.OK)
            throw new IOException($"the server answered {(int)response.StatusCode} to a request for the whole file");
        var length = response.Content.Headers.ContentLength;
        if (!isPinned && length is null && response.Version.Major < 2
            && response.Headers.TransferEncodingChunked != true)
            throw new IOException(
                "the server does not say how long the file is, so a truncated copy could not be detected; write the "
                    + "file's Sha256 to the ledger");
        // The partial file is removed before the details about its origin are written, so that they never stand beside
        // bytes from another origin.
        File.Delete(OriginFile);
        File.Delete(partial);
        if (Origin.Of(url, response, length) is { IsEnough: true } origin)
            AtomicFile.Write(OriginFile, JsonSerializer.Serialize(origin));
        await CopyAsync(response, 0, length, progress, cancellation).ConfigureAwait(false);
    }

    private async Task CopyAsync(HttpResponseMessage response, long have, long? total, Action<long, long?> progress,
        CancellationToken cancellation)
    {
        await using var target = new FileStream(partial, have > 0 ? FileMode.Append : FileMode.Create,
            FileAccess.Write);
        await using var source = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var buffer = new byte[1 << 16];
        int read;
        while ((read = await InTimeAsync(token => source.ReadAsync(buffer, token).AsTask(),
            cancellation).ConfigureAwait(false)) > 0)
        {
            await target.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            progress(have += read, total);
        }
        if (total is not null && have != total)
            throw new IOException($"the connection ended after {have} of {total} bytes");
    }

    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> wait, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        try
        {
            return await wait(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"the server sent nothing for {patience.TotalSeconds:0.#} s"));
        }
    }

    private Origin? Earlier()
    {
        try
        {
            return File.Exists(partial) && File.Exists(OriginFile)
                && JsonSerializer.Deserialize<Origin>(File.ReadAllBytes(OriginFile)) is { IsEnough: true } origin
                && origin.Url == url
                ? origin : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The value that distinguishes one version of a file from another: a strong entity tag, or else the time of the
    // last change.
    private sealed record Origin(string Url, string? Tag, string? Modified, long? Length)
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public bool IsEnough => Tag is not null || Modified is not null;

        public static Origin Of(string url, HttpResponseMessage response, long? length) => new(url,
            response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : null,
            response.Content.Headers.LastModified?.ToUniversalTime().ToString("R",
                System.Globalization.CultureInfo.InvariantCulture), length);
    }
}
