using System.Collections.Concurrent;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>
/// The hashes of what generators made most recently, by the generator's key. A generated file that was deleted is made
/// again; until it is made, its last hash is used, so that a plan does not have to assume that everything is measured
/// again. The file with the hashes is a cache that may be deleted.
/// </summary>
/// <param name="file">The file that holds the cache of hashes.</param>
internal sealed class GeneratedHashes(string file)
{
    private readonly ConcurrentDictionary<string, string> known = Read(file);
    private volatile bool changed;

    /// <summary>The hash of the file that a generator made; null when the hash is not known.</summary>
    public string? Of(string key) => known.GetValueOrDefault(key);

    /// <summary>Records the hash of the file that a generator made.</summary>
    public void Remember(string key, string hash)
    {
        if (known.TryGetValue(key, out var before) && before == hash)
            return;
        known[key] = hash;
        changed = true;
    }

    /// <summary>Saves the hashes if any of them is new.</summary>
    public void Save()
    {
        if (changed)
            AtomicFile.Write(file, string.Concat(known.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"{pair.Key}\t{pair.Value}\n")));
        changed = false;
    }

    private static ConcurrentDictionary<string, string> Read(string file)
    {
        var known = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            if (File.Exists(file))
                foreach (var fields in File.ReadLines(file).Select(line => line.Split('\t'))
                    .Where(fields => fields is [{ Length: 64 }, { Length: 64 }]))
                    known[fields[0]] = fields[1];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // The cache is optional: without it, the generators run before the plan is known.
        }
        return known;
    }
}
