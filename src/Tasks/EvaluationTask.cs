using Microsoft.Build.Framework;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>
/// One stage of an evaluation as a task: finds the session that <see cref="DeclareEvaluation"/> made, calls the core, and turns what it
/// says into MSBuild's words. Stages differ only in what they call.
/// </summary>
public abstract class EvaluationTask : Microsoft.Build.Utilities.Task, ICancelableTask, IDisposable
{
    private readonly CancellationTokenSource cancellation = new();

    /// <summary>Names the session; the same in all stages of one request.</summary>
    [Required]
    public string Session { get; set; } = "";

    /// <summary>Whether the terminal logger shows progress in its live area; true or false.</summary>
    public bool LiveProgress { get; set; }

    /// <inheritdoc/>
    public void Cancel() => cancellation.Cancel();

    /// <inheritdoc/>
    public override bool Execute()
    {
        using var log = new TaskBuildLog(Log, BuildEngine, LiveProgress) { File = Found?.Log };
        try
        {
            RunAsync(log, cancellation.Token).GetAwaiter().GetResult();
        }
        catch (DiagnosticException problem)
        {
            foreach (var diagnostic in problem.Diagnostics)
                log.Report(diagnostic);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            log.Report(DeclarationRules.FileProblem.At(SourceLocation.None, problem.Message));
        }
        catch (OperationCanceledException)
        {
            // The stage has said what it kept; MSBuild says that the build was cancelled.
            return false;
        }
        return !Log.HasLoggedErrors;
    }

    /// <summary>Does the stage's work.</summary>
    private protected abstract System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation);

    /// <summary>The session of this request.</summary>
    private protected EvaluationSession Current =>
        Found ?? throw new InvalidOperationException($"No session '{Session}': DeclareEvaluation has not run in this build.");

    private EvaluationSession? Found => (EvaluationSession?)BuildEngine4.GetRegisteredTaskObject(Session, RegisteredTaskObjectLifetime.Build);

    /// <inheritdoc/>
    public void Dispose()
    {
        cancellation.Dispose();
        GC.SuppressFinalize(this);
    }
}
