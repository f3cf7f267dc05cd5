using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Experiments.Samples;

/// <summary>
/// The append-only record of everything that was measured: JSON lines, each with a checksum. A record is with the
/// kernel before the next sample starts, so no process that is killed loses it; it is on the disk within a second, and
/// at the end of the run. A machine that crashes while it writes leaves at most one torn line, which readers skip.
/// No record of the journal is ever removed or changed. Samples that were finished but not yet in the journal when
/// their build was killed are valid as well; see <see cref="PendingSample"/>.
/// </summary>
public sealed class Journal
{
    // The number of damaged lines of the journal that are reported one by one; any further ones are reported together.
    private const int MostTold = 20;
    private readonly List<SampleRecord> samples = [];
    private readonly Dictionary<string, CellRecord> cells = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RunRecord> runs = new(StringComparer.Ordinal);
    private readonly HashSet<string> sampleIds = new(StringComparer.Ordinal);
    // The first and the last sample of each cell, and for each sample the next one of its cell, by their positions.
    private readonly Dictionary<string, (int First, int Last)> ofCells = new(StringComparer.Ordinal);
    private readonly List<int> next = [];
    private readonly List<PendingRecord> pending = [];
    private bool endsTorn;
    // The state in which this process found or left the journal's file; a different state shows that another process
    // has written to the file, which this process must not overwrite.
    private FileStamp last = FileStamp.Missing;
    // The maximum time that a record is not on the disk, while no other record follows and while others do.
    private static readonly TimeSpan FlushedAfter = TimeSpan.FromSeconds(1), FlushedBetween = TimeSpan.FromSeconds(0.5);
    private readonly Lock writing = new();
    private readonly Timer flusher;
    private long dirtySince;
    private Exception? lost;

    private Journal(string path) => (Path, flusher) = (path, new Timer(_ => FlushLate()));

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>All samples, oldest first.</summary>
    public IReadOnlyList<SampleRecord> Samples => samples;

    /// <summary>The samples of a cell, oldest first, whatever their key.</summary>
    /// <param name="cell">The name of the cell.</param>
    public IReadOnlyList<SampleRecord> SamplesOf(string cell)
    {
        if (!ofCells.TryGetValue(cell, out var range))
            return [];
        var found = new List<SampleRecord>();
        for (var at = range.First; at >= 0; at = next[at])
            found.Add(samples[at]);
        return found;
    }

    /// <summary>The meaning of each key of a cell.</summary>
    public IReadOnlyDictionary<string, CellRecord> Cells => cells;

    /// <summary>All runs by id.</summary>
    public IReadOnlyDictionary<string, RunRecord> Runs => runs;

    /// <summary>
    /// The samples among <see cref="Samples"/> that are finished but do not have a line in the journal yet.
    /// </summary>
    internal IReadOnlyList<PendingRecord> Pending => pending;

    /// <summary>The journal of an evaluation.</summary>
    public static string FileIn(EvaluationLayout layout) => System.IO.Path.Combine(layout.Experiments, "journal.jsonl");

    /// <summary>Reads a journal without writing anything; a journal that does not exist is empty.</summary>
    /// <exception cref="DiagnosticException">The journal has another format, is not a file, or cannot be
    /// read.</exception>
    public static Journal Read(string path, IBuildLog log)
    {
        var journal = new Journal(path);
        try
        {
            journal.ReadLines(log);
            foreach (var record in PendingSample.In(System.IO.Path.GetDirectoryName(path)!))
            {
                // A sample whose line was written before its build was killed is no longer pending.
                if (journal.sampleIds.Contains(record.Sample.Id))
                    continue;
                journal.pending.Add(record);
                foreach (var line in record.Lines)
                    journal.Remember(line);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw SystemProblem.Explain(path, problem);
        }
        return journal;
    }

    /// <summary>Makes sure, before anything is measured, that samples can be added to the journal.</summary>
    /// <exception cref="DiagnosticException">Samples cannot be added to the journal; the diagnostic code names the
    /// cause.</exception>
    public void CheckWritable()
    {
        try
        {
            CheckKind();
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
            var isNew = !File.Exists(Path);
            using (Open())
            {
                // Nothing is written.
            }
            if (isNew)
                last = FileStamp.Of(Path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw SystemProblem.Explain(Path, problem);
        }
    }

    /// <summary>Appends the record of a run to the journal unless the journal contains it already.</summary>
    public void Append(RunRecord run) => Append([new JournalLine { Run = run }]);

    /// <summary>Appends the meaning of a cell's key to the journal unless the journal contains it already.</summary>
    public void Append(CellRecord cell) => Append([new JournalLine { Cell = cell }]);

    /// <summary>Appends a sample to the journal; returns only when the kernel has the sample.</summary>
    public void Append(SampleRecord sample) => Append([new JournalLine { Sample = sample }]);

    /// <summary>
    /// Appends records that are not in the journal yet, in one write; returns only when the kernel has the records.
    /// </summary>
    /// <exception cref="DiagnosticException">The records cannot be written; the journal is unchanged.</exception>
    internal void Append(IReadOnlyList<JournalLine> records)
    {
        var lines = records.Where(line => !IsKnown(line)).ToList();
        if (lines.Count == 0)
            return;
        Enter(lines);
        foreach (var line in lines)
            Remember(line);
    }

    /// <summary>Adds a finished sample of a killed build to the journal.</summary>
    /// <exception cref="DiagnosticException">The sample cannot be written; the journal is unchanged.</exception>
    internal void Adopt(PendingRecord record)
    {
        Enter(record.Lines);
        pending.Remove(record);
    }

    /// <summary>Returns only when all records are on the disk.</summary>
    /// <exception cref="DiagnosticException">The disk failed.</exception>
    internal void Flush()
    {
        lock (writing)
        {
            if (dirtySince == 0)
                return;
            try
            {
                using var stream = OpenExisting();
                Flush(stream);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                throw SystemProblem.Explain(Path, problem);
            }
        }
    }

    private void Flush(FileStream stream)
    {
        if (Interlocked.Exchange(ref lost, null) is { } before)
            throw before;
        stream.Flush(flushToDisk: true);
        dirtySince = 0;
        flusher.Change(Timeout.Infinite, Timeout.Infinite);
    }

    // Flushing takes long, so it is done between samples, and beside one only if the sample takes more than a second.
    private void FlushInTime(FileStream stream)
    {
        var now = Environment.TickCount64;
        if (dirtySince != 0 && now - dirtySince >= FlushedBetween.TotalMilliseconds)
            Flush(stream);
        else if (dirtySince == 0)
        {
            dirtySince = now;
            flusher.Change(FlushedAfter, Timeout.InfiniteTimeSpan);
        }
    }

    private void FlushLate()
    {
        lock (writing)
            try
            {
                if (dirtySince == 0)
                    return;
                using var stream = OpenExisting();
                Flush(stream);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // The next record or the end of the run reports it.
                lost = problem;
            }
    }

    private bool IsKnown(JournalLine line) => line switch
    {
        { Run: { } run } => runs.ContainsKey(run.Id),
        { Cell: { } cell } => cells.ContainsKey(cell.Key),
        { Sample: { } sample } => sampleIds.Contains(sample.Id),
        _ => true,
    };

    private void Enter(IReadOnlyList<JournalLine> lines)
    {
        lock (writing)
            EnterAlone(lines);
    }

    private void EnterAlone(IReadOnlyList<JournalLine> lines)
    {
        try
        {
            CheckKind();
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
            var now = FileStamp.Of(Path);
            if ((now.Inode, now.Size) != (last.Inode, last.Size))
                throw ExperimentRules.JournalChanged.Error(new SourceLocation(Path), Path);
            using var stream = Open();
            // All records are written at once, so that only a crash of the machine can tear a line. If the journal ends
            // with a torn line, the torn line is terminated before records are added.
            byte[] text = [.. endsTorn ? "\n"u8 : [], .. JournalText.Of(lines)];
            try
            {
                stream.Write(text);
                endsTorn = false;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // If the disk becomes full, the part of a line that was written is removed again, because it is not a
                // record.
                endsTorn = endsTorn || !TryCut(stream, Math.Max(0, last.Size));
                throw;
            }
            finally
            {
                last = FileStamp.Of(Path);
            }
            FlushInTime(stream);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw SystemProblem.Explain(Path, problem);
        }
    }

    // A journal that somebody removed is not made anew by flushing it.
    private FileStream OpenExisting() =>
        new(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private FileStream Open() => new(Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    // The journal must be a regular file: opening a FIFO would block, and a folder would be mistaken for a missing
    // journal.
    private void CheckKind()
    {
        if (Posix.IsHere ? FileFacts.IsOdd(Path) : Directory.Exists(Path))
            throw SystemProblem.NotAFile(Path);
    }

    private static bool TryCut(FileStream stream, long length)
    {
        try
        {
            stream.SetLength(length);
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void ReadLines(IBuildLog log)
    {
        CheckKind();
        if (!File.Exists(Path))
            return;
        using var stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 0);
        last = FileStamp.Of(Path);
        var number = 0;
        var damaged = new List<int>();
        (int Line, string Format)? foreign = null;
        var isOurs = false;
        foreach (var line in JournalText.ReadAll(stream))
        {
            number++;
            endsTorn = !line.IsWhole;
            if (line.IsEmpty)
                continue;
            if (line.Record is { } record)
            {
                Remember(record);
                isOurs = true;
                continue;
            }
            damaged.Add(number);
            if (line.Format is { } other)
                foreign ??= (number, other);
        }
        // A line that names another format is damaged if the journal has valid lines as well, because versions of the
        // SDK never write into each other's journals.
        if (foreign is var (at, theirs) && !isOurs)
            throw ExperimentRules.ForeignJournal.Error(new SourceLocation(Path, at), Path, at, theirs,
                JournalLine.CurrentFormat);
        foreach (var line in damaged.Take(MostTold))
            log.Report(ExperimentRules.DamagedJournal.At(new SourceLocation(Path, line), Path, line));
        if (damaged.Count > MostTold)
            log.Report(ExperimentRules.MuchDamage.At(new SourceLocation(Path, damaged[MostTold]), Path,
                damaged.Count - MostTold, string.Join(", ", damaged.Skip(MostTold))));
    }

    private void Remember(JournalLine line)
    {
        if (line.Run is { } run)
            runs[run.Id] = run;
        if (line.Cell is { } cell)
            cells[cell.Key] = cell;
        if (line.Sample is not { } sample || !sampleIds.Add(sample.Id))
            return;
        var (at, isKnown) = (samples.Count, ofCells.TryGetValue(sample.Cell, out var range));
        samples.Add(sample);
        next.Add(-1);
        if (isKnown)
            next[range.Last] = at;
        ofCells[sample.Cell] = (isKnown ? range.First : at, at);
    }
}
