using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Verus.Artifact.Common;

/// <summary>
/// SHA-256 hashes of file contents, cached by path and stat tuple, so that an unchanged file is read only once.
/// This class is thread-safe. The cache file is disposable: without it, every file is hashed again.
/// </summary>
public sealed class ContentHashes
{
    // The hash of a file that changed less than this time before it was hashed is not cached, since the file could
    // change again with the same time stamp.
    private static readonly long Settled = TimeSpan.FromSeconds(2).Ticks * 100;

    // The maximum size of a file in bytes. The size of files is limited because a sparse file may claim to be larger
    // than any disk, and reading it would take hours.
    private const long Largest = 64L << 30;

    private readonly ConcurrentDictionary<string, (FileStamp Stamp, string Hash)> known = new(StringComparer.Ordinal);
    private readonly string? cacheFile;

    /// <summary>
    /// Creates a cache that is kept in <paramref name="cacheFile"/>, or only in memory when <paramref
    /// name="cacheFile"/> is null.
    /// </summary>
    public ContentHashes(string? cacheFile = null)
    {
        this.cacheFile = cacheFile;
        if (cacheFile is null)
            return;
        foreach (var line in ReadCache(cacheFile))
        {
            var cells = line.Split('\t');
            if (cells.Length == 6 && cells.Skip(1).Take(4)
                .All(cell => long.TryParse(cell, CultureInfo.InvariantCulture, out _)))
                known[cells[0]] = (new FileStamp(Long(cells[1]), Long(cells[2]), Long(cells[3]), Long(cells[4])),
                    cells[5]);
        }
    }

    /// <summary>The lower-case hexadecimal SHA-256 of a file's content.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string OfFile(string path)
    {
        var stamp = FileStamp.Of(path);
        if (known.TryGetValue(path, out var entry) && entry.Stamp == stamp)
            return entry.Hash;
        var hash = Read(path);
        if (DateTime.UtcNow.Subtract(DateTime.UnixEpoch).Ticks * 100 - Math.Max(stamp.Modified, stamp.Changed)
            > Settled)
            known[path] = (stamp, hash);
        return hash;
    }

    /// <summary>
    /// The hash of a file that may be a link. The hash of a link to a file covers the target path and the content of
    /// the file; the hash of a link to a folder covers only the target path.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read, or neither it nor the target of the link is a regular
    /// file; the message of the exception says which, as a sentence without its subject.</exception>
    public string OfEntry(string path)
    {
        var kind = Globbing.KindOf(path);
        if (kind is FileKind.Link)
        {
            var target = new FileInfo(path).LinkTarget;
            return FileFacts.Of(path) switch
            {
                { Kind: FileKind.Folder } => OfText($"link {target}"),
                { Kind: FileKind.Regular } => OfText($"link {target}\n{OfFile(path)}"),
                { Kind: var other } => throw new IOException($"is a link to '{target}', which is {other.Words()}"),
                null => OperatingSystem.IsLinux()
                    ? throw new IOException($"is a link to '{target}', which does not exist or leads back to the link")
                    : OfText($"link {target}\n{OfFile(path)}"),
            };
        }
        return kind is FileKind.Regular ? OfFile(path)
            : throw new IOException(kind is { } what
                ? $"is {what.Words()}" : "has a name that is not UTF-8, or no longer exists");
    }

    /// <summary>
    /// The hash of the relative paths and contents of everything below a folder, or of a single file. A link
    /// contributes its target path and, if it leads to a file, the content of that file; an entry that is neither a
    /// regular file nor a link contributes its kind.
    /// </summary>
    /// <exception cref="IOException">Something below the folder cannot be read.</exception>
    public string OfTree(string path)
    {
        if (!Directory.Exists(path))
            return OfFile(path);
        var text = new StringBuilder();
        foreach (var entry in FolderTree.Below(path)
            .Where(entry => entry.Problem is not null || entry.Kind != FileKind.Folder)
            .OrderBy(entry => entry.Relative, StringComparer.Ordinal))
        {
            var file = Path.Combine(path, entry.Relative);
            text.Append(entry.Relative).Append('\0').Append(entry switch
            {
                { Problem: { } problem } => throw new IOException($"'{PlainText.Line(file)}' {problem}"),
                { Kind: FileKind.Regular } => OfFile(file),
                { Kind: FileKind.Link } when FileFacts.Of(file) is not { Kind: FileKind.Regular } =>
                    $"link {new FileInfo(file).LinkTarget}",
                { Kind: FileKind.Link } => OfEntry(file),
                _ => entry.Kind.ToString(),
            }).Append('\n');
        }
        return OfText(text.ToString());
    }

    /// <summary>The lower-case hexadecimal SHA-256 of a text in UTF-8.</summary>
    public static string OfText(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// Writes the cache file. If the cache file cannot be written, the only cost is that files are hashed again next
    /// time.
    /// </summary>
    public void Save()
    {
        if (cacheFile is null)
            return;
        var lines = known.Where(entry => !entry.Key.AsSpan().ContainsAny('\t', '\n'))
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => (Path: entry.Key, entry.Value.Stamp, entry.Value.Hash))
            .Select(entry => string.Create(CultureInfo.InvariantCulture,
                $"{entry.Path}\t{entry.Stamp.Size}\t{entry.Stamp.Modified}\t{entry.Stamp.Changed}\t")
                + string.Create(CultureInfo.InvariantCulture, $"{entry.Stamp.Inode}\t{entry.Hash}\n"));
        var text = string.Concat(lines);
        try
        {
            AtomicFile.Write(cacheFile, OfText(text) + "\n" + text);
        }
        catch (Diagnostics.DiagnosticException)
        {
            // A failure to write the cache is ignored, because code that depends on its files will report what is wrong
            // with the disk.
        }
    }

    // The first line of the cache file is the hash of the other lines, since a corrupted file hash would produce a
    // wrong key.
    private static string[] ReadCache(string cacheFile)
    {
        try
        {
            if (!File.Exists(cacheFile) || FileFacts.IsOdd(cacheFile))
                return [];
            var text = File.ReadAllText(cacheFile);
            var end = text.IndexOf('\n', StringComparison.Ordinal);
            return end > 0 && OfText(text[(end + 1)..]) == text[..end]
                ? text[(end + 1)..].Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // A file that yields more data than its size is rejected, because its content is not well defined: the file is
    // still growing, or the kernel generates its content while it is read.
    private static string Read(string path)
    {
        using var stream = RegularFile.Open(path, followLink: true);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, left) = (new byte[1 << 17], stream.Length);
        if (left > Largest && RegularFile.Occupied(stream) < left / 2)
            throw new IOException($"'{PlainText.Line(path)}' has {left >> 30} GiB, most of which are holes");
        for (int count; (count = stream.Read(buffer)) > 0; left -= count)
        {
            if (count > left)
                throw new IOException(
                    $"'{PlainText.Line(path)}' grows while it is read, or is generated by the kernel");
            hash.AppendData(buffer, 0, count);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static long Long(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
