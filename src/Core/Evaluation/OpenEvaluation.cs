using Verus.Artifact.Common;
using Verus.Artifact.Containers;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Tuning;

namespace Verus.Artifact.Evaluation;

/// <summary>The purpose of a call.</summary>
public enum Purpose
{
    /// <summary>To answer a question: the call changes nothing and waits for nobody.</summary>
    Read,
    /// <summary>To bring the results up to date, or to find that they already are.</summary>
    Evaluate,
    /// <summary>To run one stage, regardless of what the last complete call left.</summary>
    OneStage,
}

/// <summary>
/// One call on an evaluation, starting from the declarations: it only reads, has work to do, or finds nothing to do.
/// </summary>
public abstract class OpenEvaluation : IDisposable
{
    private protected OpenEvaluation() { }

    /// <summary>The log file of the evaluation; null for a call that writes nothing to it.</summary>
    public virtual EvaluationLog? Log => null;

    /// <summary>
    /// Reads the declarations and determines what there is to do. A call that has work to do takes the lease of the
    /// evaluation's folder, and waits for another process that holds it.
    /// </summary>
    /// <exception cref="DiagnosticException">A declaration or the request is wrong, or the folder cannot be
    /// written.</exception>
    public static async Task<OpenEvaluation> OpenAsync(EvaluationOptions options, IReadOnlyList<DeclarationItem> items,
        Purpose purpose, IBuildLog log,
        CancellationToken cancellation)
    {
        var tuning = MachineTuning.Here();
        if (purpose == Purpose.Read)
        {
            tuning.ReportChanges(log);
            var reading = MakeContext(options, items, isReading: true, tuning, cancellation);
            ReportWarnings(reading.Model, log);
            return new ReadingEvaluation(reading);
        }
        // The machine is restored even when this call has nothing to do, because an earlier call that tuned it may have
        // been killed.
        tuning.RestoreLeft(log);
        var check = new QuickCheck(options, items);
        var ask = new WorldAnswers(options, items, tuning, log);
        if (IsUpToDate() is { } summary)
            return new FinishedEvaluation(summary);
        // Wrong declarations are reported before the call waits for anyone.
        var context = MakeContext(options, items, isReading: false, tuning, cancellation);
        ReportWarnings(context.Model, log);
        return await WorkAsync(context, check, IsUpToDate, log, cancellation).ConfigureAwait(false);

        // Leftovers of a killed build or runner count as work, too: the stages clear away its processes and folders.
        string? IsUpToDate() =>
            purpose == Purpose.Evaluate && Attempts.LeftIn(options.Layout).Count == 0
                ? check.Summary(ask.Answer) : null;
    }

    private static async Task<OpenEvaluation> WorkAsync(EvaluationContext context, QuickCheck check,
        Func<string?> isUpToDate, IBuildLog log,
        CancellationToken cancellation)
    {
        EvaluationLease? lease = null;
        try
        {
            lease = await EvaluationLease.TakeAsync(context.Options, log, cancellation).ConfigureAwait(false);
            // The previous holder of the lease may have done the same work.
            if (isUpToDate() is { } summary)
            {
                lease.Dispose();
                context.Engine.Dispose();
                return new FinishedEvaluation(summary);
            }
            check.Forget();
            return new WorkingEvaluation(context, check, lease);
        }
        catch
        {
            lease?.Dispose();
            context.Engine.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    private static void ReportWarnings(EvaluationModel model, IBuildLog log)
    {
        foreach (var warning in model.Warnings)
            log.Report(warning);
    }

    /// <summary>The declarations as the call sees them.</summary>
    internal static EvaluationModel ReadModel(EvaluationOptions options, IReadOnlyList<DeclarationItem> items,
        InputTrace trace, CancellationToken cancellation)
    {
        var model = EvaluationModel.Parse(items, options.Layout, trace, new ReaderHost(options.Runner, cancellation)
        {
            OfFigures = options.SearchPath,
        });
        return options.Smoke
            ? model with
            {
                Experiments =
                [.. model.Experiments.Select(experiment => experiment with { IsSmoke = true })]
            } : model;
    }

    /// <summary>The context of a call.</summary>
    internal static EvaluationContext MakeContext(EvaluationOptions options, IReadOnlyList<DeclarationItem> items,
        bool isReading, MachineTuning tuning, CancellationToken cancellation = default)
    {
        var trace = new InputTrace();
        var model = ReadModel(options, items, trace, cancellation);
        options.Policy.CheckName(model.Experiments);
        return new EvaluationContext
        {
            Options = options,
            Model = model,
            Selection = Selection.Of(model, options.Request),
            IsReading = isReading,
            Tuning = tuning,
            Engine = new DockerEngine(DockerEndpoint.Find()),
            Hashes = new ContentHashes(Path.Combine(options.Layout.State, "hashes.tsv")),
            Trace = trace,
        };
    }
}

/// <summary>A call that answers a question.</summary>
public sealed class ReadingEvaluation : OpenEvaluation
{
    internal ReadingEvaluation(EvaluationContext context) => Context = context;

    /// <summary>The state that the stages of the call share.</summary>
    public EvaluationContext Context { get; }

    /// <inheritdoc/>
    public override void Dispose() => Context.Engine.Dispose();
}

/// <summary>A call that finds everything up to date.</summary>
public sealed class FinishedEvaluation : OpenEvaluation
{
    internal FinishedEvaluation(string summary) => Summary = summary;

    /// <summary>The summary of the call that did the work, for <see cref="Report.SummaryTable.Parse"/>.</summary>
    public string Summary { get; }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // There is nothing to release.
    }
}

/// <summary>A call that has work to do. The object holds the lease of the evaluation's folder until it is
/// disposed.</summary>
public sealed class WorkingEvaluation : OpenEvaluation
{
    private readonly EvaluationLease lease;

    internal WorkingEvaluation(EvaluationContext context, QuickCheck check, EvaluationLease lease)
    {
        (Context, QuickCheck, this.lease) = (context, check, lease);
        Log = new EvaluationLog(context.Options.Layout.Log);
        Log.Line(
            $"{context.Options.RequestName} of {Path.GetFileName(context.Options.ProjectFile)}, process "
                + $"{Environment.ProcessId}");
    }

    /// <summary>The state that the stages of the call share.</summary>
    public EvaluationContext Context { get; }

    /// <inheritdoc/>
    public override EvaluationLog Log { get; }

    /// <summary>The record that the next call compares with.</summary>
    internal QuickCheck QuickCheck { get; }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Log.Dispose();
        Context.Engine.Dispose();
        lease.Dispose();
    }
}
