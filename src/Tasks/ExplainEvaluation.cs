using Microsoft.Build.Framework;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Shows how the current keys differ from those of the last samples.</summary>
[MSBuildMultiThreadableTask]
public sealed class ExplainEvaluation : EvaluationTask
{
    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) =>
        new PlanSamples(Context.Here).ExplainAsync(log, cancellation);
}
