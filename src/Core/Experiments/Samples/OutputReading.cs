using System.Collections.Concurrent;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Experiments.Samples;

/// <summary>What became of a sample, by its result and what it left.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Why">Why it failed; null for success.</param>
/// <param name="Readings">Rows that were read; none for a failed sample.</param>
public sealed record Judgement(SampleOutcome Outcome, string? Why, IReadOnlyList<Reading> Readings);

/// <summary>
/// Judges a sample and reads its numbers. Both follow from the runner's result, the kept output and the declaration, so
/// that another success rule, reader or pattern judges every sample anew that is kept, good or failed, and none has to
/// be taken again.
/// </summary>
public static class OutputReading
{
    /// <summary>
    /// What judges and reads the samples of an experiment; under another one they are judged and read again.
    /// </summary>
    public static string Identity(ExperimentDeclaration experiment) => experiment.Success
        + (experiment.ReaderIdentity is { } reader ? $"; {reader}" : "")
        + MetricPatterns.Identity(experiment.MetricPatterns, experiment.MetricMatches, experiment.OptionalMetrics);

    /// <summary>Judges a sample by what it left.</summary>
    /// <param name="experiment">Its experiment.</param>
    /// <param name="result">What the runner saw.</param>
    /// <param name="folder">Absolute path of the folder with its standard streams and collected files.</param>
    /// <exception cref="IOException">The output cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The output may not be read.</exception>
    public static Judgement Of(ExperimentDeclaration experiment, JobResult result, string folder)
    {
        var (output, error) = (OutputText.Of(Path.Combine(folder, "stdout.txt")),
            OutputText.Of(Path.Combine(folder, "stderr.txt")));
        try
        {
            var (outcome, why) = experiment.Success.Judge(result, output.Text + "\n" + error.Text);
            return outcome == SampleOutcome.Ok
                ? new Judgement(outcome, null, Read(experiment, output, error.Text, folder))
                : new Judgement(outcome, why is null ? null : PlainText.Line(why), []);
        }
        catch (FormatException problem)
        {
            return new Judgement(SampleOutcome.WrongOutput, PlainText.Line(problem.Message), []);
        }
    }

    // The rows of the reader, each with the metrics of the patterns; those of the patterns where there is no reader.
    private static IReadOnlyList<Reading> Read(ExperimentDeclaration experiment, OutputText output, string error,
        string folder)
    {
        var matched = MetricPatterns.Read(experiment.MetricPatterns, experiment.MetricMatches, output.Text,
            output.IsWhole, experiment.OptionalMetrics);
        if (experiment.Reader is null)
            return matched;
        IReadOnlyList<Reading> rows;
        try
        {
            rows = experiment.Reader.Read(new KeptOutput(output.Text, error, folder));
        }
        catch (FormatException)
        {
            throw;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"a collected file cannot be read: {problem.Message}");
        }
        catch (Exception problem) when (problem is not (OutOfMemoryException or OperationCanceledException))
        {
            // The code of an extension. One sample fails, and the others are read.
            throw new FormatException(
                $"the reader '{experiment.Reader.Name}' failed: {problem.GetType().Name}: {problem.Message}");
        }
        if (rows.SelectMany(row => row.Metrics)
            .FirstOrDefault(metric => !double.IsFinite(metric.Value)) is { Key: { } infinite })
            throw new FormatException($"the metric '{infinite}' is beyond the range of a number");
        return matched is not [var one] ? rows
            : [.. rows.Select(row =>
                row with { Metrics = row.Metrics.Concat(one.Metrics).ToDictionary(pair => pair.Key,
                    pair => pair.Value) })];
    }
}

/// <summary>
/// The samples of the journal as the declarations judge them now. One that another rule, reader or pattern judged is
/// judged again from its kept output, once for each object of this class; the journal is not changed. Safe for several
/// threads.
/// </summary>
/// <param name="experiments">Absolute path of the folder that the logs are in.</param>
/// <param name="log">Told of good samples that cannot be read any more, once for an experiment.</param>
public sealed class Judgements(string experiments, IBuildLog log)
{
    private readonly ConcurrentDictionary<(string Sample, string Identity), SampleRecord> again = new();
    private readonly ConcurrentDictionary<ExperimentDeclaration, string> identities =
        new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<string, bool> told = new(StringComparer.Ordinal);

    /// <summary>The sample as its experiment judges it now.</summary>
    public SampleRecord Of(ExperimentDeclaration experiment, SampleRecord sample)
    {
        var identity = identities.GetOrAdd(experiment, OutputReading.Identity);
        return sample.ReadBy == identity
            ? sample : again.GetOrAdd((sample.Id, identity), _ => Again(experiment, sample, identity));
    }

    private SampleRecord Again(ExperimentDeclaration experiment, SampleRecord sample, string identity)
    {
        // What never ran to its end left nothing that could be judged otherwise.
        if (sample.Result is not { Outcome: JobOutcome.Exited })
            return sample;
        var judged = Judge(experiment, sample);
        if (sample.Outcome == SampleOutcome.Ok && judged.Outcome != SampleOutcome.Ok
            && told.TryAdd(experiment.Name, true))
            log.Report(ReadingRules.UnreadableOutput.At(experiment.Item.Where, sample.Cell,
                sample.Id[..Math.Min(8, sample.Id.Length)], judged.Why));
        return sample with
        {
            Outcome = judged.Outcome,
            Why = judged.Why,
            Readings = judged.Readings,
            ReadBy = identity
        };
    }

    private Judgement Judge(ExperimentDeclaration experiment, SampleRecord sample)
    {
        var folder = Path.Combine(experiments, sample.Logs);
        try
        {
            return Directory.Exists(folder) ? OutputReading.Of(experiment, sample.Result, folder)
                : new Judgement(SampleOutcome.WrongOutput,
                    $"its output should be read in another way and no longer exists: {sample.Logs}", []);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new Judgement(SampleOutcome.WrongOutput, $"its output cannot be read: {problem.Message}", []);
        }
    }
}
