using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
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
    private const int MostOutputRead = 64 << 20;
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(30);
    private const int MostWords = 160;
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
        Collect(experiment, cell.Cell, attempt);
        var output = new SampleOutput(ReadEnd(job.Command.StandardOutput), ReadEnd(job.Command.StandardError), attempt.Output);
        var (outcome, why) = experiment.Success.Judge(result, output.StandardOutput + "\n" + output.StandardError);
        IReadOnlyList<Reading> readings = [];
        if (outcome == SampleOutcome.Ok)
        {
            try
            {
                readings = Read(experiment, output);
            }
            catch (FormatException problem)
            {
                (outcome, why) = (SampleOutcome.WrongOutput, problem.Message);
            }
        }
        var logs = Path.Combine("logs", FolderName(cell.Cell.Name), id);
        Keep(attempt, Path.Combine(layout.Experiments, logs));
        if (outcome != SampleOutcome.Ok)
            Tell(ExperimentRules.SampleFailed.At(experiment.Item.Where, cell.Cell.Name, id[..8], outcome, why!.TrimEnd('.'), LastWords(output),
                Path.Combine(layout.Experiments, logs)), experiment, outcome);
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
            ReadBy = ReaderIdentity(experiment),
            Logs = logs,
        };
    }

    /// <summary>The rows of a sample's output: those of the reader, each with the metrics of the patterns; one row when there is no reader.</summary>
    /// <exception cref="FormatException">The output is not what the reader or a pattern expects.</exception>
    public static IReadOnlyList<Reading> Read(ExperimentDeclaration experiment, SampleOutput output)
    {
        var matched = experiment.MetricPatterns.ToDictionary(pair => pair.Key, pair => Match(pair.Key, pair.Value, output.StandardOutput), StringComparer.Ordinal);
        if (experiment.Reader is null)
            return matched.Count == 0 ? [] : [new Reading(new Dictionary<string, string>(), matched)];
        var rows = OutputReaders.Find(experiment.Reader)!.Read(output);
        return matched.Count == 0 ? rows
            : [.. rows.Select(row => row with { Metrics = row.Metrics.Concat(matched).ToDictionary(pair => pair.Key, pair => pair.Value) })];
    }

    /// <summary>Reads a sample's output again from its logs.</summary>
    /// <exception cref="FormatException">The output is not what the reader expects.</exception>
    /// <exception cref="IOException">The logs are gone.</exception>
    public static IReadOnlyList<Reading> ReadAgain(ExperimentDeclaration experiment, string logs) =>
        Read(experiment, new SampleOutput(ReadEnd(Path.Combine(logs, "stdout.txt")), ReadEnd(Path.Combine(logs, "stderr.txt")), logs));

    /// <summary>What reads the output of an experiment; another one reads samples again.</summary>
    public static string ReaderIdentity(ExperimentDeclaration experiment) =>
        (experiment.Reader is { } name && OutputReaders.Find(name) is { } reader ? $"{reader.Name} {reader.Version}" : "")
        + string.Concat(experiment.MetricPatterns.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"; {pair.Key}={pair.Value}"));

    private static double Match(string name, string pattern, string text)
    {
        var match = Regex.Match(text, pattern, RegexOptions.CultureInvariant | RegexOptions.Multiline, PatternTimeout);
        return match.Success && match.Groups.Count > 1
            && double.TryParse(match.Groups[1].Value, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new FormatException($"the pattern of the metric '{name}' finds no number in standard output: {pattern}");
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

    private static string LastWords(SampleOutput output)
    {
        var line = new[] { output.StandardError, output.StandardOutput }
            .Select(text => text.TrimEnd().Split('\n')[^1].Trim()).FirstOrDefault(line => line.Length > 0) ?? "(nothing)";
        return line.Length > MostWords ? "..." + line[^MostWords..] : line;
    }

    // The first CPUs that this process may use; the runner pins the tree to them.
    private static List<int> CpusFor(ExperimentDeclaration experiment) =>
        experiment.Cpus is { } count ? [.. AllowedCpus.Of().Take(count)] : [];

    private void Collect(ExperimentDeclaration experiment, Cell cell, Attempt attempt)
    {
        foreach (var pattern in experiment.Collect)
            foreach (var file in Globbing.Files(Path.GetFullPath(resolver.Expand(pattern, cell, attempt, null), attempt.Work)))
            {
                var target = Path.Combine(attempt.Output, Path.GetRelativePath(attempt.Work, file));
                if (target.StartsWith(attempt.Output + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                    File.Copy(file, target, overwrite: true);
                }
            }
    }

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

    // Success texts and summaries stand at the end; of an output beyond all measure the end is read.
    private static string ReadEnd(string file)
    {
        if (!File.Exists(file))
            return "";
        using var stream = File.OpenRead(file);
        stream.Seek(-Math.Min(stream.Length, MostOutputRead), SeekOrigin.End);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>The folder of a cell: readable, and unique even where only special characters differ.</summary>
    internal static string FolderName(string cell)
    {
        var readable = string.Concat(cell.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '=' or '.' ? c : '_'));
        return $"{(readable.Length > 80 ? readable[..80] : readable)}-{ContentHashes.OfText(cell)[..8]}";
    }
}
