using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Samples;

namespace Verus.Artifact.Machines;

/// <summary>
/// Takes samples of other evaluations, with their output, into the journal. A sample is known by its id, so none is
/// taken twice, however often an import is interrupted and repeated: a sample's output is in its place before the line
/// of the sample is written. Samples keep their runs, machines and times. This class is thread-safe.
/// </summary>
/// <param name="journal">The journal, whose folder the caller has locked.</param>
/// <param name="layout">The folders of the evaluation.</param>
internal sealed class SampleImport(Journal journal, EvaluationLayout layout)
{
    // The number of samples whose lines are written, and flushed, together.
    private const int AtOnce = 256;
    private readonly Lock gate = new();
    private readonly HashSet<string> known = [.. journal.Samples.Select(sample => sample.Id)];

    /// <summary>The number of samples that were taken.</summary>
    public int Taken { get; private set; }

    /// <summary>Whether a sample is in the journal.</summary>
    public bool Has(string id)
    {
        lock (gate)
            return known.Contains(id);
    }

    /// <summary>Takes all samples of an evaluation that was made elsewhere.</summary>
    /// <param name="folder">Absolute path of the evaluation's folder, or of one that contains it.</param>
    /// <param name="log">Receives messages about damaged lines.</param>
    /// <param name="cancellation">Cancels the import; what was taken stays.</param>
    /// <returns>Absolute path of the folder that has the journal.</returns>
    /// <exception cref="DiagnosticException">The folder has no journal, or a file cannot be read or
    /// written.</exception>
    public string TakeAll(string folder, IBuildLog log, CancellationToken cancellation)
    {
        var experiments = new[] { folder, Path.Combine(folder, "evaluation") }
            .Select(one => Path.Combine(one, "experiments"))
            .FirstOrDefault(one => File.Exists(Path.Combine(one, "journal.jsonl")))
            ?? throw MachineRules.NoEvaluation.Error(SourceLocation.None, folder);
        var theirs = Journal.Read(Path.Combine(experiments, "journal.jsonl"), log);
        foreach (var samples in theirs.Samples.Where(sample => !Has(sample.Id)).Chunk(AtOnce))
            Take([.. samples.SelectMany(sample => LinesOf(theirs, sample))], experiments, false, cancellation);
        return experiments;
    }

    /// <summary>Takes samples.</summary>
    /// <param name="lines">Records of runs and cells before the samples that name them.</param>
    /// <param name="from">Absolute path of the folder that has the output of the samples.</param>
    /// <param name="move">Whether the output is moved instead of copied.</param>
    /// <param name="cancellation">Cancels the import.</param>
    public void Take(IReadOnlyList<JournalLine> lines, string from, bool move, CancellationToken cancellation)
    {
        lock (gate)
        {
            var fresh = lines.Select(line => line.Sample).OfType<SampleRecord>()
                .Where(sample => !known.Contains(sample.Id)).DistinctBy(sample => sample.Id).ToList();
            foreach (var sample in fresh)
                Bring(Path.Combine(from, sample.Logs), Path.Combine(layout.Experiments, sample.Logs), move,
                    cancellation);
            // Samples share their runs and cells.
            journal.Append([.. lines.DistinctBy(line => (line.Run?.Id, line.Cell?.Key, line.Sample?.Id))]);
            journal.Flush();
            known.UnionWith(fresh.Select(sample => sample.Id));
            Taken += fresh.Count;
        }
    }

    private static IEnumerable<JournalLine> LinesOf(Journal theirs, SampleRecord sample)
    {
        if (theirs.Runs.TryGetValue(sample.Run, out var run))
            yield return new() { Run = run };
        if (theirs.Cells.TryGetValue(sample.Key, out var cell))
            yield return new() { Cell = cell };
        yield return new() { Sample = sample };
    }

    // The folder gets its name only when it is complete. Pipes, devices and links are left out, as when a sample is
    // taken.
    private void Bring(string source, string target, bool move, CancellationToken cancellation)
    {
        try
        {
            if (!Directory.Exists(source) || Directory.Exists(target))
                return;
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (move)
            {
                Directory.Move(source, target);
                return;
            }
            var incoming = Path.Combine(layout.Experiments, "incoming", Path.GetFileName(target));
            FolderRemoval.Remove(incoming);
            Copy(new DirectoryInfo(source), incoming, cancellation);
            Directory.Move(incoming, target);
            Directory.Delete(Path.GetDirectoryName(incoming)!, recursive: false);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw SystemProblem.Explain(target, problem);
        }
    }

    private static void Copy(DirectoryInfo source, string target, CancellationToken cancellation)
    {
        Directory.CreateDirectory(target);
        foreach (var entry in source.EnumerateFileSystemInfos().Where(entry => entry.LinkTarget is null))
        {
            cancellation.ThrowIfCancellationRequested();
            var path = Path.Combine(target, entry.Name);
            if (entry is DirectoryInfo below)
                Copy(below, path, cancellation);
            else if (FileFacts.Of(entry.FullName, followLink: false) is not { Kind: not FileKind.Regular })
                using (var from = RegularFile.Open(entry.FullName))
                using (var copy = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
                    RegularFile.Copy(from, copy, cancellation);
        }
    }
}
