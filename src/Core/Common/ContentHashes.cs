using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Verus.Artifact.Common;

/// <summary>
/// SHA-256 of files by content, with a cache keyed by path and stat tuple, so that an unchanged file is read once and never again.
/// Thread-safe. The cache file is disposable: without it everything is hashed anew.
/// </summary>
public sealed class ContentHashes
{
    // A file changed within this time of being hashed could change again without a new time stamp; it is not cached.
    private static readonly long Settled = TimeSpan.FromSeconds(2).Ticks * 100;

    private readonly ConcurrentDictionary<string, (FileStamp Stamp, string Hash)> known = new(StringComparer.Ordinal);
    private readonly string? cacheFile;

    /// <summary>Makes a cache kept in <paramref name="cacheFile"/>; null keeps none.</summary>
    public ContentHashes(string? cacheFile = null)
    {
        this.cacheFile = cacheFile;
        if (cacheFile is null || !File.Exists(cacheFile))
            return;
        foreach (var line in File.ReadLines(cacheFile))
        {
            var cells = line.Split('\t');
            if (cells.Length == 6 && cells.Skip(1).Take(4).All(cell => long.TryParse(cell, CultureInfo.InvariantCulture, out _)))
                known[cells[0]] = (new FileStamp(Long(cells[1]), Long(cells[2]), Long(cells[3]), Long(cells[4])), cells[5]);
        }
    }

    /// <summary>Lower-case hexadecimal SHA-256 of a file's content.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string OfFile(string path)
    {
        var stamp = FileStamp.Of(path);
        if (known.TryGetValue(path, out var entry) && entry.Stamp == stamp)
            return entry.Hash;
        string hash;
        using (var stream = File.OpenRead(path))
            hash = Convert.ToHexStringLower(SHA256.HashData(stream));
        if (DateTime.UtcNow.Subtract(DateTime.UnixEpoch).Ticks * 100 - Math.Max(stamp.Modified, stamp.Changed) > Settled)
            known[path] = (stamp, hash);
        return hash;
    }

    /// <summary>Hash over the relative paths and contents of all files below a folder, links to files included; or of one file.</summary>
    /// <exception cref="IOException">Something cannot be read.</exception>
    public string OfTree(string path)
    {
        if (File.Exists(path))
            return OfFile(path);
        var text = new StringBuilder();
        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            text.Append(Path.GetRelativePath(path, file)).Append('\0').Append(OfFile(file)).Append('\n');
        return OfText(text.ToString());
    }

    /// <summary>Lower-case hexadecimal SHA-256 of a text in UTF-8.</summary>
    public static string OfText(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Writes the cache file.</summary>
    public void Save()
    {
        if (cacheFile is null)
            return;
        var lines = known.Where(entry => !entry.Key.AsSpan().ContainsAny('\t', '\n')).OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => string.Create(CultureInfo.InvariantCulture,
                $"{entry.Key}\t{entry.Value.Stamp.Size}\t{entry.Value.Stamp.Modified}\t{entry.Value.Stamp.Changed}\t{entry.Value.Stamp.Inode}\t{entry.Value.Hash}\n"));
        AtomicFile.Write(cacheFile, string.Concat(lines));
    }

    private static long Long(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
