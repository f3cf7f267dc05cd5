using System.IO.Compression;

namespace Verus.Artifact.Sources;

/// <summary>
/// Writes a gzip file in several members, each of which is compressed or stored. Packs of git, packages and downloaded
/// archives are compressed already: compressing them again takes long and does not make them smaller. Every gzip
/// program reads the members as one file.
/// </summary>
/// <param name="file">The stream to which the members are written; it is not closed.</param>
internal sealed class GzipMembers(Stream file) : Stream
{
    private const int Probe = 256 << 10;
    // The share by which a probe of the content must shrink; otherwise the content is stored as it is.
    private const double LeastGain = 0.05;
    private GZipStream? member;

    /// <summary>Begins a new member of the gzip file.</summary>
    /// <param name="stored">Whether the following bytes are stored as they are.</param>
    public async Task BeginAsync(bool stored)
    {
        if (member is not null)
            await member.DisposeAsync().ConfigureAwait(false);
        member = new GZipStream(file, stored ? CompressionLevel.NoCompression : CompressionLevel.Fastest,
            leaveOpen: true);
    }

    /// <summary>Whether a content is compressed already, judged by its beginning and its middle.</summary>
    /// <param name="content">The stream with the content, which is rewound.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    public static async Task<bool> IsCompressedAsync(Stream content, CancellationToken cancellation)
    {
        using var packed = new MemoryStream();
        long taken = 0;
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (var from in new[] { 0, content.Length / 2 }.Distinct())
            {
                var buffer = new byte[Probe];
                content.Position = from;
                var count = await content.ReadAtLeastAsync(buffer, Probe, throwOnEndOfStream: false, cancellation)
                    .ConfigureAwait(false);
                await gzip.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
                taken += count;
            }
        }
        content.Position = 0;
        return packed.Length > taken * (1 - LeastGain);
    }

    /// <inheritdoc/>
    public override bool CanRead => false;
    /// <inheritdoc/>
    public override bool CanSeek => false;
    /// <inheritdoc/>
    public override bool CanWrite => true;
    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();
    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => member!.Write(buffer, offset, count);

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer) => member!.Write(buffer);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        member!.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        member!.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush() => member?.Flush();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            member?.Dispose();
        base.Dispose(disposing);
    }
}
