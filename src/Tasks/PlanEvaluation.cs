using Microsoft.Build.Framework;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Shows what would run, why, and how long it would take.</summary>
[MSBuildMultiThreadableTask]
public sealed class PlanEvaluation : EvaluationTask
{
    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) =>
        new PlanSamples(Context.Here).ShowAsync(log, cancellation);
}
