using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Places;
using Verus.Artifact.Places.Host;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Experiments.Samples;

/// <summary>Takes one sample: prepares its folder, has the runner run it, judges and reads its output, and keeps its logs.</summary>
public sealed class SampleTaker(CellResolver resolver, IBuildLog log)
{
    private const int MostWords = 160;
    // Programs say on standard error why they fail.
    private static readonly string[] Streams = ["stderr.txt", "stdout.txt"];
    private readonly HashSet<(string Experiment, SampleOutcome Outcome)> told = [];
    private readonly EvaluationLayout layout = resolver.Surroundings.Layout;

    /// <summary>Takes a sample; what it returns is on the disk already, but for the journal's line.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; nothing of the sample is kept.</exception>
    public async Task<SampleRecord> TakeAsync(ResolvedCell cell, IExecutor executor, string run, string machineId, CancellationToken cancellation)
    {
        var id = Guid.NewGuid().ToString("N");
        var attempt = new Attempt(Path.Combine(Attempts.RootIn(layout), id));
        var experiment = cell.Cell.Experiment;
        Attempts.Prepare(attempt);
        foreach (var source in resolver.Copies(experiment))
            WorkingCopy.Make(resolver.Surroundings.Sources[source].Path, Path.Combine(attempt.Work, "copy", source), cancellation);
        var job = resolver.Job(cell, id, attempt, CpusFor(experiment));
        var result = await executor.RunAsync(experiment, job, attempt, resolver.ReadPaths(cell), cancellation).ConfigureAwait(false);
        if (result.Outcome == JobOutcome.Cancelled)
            throw new OperationCanceledException("The runner was told to stop.");
        var collection = new Collection(attempt);
        collection.Clean();
        collection.Collect([.. experiment.Collect.Select(pattern =>
            Path.GetFullPath(resolver.Expand(pattern, cell.Cell, attempt, null), attempt.Work))]);
        var (outcome, why, readings) = Judge(experiment, result, attempt.Output);
        var words = outcome == SampleOutcome.Ok ? "" : LastWords(attempt.Output);
        var logs = Path.Combine("logs", FolderName(cell.Cell.Name), id);
        Keep(attempt, Path.Combine(layout.Experiments, logs));
        if (outcome != SampleOutcome.Ok)
            Tell(ExperimentRules.SampleFailed.At(experiment.Item.Where, cell.Cell.Name, id[..8], outcome, why!.TrimEnd('.'), words,
                Path.Combine(layout.Experiments, logs)), experiment, outcome);
        if (collection.LeftOut is { } leftOut)
            Tell(ReadingRules.LeftOut.At(experiment.Item.Where, cell.Cell.Name, id[..8], leftOut), experiment, SampleOutcome.Ok);
        foreach (var warning in readings.Select(reading => reading.Warning).OfType<string>())
            log.Report(ExperimentRules.DoubtfulRow.At(experiment.Item.Where, cell.Cell.Name, id[..8], warning));
        return new SampleRecord
        {
            Id = id,
            Cell = cell.Cell.Name,
            Key = cell.Key,
            Run = run,
            MachineId = machineId,
            Outcome = outcome,
            Why = why,
            Result = result,
            Readings = readings,
            ReadBy = OutputReading.Identity(experiment),
            Logs = logs,
        };
    }

    private static Judgement Judge(ExperimentDeclaration experiment, JobResult result, string output)
    {
        try
        {
            return OutputReading.Of(experiment, result, output);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new Judgement(SampleOutcome.WrongOutput, $"its output cannot be read: {problem.Message}", []);
        }
    }

    // One cause often fails every cell of an experiment: it is a warning once, and the progress tells of the others.
    private void Tell(Diagnostic failure, ExperimentDeclaration experiment, SampleOutcome outcome)
    {
        bool first;
        lock (told)
            first = told.Add((experiment.Name, outcome));
        if (first)
            log.Report(failure);
        else
            log.Detail(failure.Message);
    }

    private static string LastWords(string output)
    {
        var line = Streams.Select(name => LastLine(Path.Combine(output, name))).FirstOrDefault(line => line.Length > 0) ?? "(nothing)";
        return line.Length > MostWords ? "..." + line[^MostWords..] : line;
    }

    private static string LastLine(string file)
    {
        try
        {
            return PlainText.Line(OutputText.Of(file).Text.TrimEnd().Split('\n')[^1].Trim());
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    // The first CPUs that this process may use; the runner pins the tree to them.
    private static List<int> CpusFor(ExperimentDeclaration experiment) =>
        experiment.Cpus is { } count ? [.. AllowedCpus.Of().Take(count)] : [];

    private static void Keep(Attempt attempt, string logs)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(logs)!);
            Directory.Move(attempt.Output, logs);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Explain(logs, problem);
        }
        Attempts.Remove(attempt.Directory);
    }

    /// <summary>The folder of a cell: readable, and unique even where only special characters differ.</summary>
    internal static string FolderName(string cell)
    {
        var readable = string.Concat(cell.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '=' or '.' ? c : '_'));
        return $"{(readable.Length > 80 ? readable[..80] : readable)}-{ContentHashes.OfText(cell)[..8]}";
    }
}
