using System.Text.Json;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Experiments.Samples;

/// <summary>
/// The append-only record of everything that was measured: JSON lines, each flushed to the disk before the next sample starts.
/// A process killed while it writes leaves at most one torn line, which readers pass over. Nothing ever removes or changes a line.
/// </summary>
public sealed class Journal
{
    private readonly List<SampleRecord> samples = [];
    private readonly Dictionary<string, CellRecord> cells = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RunRecord> runs = new(StringComparer.Ordinal);
    private readonly HashSet<string> sampleIds = new(StringComparer.Ordinal);
    private bool endsTorn;

    private Journal(string path) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>All samples, oldest first.</summary>
    public IReadOnlyList<SampleRecord> Samples => samples;

    /// <summary>What each key stands for.</summary>
    public IReadOnlyDictionary<string, CellRecord> Cells => cells;

    /// <summary>All runs by id.</summary>
    public IReadOnlyDictionary<string, RunRecord> Runs => runs;

    /// <summary>The journal of an evaluation.</summary>
    public static string FileIn(EvaluationLayout layout) => System.IO.Path.Combine(layout.Experiments, "journal.jsonl");

    /// <summary>Reads a journal; one that is not there is empty. Nothing is written.</summary>
    /// <exception cref="DiagnosticException">It was written in another format.</exception>
    public static Journal Read(string path, IBuildLog log)
    {
        var journal = new Journal(path);
        if (!File.Exists(path))
            return journal;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        var number = 0;
        foreach (var (line, whole) in Lines(stream))
        {
            number++;
            journal.endsTorn = !whole;
            if (line.IsEmpty)
                continue;
            if (!journal.Take(line.Span, number))
                log.Report(ExperimentRules.DamagedJournal.At(new SourceLocation(path, number), path, number));
        }
        return journal;
    }

    /// <summary>Appends a run.</summary>
    public void Append(RunRecord run) => Append(new JournalLine { Run = run });

    /// <summary>Appends what a key stands for, unless it is known.</summary>
    public void Append(CellRecord cell)
    {
        if (!cells.ContainsKey(cell.Key))
            Append(new JournalLine { Cell = cell });
    }

    /// <summary>Appends a sample; back only when it is on the disk.</summary>
    public void Append(SampleRecord sample) => Append(new JournalLine { Sample = sample });

    private void Append(JournalLine line)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
            using var stream = new FileStream(Path, FileMode.Append, FileAccess.Write, FileShare.Read);
            // One write for the whole line, so that only a crash of the machine can tear it. A torn line before it is closed first.
            byte[] text = [.. endsTorn ? "\n"u8 : [], .. JsonSerializer.SerializeToUtf8Bytes(line, JournalJson.Default.JournalLine), (byte)'\n'];
            stream.Write(text);
            stream.Flush(flushToDisk: true);
            endsTorn = false;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            endsTorn = true;
            throw AtomicFile.Explain(Path, problem);
        }
        Remember(line);
    }

    private bool Take(ReadOnlySpan<byte> text, int number)
    {
        JournalLine? line;
        try
        {
            line = JsonSerializer.Deserialize(text, JournalJson.Default.JournalLine);
        }
        catch (JsonException)
        {
            return false;
        }
        if (line is null)
            return false;
        if (line.Format != JournalLine.CurrentFormat)
            throw ExperimentRules.ForeignJournal.Throw(new SourceLocation(Path, number), Path, number, line.Format, JournalLine.CurrentFormat);
        Remember(line);
        return true;
    }

    private void Remember(JournalLine line)
    {
        if (line.Run is { } run)
            runs[run.Id] = run;
        if (line.Cell is { } cell)
            cells[cell.Key] = cell;
        if (line.Sample is { } sample && sampleIds.Add(sample.Id))
            samples.Add(sample);
    }

    // Splits at line feeds without making strings: ten thousand samples are read at the start of a run.
    private static IEnumerable<(ReadOnlyMemory<byte> Line, bool Whole)> Lines(FileStream stream)
    {
        var text = new byte[stream.Length];
        var length = stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        for (var start = 0; start < length;)
        {
            var end = Array.IndexOf(text, (byte)'\n', start, length - start);
            yield return (text.AsMemory(start, (end < 0 ? length : end) - start), end >= 0);
            start = end < 0 ? length : end + 1;
        }
    }
}
