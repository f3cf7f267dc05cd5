using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using CliWrap;
using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Samples;

namespace Verus.Artifact.Machines;

/// <summary>
/// Fetches the samples of a machine as they are taken. A copy of the machine's journal, which only grows, tells how far
/// the samples were taken; the copy is disposable, since samples are known by their ids.
/// </summary>
/// <param name="there">The folder on the machine.</param>
/// <param name="folder">Absolute path of the folder of the machine here.</param>
/// <param name="identity">The identity of the folder on the machine.</param>
/// <param name="import">Takes the samples into the journal.</param>
internal sealed class FetchedSamples(RemoteFolder there, string folder, string identity, SampleImport import)
{
    private const long MostAtOnce = 16 << 20;
    private const int MostSamples = 200;
    private const string Report = "results.json";
    private static readonly string[] Cells = ["experiments/cells.json", "experiments/cells-smoke.json"];

    /// <summary>Absolute path of the folder with what was fetched of the machine's <c>experiments</c>.</summary>
    public string Experiments => Path.Combine(folder, "experiments");

    private string Copy => Path.Combine(Experiments, "journal.jsonl");

    /// <summary>Prepares the folder; what another machine of the same name left there is removed.</summary>
    public void Open()
    {
        var file = Path.Combine(folder, "identity");
        if (File.Exists(file) && File.ReadAllText(file) == identity)
            return;
        FolderRemoval.Remove(folder);
        AtomicFile.Write(file, identity);
    }

    /// <summary>Takes the samples up to a size of the machine's journal.</summary>
    public async Task TakeAsync(long size, CancellationToken cancellation)
    {
        var from = File.Exists(Copy) ? new FileInfo(Copy).Length : 0;
        // A journal that is shorter than its copy is another one.
        if (from > size)
        {
            File.Delete(Copy);
            from = 0;
        }
        while (from < size)
        {
            var to = Math.Min(size, from + MostAtOnce);
            var bytes = await there.CallAsync($"journal {from} {to}", PipeSource.Null, cancellation)
                .ConfigureAwait(false);
            // A line that is being written is taken when it is whole. A line may be longer than the piece.
            var end = Array.LastIndexOf(bytes, (byte)'\n') + 1;
            if (end == 0 && to == size)
                return;
            if (end > 0)
                await TakeAsync(bytes[..end], cancellation).ConfigureAwait(false);
            Directory.CreateDirectory(Experiments);
            await using (var copy = new FileStream(Copy, FileMode.Append, FileAccess.Write))
                await copy.WriteAsync(bytes.AsMemory(0, end > 0 ? end : bytes.Length), cancellation)
                    .ConfigureAwait(false);
            from += end > 0 ? end : bytes.Length;
        }
    }

    /// <summary>Fetches which samples count, and the results that the machine made of them.</summary>
    public async Task TakeResultsAsync(CancellationToken cancellation)
    {
        await using var archive = await there.CallToFileAsync("results", PipeSource.Null,
            Path.Combine(folder, "results.tar.gz"), cancellation).ConfigureAwait(false);
        // A report has the name of its request there.
        Unpack(archive, folder, path => Cells.Contains(path) ? path
            : Path.GetDirectoryName(path) is "report" or "smoke/report"
                && path.EndsWith(Report, StringComparison.Ordinal) ? $"{Path.GetDirectoryName(path)}/{Report}" : null);
    }

    private async Task TakeAsync(byte[] text, CancellationToken cancellation)
    {
        var lines = JournalText.ReadAll(new MemoryStream(text)).Select(line => line.Record).OfType<JournalLine>()
            .ToList();
        var incoming = Path.Combine(folder, "incoming");
        for (var at = 0; at < lines.Count;)
        {
            // Records of runs and cells stay before the samples that name them.
            var (batch, samples) = (new List<JournalLine>(), new List<SampleRecord>());
            for (; at < lines.Count && samples.Count < MostSamples; at++)
            {
                batch.Add(lines[at]);
                if (lines[at].Sample is { } sample && !import.Has(sample.Id))
                    samples.Add(sample);
            }
            if (samples.Count > 0)
                await FetchLogsAsync(samples, incoming, cancellation).ConfigureAwait(false);
            import.Take(batch, incoming, move: true, cancellation);
            FolderRemoval.Remove(incoming);
        }
    }

    private async Task FetchLogsAsync(IReadOnlyList<SampleRecord> samples, string incoming,
        CancellationToken cancellation)
    {
        FolderRemoval.Remove(incoming);
        await using var archive = await there.CallToFileAsync("logs",
            PipeSource.FromBytes(Encoding.UTF8.GetBytes(string.Concat(samples
                .Where(sample => !sample.Silent).Select(sample => sample.Logs + "\0")))),
            Path.Combine(folder, "logs.tar.gz"), cancellation).ConfigureAwait(false);
        Unpack(archive, incoming, path => samples.Any(sample => path.StartsWith(sample.Logs + "/",
            StringComparison.Ordinal)) ? path : null);
    }

    // Only regular files with expected names are written: an archive from another machine may contain anything.
    private static void Unpack(Stream archive, string target, Func<string, string?> placeOf)
    {
        using var zip = new GZipStream(archive, CompressionMode.Decompress);
        using var tar = new TarReader(zip);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                || entry.Name.Split('/').Any(part => part is ".." or "." or "") || placeOf(entry.Name) is not { } place)
                continue;
            var path = Path.Combine(target, place);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
            entry.DataStream?.CopyTo(file);
        }
    }
}
