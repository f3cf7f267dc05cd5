using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Experiments.Samples;

/// <summary>A sample that is finished but has no line in the journal yet.</summary>
/// <param name="Lines">The records for the journal: the sample's run, its cell and the sample itself.</param>
/// <param name="Sample">The record of the sample itself, which is the last of the records.</param>
internal sealed record PendingRecord(IReadOnlyList<JournalLine> Lines, SampleRecord Sample);

/// <summary>
/// The file that keeps a finished sample until it is in the journal. The file of a finished sample is written before
/// any output of the sample is moved, and is removed when the sample's line is on the disk. The next build adds
/// finished samples that a killed build left to the journal. Disk space for the file of a sample is reserved before the
/// sample starts, so that no sample is lost if the disk fills up meanwhile, and the file is in a folder to which no
/// measured command writes.
/// </summary>
internal sealed class PendingSample : IDisposable
{
    // Size of the reserved space in bytes: enough for the record of all but the largest samples, and little enough that
    // any disk that can hold a sample's output has it.
    private const int Room = 64 << 10;
    private const int NoNumber = unchecked((int)0x80131620);
    private readonly FileStream stream;
    private string path;

    private PendingSample(FileStream stream, string path) => (this.stream, this.path) = (stream, path);

    /// <summary>Whether the sample is finished and its records are kept.</summary>
    public bool IsWritten { get; private set; }

    /// <summary>Reserves the space for a sample's record.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The space cannot be reserved; the diagnostic code names the
    /// cause.</exception>
    public static PendingSample Reserve(EvaluationLayout layout, string id)
    {
        var path = FileOf(layout.Experiments, id);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new PendingSample(new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
                PreallocationSize = Room,
            }), path);
        }
        catch (IOException problem) when (problem.HResult == NoNumber)
        {
            // .NET throws an IOException without an error number when space cannot be reserved.
            throw SystemProblem.DiskFull(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw SystemProblem.Explain(path, problem);
        }
    }

    /// <summary>Writes the records of a finished sample; once they are written, nothing of the sample is lost when the
    /// build is killed.</summary>
    /// <exception cref="IOException">The records cannot be written.</exception>
    public void Write(IReadOnlyList<JournalLine> lines)
    {
        var text = JournalText.Of(lines);
        // The file may hold the record of an earlier sample, of which empty lines are left.
        if (stream.Length > text.Length)
        {
            var length = text.Length;
            Array.Resize(ref text, (int)stream.Length);
            text.AsSpan(length).Fill((byte)'\n');
        }
        stream.Position = 0;
        stream.Write(text);
        IsWritten = true;
    }

    /// <summary>Makes the reserved space that of another sample.</summary>
    /// <exception cref="IOException">The file cannot be renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not rename the file.</exception>
    public void Rename(EvaluationLayout layout, string id)
    {
        var target = FileOf(layout.Experiments, id);
        File.Move(path, target);
        (path, IsWritten) = (target, false);
    }

    /// <summary>Removes the file of a finished sample once the sample is in the journal.</summary>
    public void Done()
    {
        stream.Dispose();
        AtomicFile.TryDelete(path);
    }

    /// <summary>Closes the file of the pending sample, and removes the file when no sample was finished.</summary>
    public void Dispose()
    {
        stream.Dispose();
        if (!IsWritten)
            AtomicFile.TryDelete(path);
    }

    /// <summary>The finished samples that killed builds left; incomplete files are skipped.</summary>
    public static IEnumerable<PendingRecord> In(string experiments)
    {
        foreach (var path in Files(experiments))
            if (Read(path) is { } record)
                yield return record;
    }

    /// <summary>Removes all files of samples that are in the journal or were never finished.</summary>
    public static void Sweep(string experiments)
    {
        foreach (var path in Files(experiments))
            AtomicFile.TryDelete(path);
    }

    /// <summary>Whether any finished sample of a killed build is left.</summary>
    public static bool IsAnyIn(string experiments) => Files(experiments).Any();

    private static PendingRecord? Read(string path)
    {
        if (Posix.IsHere && FileFacts.Of(path, followLink: false) is not { Kind: FileKind.Regular })
            return null;
        var lines = new List<JournalLine>();
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            foreach (var line in JournalText.ReadAll(stream))
            {
                if (line is { IsEmpty: true, IsWhole: true })
                    continue;
                if (!line.IsWhole || line.Record is not { } record)
                    return null;
                lines.Add(record);
            }
        }
        catch (FileNotFoundException)
        {
            return null; // A running build has just added it.
        }
        return lines is [.., { Sample: { } sample }] && lines.Count(line => line.Sample is not null) == 1
            && sample.Id == Path.GetFileNameWithoutExtension(path)
            ? new PendingRecord(lines, sample) : null;
    }

    private static IEnumerable<string> Files(string experiments) =>
        Directory.Exists(Path.Combine(experiments, "pending"))
        ? Directory.EnumerateFiles(Path.Combine(experiments, "pending"),
            "*.jsonl").Where(path => Attempts.IsId(Path.GetFileNameWithoutExtension(path)))
            .Order(StringComparer.Ordinal)
        : [];

    private static string FileOf(string experiments, string id) => Path.Combine(experiments, "pending", id + ".jsonl");
}
