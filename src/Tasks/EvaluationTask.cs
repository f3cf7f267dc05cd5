using Microsoft.Build.Framework;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>
/// A stage as an MSBuild task, which takes the outputs of earlier stages, runs the stage, and provides its output. The
/// outputs of stages are objects, which cannot pass through MSBuild properties, but handles of them can, so that the
/// targets show what each stage takes and provides.
/// </summary>
public abstract class EvaluationTask : Microsoft.Build.Utilities.Task, ICancelableTask, IDisposable
{
    private readonly CancellationTokenSource cancellation = new();

    /// <summary>Handle of the call, from <see cref="DeclareEvaluation"/>.</summary>
    public virtual string Evaluation { get; set; } = "";

    /// <summary>Whether the terminal logger shows progress in its live area; true or false.</summary>
    public bool LiveProgress { get; set; }

    /// <inheritdoc/>
    public void Cancel() => cancellation.Cancel();

    /// <inheritdoc/>
    public override bool Execute()
    {
        using var log = new TaskBuildLog(Log, BuildEngine, LiveProgress)
        {
            File = Call?.Evaluation.Log,
            Project = OwnProject,
        };
        try
        {
            RunAsync(log, cancellation.Token).GetAwaiter().GetResult();
        }
        catch (DiagnosticException problem)
        {
            foreach (var diagnostic in problem.Diagnostics)
                log.Report(diagnostic);
        }
        catch (OperationCanceledException)
        {
            // On cancellation, the stage has already reported what it kept, and MSBuild reports that the build was
            // cancelled.
            return false;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            foreach (var diagnostic in SystemProblem.Of(problem))
                log.Report(diagnostic);
        }
#pragma warning disable CA1031 // An unexpected exception becomes a coded error; its trace is saved to a file.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            foreach (var diagnostic in SystemProblem.OutOfHandles(problem)?.Diagnostics
                ?? [DeclarationRules.Unexpected.At(SourceLocation.None, problem.Message.TrimEnd('.'),
                    problem.GetType().Name, UnexpectedProblem.SaveTrace(problem))])
                log.Report(diagnostic);
        }
        return !Log.HasLoggedErrors;
    }

    /// <summary>Does the work of the stage, in a derived class.</summary>
    private protected abstract System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation);

    /// <summary>The current call.</summary>
    private protected OpenEvaluation Current => (Call ?? throw Lost(Evaluation)).Evaluation;

    /// <summary>The context that the stages of the call share.</summary>
    private protected EvaluationContext Context => Current switch
    {
        WorkingEvaluation working => working.Context,
        ReadingEvaluation reading => reading.Context,
        _ => throw Lost(Evaluation),
    };

    /// <summary>Returns the output of an earlier stage of the call.</summary>
    private protected T Take<T>(string handle) where T : class =>
        (Call ?? throw Lost(Evaluation)).Outputs.GetValueOrDefault(handle) as T ?? throw Lost(handle);

    /// <summary>Stores the output of this stage for later stages, and returns its handle.</summary>
    private protected string Give(object output)
    {
        var handle = output.GetType().Name;
        (Call ?? throw Lost(Evaluation)).Outputs[handle] = output;
        return handle;
    }

    /// <summary>Starts a call; returns its handle.</summary>
    private protected string Start(OpenEvaluation evaluation)
    {
        var handle = Guid.NewGuid().ToString("N");
        // MSBuild disposes the object of the call at the end of the build at the latest, even when the build is
        // cancelled.
        BuildEngine4.RegisterTaskObject(handle, new RunningCall(evaluation), RegisteredTaskObjectLifetime.Build,
            allowEarlyCollection: false);
        return handle;
    }

    /// <summary>
    /// Ends a call, whatever its outcome, and releases its folder. Ending a call twice has no effect.
    /// </summary>
    private protected void End()
    {
        if (Evaluation.Length > 0)
            (BuildEngine4.UnregisterTaskObject(Evaluation,
                RegisteredTaskObjectLifetime.Build) as IDisposable)?.Dispose();
    }

    /// <summary>Absolute path of the user's project; null when it is not known.</summary>
    private protected virtual string? OwnProject => Call?.Evaluation switch
    {
        WorkingEvaluation working => working.Context.Options.ProjectFile,
        ReadingEvaluation reading => reading.Context.Options.ProjectFile,
        _ => null,
    };

    private RunningCall? Call =>
        Evaluation.Length == 0 ? null : (RunningCall?)BuildEngine4.GetRegisteredTaskObject(Evaluation,
            RegisteredTaskObjectLifetime.Build);

    private static InvalidOperationException Lost(string handle) =>
        new($"the targets call a stage without what it needs ('{handle}')");

    /// <inheritdoc/>
    public void Dispose()
    {
        cancellation.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed class RunningCall(OpenEvaluation evaluation) : IDisposable
    {
        public OpenEvaluation Evaluation => evaluation;

        public Dictionary<string, object> Outputs { get; } = new(StringComparer.Ordinal);

        public void Dispose() => evaluation.Dispose();
    }
}
