using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Ends a call, whatever its outcome, so that the next call need not wait for it.</summary>
[MSBuildMultiThreadableTask]
public sealed class CloseEvaluation : EvaluationTask
{
    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation)
    {
        End();
        return System.Threading.Tasks.Task.CompletedTask;
    }
}
