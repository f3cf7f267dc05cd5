using System.Collections.Concurrent;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Protocol;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Experiments.Samples;

/// <summary>The outcome of a sample, as judged by the runner's result and the command's output.</summary>
/// <param name="Outcome">How the sample ended.</param>
/// <param name="Why">Why the sample failed; null if the sample succeeded.</param>
/// <param name="Readings">Rows that were read from the output; a failed sample has none.</param>
public sealed record Judgement(SampleOutcome Outcome, string? Why, IReadOnlyList<Reading> Readings);

/// <summary>
/// Judges a sample and reads its numbers. Verdict and numbers depend only on the runner's result, the kept output and
/// the declaration. A new success rule, reader or pattern judges every kept sample again, good or failed, so that no
/// sample has to be taken again.
/// </summary>
public static class OutputReading
{
    /// <summary>
    /// Identifies the success rule, reader and patterns of an experiment. When the success rule, the reader or the
    /// patterns of an experiment change, its samples are judged and read again.
    /// </summary>
    public static string Identity(ExperimentDeclaration experiment) => experiment.Success
        + (experiment.ReaderIdentity is { } reader ? $"; {reader}" : "")
        + MetricPatterns.Identity(experiment.MetricPatterns, experiment.MetricMatches, experiment.OptionalMetrics);

    /// <summary>Judges a sample by its result and its output.</summary>
    /// <param name="experiment">The experiment that the sample belongs to.</param>
    /// <param name="result">The result of the runner: what it measured and observed.</param>
    /// <param name="folder">Absolute path of the folder with the sample's standard streams and collected files.</param>
    /// <param name="cancellation">Ends the command of a reader.</param>
    /// <exception cref="OperationCanceledException">The reader was cancelled, and the sample was not
    /// judged.</exception>
    /// <exception cref="IOException">The output cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The user has no permission to read the output.</exception>
    public static Judgement Of(ExperimentDeclaration experiment, JobResult result, string folder,
        CancellationToken cancellation = default)
    {
        var (output, error) = (OutputText.Of(Path.Combine(folder, "stdout.txt")),
            OutputText.Of(Path.Combine(folder, "stderr.txt")));
        try
        {
            var (outcome, why) = experiment.Success.Judge(result, output.Text + "\n" + error.Text);
            return outcome == SampleOutcome.Ok
                ? new Judgement(outcome, null, Read(experiment, output,
                    new KeptOutput(output.Text, error.Text, folder) { Cancellation = cancellation }))
                : new Judgement(outcome, why is null ? null : PlainText.Line(why), []);
        }
        catch (FormatException problem)
        {
            return new Judgement(SampleOutcome.WrongOutput, PlainText.Line(problem.Message), []);
        }
    }

    // The rows of the reader, each with the metrics of the patterns; the rows of the patterns when there is no reader.
    private static IReadOnlyList<Reading> Read(ExperimentDeclaration experiment, OutputText output,
        KeptOutput kept)
    {
        var matched = MetricPatterns.Read(experiment.MetricPatterns, experiment.MetricMatches, output.Text,
            output.IsWhole, experiment.OptionalMetrics);
        if (experiment.Reader is null)
            return matched;
        IReadOnlyList<Reading> rows;
        try
        {
            rows = experiment.Reader.Read(kept);
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
            // The exception comes from an extension's code, so only the sample at hand fails, and other samples are
            // still read.
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
/// The samples of the journal as the current declarations judge them. A sample that was judged by another rule, reader
/// or pattern is judged again from its kept output, once per object of this class; the journal is not changed.
/// Thread-safe.
/// </summary>
/// <param name="experiments">Absolute path of the folder that contains the logs.</param>
/// <param name="cache">The rows that earlier calls found when they read samples again.</param>
/// <param name="log">Log to which good samples that can no longer be read are reported, once per experiment.</param>
internal sealed class Judgements(string experiments, ReadingCache cache, IBuildLog log)
{
    private readonly ConcurrentDictionary<(string Sample, string Identity), SampleRecord> again = new();
    private readonly ConcurrentDictionary<ExperimentDeclaration, string> identities =
        new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<string, bool> told = new(StringComparer.Ordinal);

    /// <summary>The sample as its experiment judges it now.</summary>
    public SampleRecord Of(ExperimentDeclaration experiment, SampleRecord sample,
        CancellationToken cancellation = default)
    {
        // While a tool of the reader is not present, the reader's identity is unknown, so it cannot be compared with
        // that of the reader that read the sample.
        if (experiment.Reader is CommandReader { Place.IsComplete: false })
            return sample;
        var identity = identities.GetOrAdd(experiment, OutputReading.Identity);
        return sample.ReadBy == identity ? sample
            : again.GetOrAdd((sample.Id, identity), _ => Again(experiment, sample, identity, cancellation));
    }

    private SampleRecord Again(ExperimentDeclaration experiment, SampleRecord sample, string identity,
        CancellationToken cancellation)
    {
        // A job that did not run to its end has left no output that could be judged differently.
        if (sample.Result is not { Outcome: JobOutcome.Exited })
            return sample;
        var folder = Path.Combine(experiments, sample.Logs);
        using var nothing = sample.Silent && !Directory.Exists(folder) ? new TemporaryFolder() : null;
        folder = nothing?.Path ?? folder;
        var key = Directory.Exists(folder) ? cache.KeyOf(identity, sample.Result, folder) : null;
        if (key is not null && cache.Find(identity, key) is { } rows)
            return sample with { Outcome = SampleOutcome.Ok, Why = null, Readings = rows, ReadBy = identity };
        var judged = Judge(experiment, sample, folder, cancellation);
        if (sample.Outcome == SampleOutcome.Ok && judged.Outcome != SampleOutcome.Ok
            && told.TryAdd(experiment.Name, true))
            log.Report(ReadingRules.UnreadableOutput.At(experiment.Item.Where, sample.Cell,
                sample.Id[..Math.Min(8, sample.Id.Length)], judged.Why));
        var record = sample with
        {
            Outcome = judged.Outcome,
            Why = judged.Why,
            Readings = judged.Readings,
            ReadBy = identity
        };
        // A sample that cannot be read is tried again by the next call, since the reader may have been at fault.
        if (key is not null && judged.Outcome == SampleOutcome.Ok)
            cache.Add(identity, key, record);
        return record;
    }

    private static Judgement Judge(ExperimentDeclaration experiment, SampleRecord sample, string folder,
        CancellationToken cancellation)
    {
        try
        {
            return Directory.Exists(folder) ? OutputReading.Of(experiment, sample.Result!, folder, cancellation)
                : new Judgement(SampleOutcome.WrongOutput,
                    $"its output should be read in another way and no longer exists: {sample.Logs}", []);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new Judgement(SampleOutcome.WrongOutput, $"its output cannot be read: {problem.Message}", []);
        }
    }
}
