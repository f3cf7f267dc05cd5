using Verus.Artifact.Common;
using Verus.Artifact.Containers;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Experiments.Tuning;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Evaluation;

/// <summary>The purpose for which an evaluation is opened.</summary>
public enum Purpose
{
    /// <summary>The call answers a question: it changes nothing and waits for no other process.</summary>
    Read,
    /// <summary>The call brings the results up to date, or finds that they already are.</summary>
    Evaluate,
    /// <summary>The call runs one stage, regardless of the results of the last complete call.</summary>
    OneStage,
}

/// <summary>
/// One call on an evaluation, starting from the declarations; a call is read-only, has work to do, or finds nothing to
/// do.
/// </summary>
public abstract class OpenEvaluation : IDisposable
{
    private protected OpenEvaluation() { }

    /// <summary>The log file of the evaluation; null for a call that does not write to the log file.</summary>
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
        var tuning = MachineTuning.Here(options.Runner);
        if (purpose == Purpose.Read)
        {
            tuning.ReportChanges(log);
            var reading = MakeContext(options, items, isReading: true, tuning, cancellation);
            ReportWarnings(reading.Model, log);
            return new ReadingEvaluation(reading);
        }
        // The machine's settings are restored even when the call has nothing to do, because an earlier call that tuned
        // the machine may have been killed.
        tuning.RestoreLeft(log);
        var check = new QuickCheck(options, items);
        var ask = new WorldAnswers(options, items, tuning, log);
        if (IsUpToDate() is { } summary)
            return new FinishedEvaluation(summary);
        // Wrong declarations are reported before the call waits for other processes.
        var context = MakeContext(options, items, isReading: false, tuning, cancellation);
        ReportWarnings(context.Model, log);
        return await WorkAsync(context, check, IsUpToDate, log, cancellation).ConfigureAwait(false);

        // If a killed build or runner left processes or folders, the call has work to do, because its stages clear
        // these away.
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
            // The check is repeated after the wait, since the previous holder of the lease may have done the same work.
            if (isUpToDate() is { } summary)
            {
                lease.Dispose();
                context.Engine.Dispose();
                return new FinishedEvaluation(summary);
            }
            check.Forget();
            if (context.Options.TuneMachine && context.Selection.Experiments.Any(one => one.Tune.Count > 0))
                context.Tuning.Prepare();
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

    /// <summary>The declarations of the project as the call reads them.</summary>
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

    /// <summary>The options of a call with the numbers of samples that are chosen for its declarations, if they are to
    /// be chosen.</summary>
    internal static EvaluationOptions WithChoice(EvaluationOptions options, EvaluationModel model) =>
        !options.DecideSamples ? options : options with
        {
            Policy = options.Policy with
            {
                Choice = new Lazy<SampleChoice>(
                    () => new DecidingSamples(model, new NamedFiles(options.Layout, model.Pins)).Choose()),
            },
        };

    /// <summary>The context that the stages of a call share.</summary>
    internal static EvaluationContext MakeContext(EvaluationOptions options, IReadOnlyList<DeclarationItem> items,
        bool isReading, MachineTuning tuning, CancellationToken cancellation = default)
    {
        var trace = new InputTrace();
        var model = ReadModel(options, items, trace, cancellation);
        options.Policy.CheckName(model.Experiments);
        var selection = Selection.Of(model, options.Request);
        return new EvaluationContext
        {
            Options = WithChoice(options, model),
            Model = model,
            Selection = selection,
            Sent = options.OnMachine.Length > 0 ? [] : SentPart.Of(model, selection),
            IsReading = isReading,
            Tuning = tuning,
            Engine = new DockerEngine(DockerEndpoint.Find()),
            Hashes = new ContentHashes(Path.Combine(options.Layout.State, "hashes.tsv")),
            Trace = trace,
        };
    }
}

/// <summary>A call that answers a question and changes nothing.</summary>
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

    /// <summary>The summary of the earlier call that did the work, in the form that <see
    /// cref="Report.SummaryTable.Parse"/> reads.</summary>
    public string Summary { get; }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // A call that only reads holds no lease, so nothing has to be released.
    }
}

/// <summary>A call that has work to do. This object holds the lease of the evaluation's folder until it is
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

    /// <summary>The record of what the call depends on, with which the next call compares the state of its
    /// inputs.</summary>
    internal QuickCheck QuickCheck { get; }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Log.Dispose();
        Context.Tuning.Dispose();
        Context.Engine.Dispose();
        lease.Dispose();
    }
}
