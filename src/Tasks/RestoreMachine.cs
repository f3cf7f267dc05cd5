using Microsoft.Build.Framework;
using Verus.Artifact.Experiments.Tuning;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Restores the machine that an evaluation which is gone had tuned.</summary>
[MSBuildMultiThreadableTask]
public sealed class RestoreMachine : EvaluationTask
{
    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation)
    {
        MachineTuning.Here().Restore(log);
        return System.Threading.Tasks.Task.CompletedTask;
    }
}
