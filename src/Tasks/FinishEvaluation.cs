using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Writes down what the outputs depend on, shows the summary, and ends the session.</summary>
[MSBuildMultiThreadableTask]
public sealed class FinishEvaluation : EvaluationTask
{
    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation)
    {
        using var session = Current;
        BuildEngine4.UnregisterTaskObject(Session, RegisteredTaskObjectLifetime.Build);
        var terminal = TerminalView.Now(LiveProgress);
        session.Finish(log, terminal.Width, terminal.HasColor);
        return System.Threading.Tasks.Task.CompletedTask;
    }
}
