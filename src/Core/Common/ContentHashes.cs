using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Verus.Artifact.Common;

/// <summary>
/// SHA-256 of files by content, with a cache keyed by path and stat tuple, so that an unchanged file is read once and
/// never again. Thread-safe. The cache file is disposable: without it everything is hashed anew.
/// </summary>
public sealed class ContentHashes
{
    // A file changed within this time of being hashed could change again without a new time stamp; it is not cached.
    private static readonly long Settled = TimeSpan.FromSeconds(2).Ticks * 100;

    // Bytes; a sparse file may say more than any disk holds, and takes hours to read.
    private const long Largest = 64L << 30;

    private readonly ConcurrentDictionary<string, (FileStamp Stamp, string Hash)> known = new(StringComparer.Ordinal);
    private readonly string? cacheFile;

    /// <summary>Makes a cache kept in <paramref name="cacheFile"/>; null keeps none.</summary>
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

    /// <summary>Lower-case hexadecimal SHA-256 of a file's content.</summary>
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
    /// Hash of a file that may be a link: of its content, and with a link of where it leads. A link to a folder counts
    /// by where it leads alone.
    /// </summary>
    /// <exception cref="IOException">It cannot be read, is no regular file, or is a link to none; the message says
    /// which, without a subject.</exception>
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
    /// Hash over the relative paths and contents of all below a folder, or of one file. Links count by where they lead,
    /// those to files by the content there, too, and what is no file by its kind.
    /// </summary>
    /// <exception cref="IOException">Something cannot be read.</exception>
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

    /// <summary>Lower-case hexadecimal SHA-256 of a text in UTF-8.</summary>
    public static string OfText(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// Writes the cache file. Where it cannot be written, files are hashed once more the next time, and nothing else is
    /// lost.
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
            // Whatever is at fault with the disk is told by those whose files matter.
        }
    }

    // The first line is the hash of the others: a damaged hash of a file would be a wrong key.
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

    // A file that has more in it than its size says is none whose content can be told: it grows, or the kernel makes it
    // up while it is read.
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
