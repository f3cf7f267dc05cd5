using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Experiments.Samples;

/// <summary>
/// Rows that readers found when they read kept samples again, so that a later call does not read them once more. A row
/// is found by the identity of the reader, the result of the runner and the content of the kept output. The files of
/// the cache are disposable: an entry that is missing or damaged is read from the output. This class is thread-safe.
/// </summary>
/// <param name="folder">Absolute path of the folder of the cache.</param>
/// <param name="hashes">Hashes of the kept files.</param>
internal sealed class ReadingCache(string folder, ContentHashes hashes)
{
    private const int NameLength = 16;
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, byte[]>> known =
        new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    /// <summary>Whether new rows are written, which only a call that holds the evaluation's lock does.</summary>
    public bool IsWritten { get; set; }

    /// <summary>The key of the rows of a sample; null when a part of the sample's output cannot be read.</summary>
    /// <param name="identity">The identity of the reader.</param>
    /// <param name="result">The result of the runner.</param>
    /// <param name="logs">Absolute path of the folder with the sample's output.</param>
    public string? KeyOf(string identity, JobResult result, string logs)
    {
        try
        {
            return ContentHashes.OfText($"{identity}\n"
                + $"{JsonSerializer.Serialize(result, ProtocolJson.Default.JobResult)}\n{hashes.OfTree(logs)}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The rows that were found under a key; null when there are none, or they are damaged.</summary>
    public IReadOnlyList<Reading>? Find(string identity, string key) =>
        Of(identity).TryGetValue(key, out var line)
            && JournalText.Parse(line, out _)?.Sample is { Outcome: SampleOutcome.Ok } sample ? sample.Readings : null;

    /// <summary>Keeps the rows of a good sample.</summary>
    public void Add(string identity, string key, SampleRecord sample)
    {
        var line = JournalText.Of([new JournalLine { Sample = sample }]);
        Of(identity)[key] = line[..^1];
        if (!IsWritten)
            return;
        try
        {
            lock (gate)
            {
                Directory.CreateDirectory(folder);
                // A line is appended by one write. If the call is killed in the middle of it, the next line follows on
                // the damaged one, and both are read from the output again.
                using var file = new FileStream(FileOf(identity), FileMode.Append, FileAccess.Write, FileShare.Read);
                file.Write([.. Encoding.ASCII.GetBytes(key + "\t"), .. line]);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Without the cache, the output is read again; a disk that is full is reported by those who need it.
        }
    }

    private string FileOf(string identity) => Path.Combine(folder, ContentHashes.OfText(identity)[..NameLength]);

    private ConcurrentDictionary<string, byte[]> Of(string identity) => known.GetOrAdd(identity, _ =>
    {
        var lines = new ConcurrentDictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            var path = FileOf(identity);
            if (File.Exists(path))
                foreach (var line in File.ReadLines(path))
                    if (line.IndexOf('\t', StringComparison.Ordinal) is > 0 and var end)
                        lines[line[..end]] = Encoding.UTF8.GetBytes(line[(end + 1)..]);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // What is not read from the cache is read from the output.
        }
        return lines;
    });
}
