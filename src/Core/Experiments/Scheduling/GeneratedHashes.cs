using System.Collections.Concurrent;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>
/// What generators made the last time, as hashes by the key of the generator. A generated file that was cleared away is
/// made again; until then it counts as what it was, so that a plan need not say that everything is measured anew.
/// Disposable.
/// </summary>
/// <param name="file">Where it is kept.</param>
internal sealed class GeneratedHashes(string file)
{
    private readonly ConcurrentDictionary<string, string> known = Read(file);
    private volatile bool changed;

    /// <summary>The hash of what a generator made; null when that is not known.</summary>
    public string? Of(string key) => known.GetValueOrDefault(key);

    /// <summary>Notes what a generator made.</summary>
    public void Remember(string key, string hash)
    {
        if (known.TryGetValue(key, out var before) && before == hash)
            return;
        known[key] = hash;
        changed = true;
    }

    /// <summary>Writes it down, if anything is new.</summary>
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
            // Without it the generators run before the plan is known.
        }
        return known;
    }
}
