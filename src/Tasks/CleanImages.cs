using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Removes the images that the evaluation has pulled or built.</summary>
[MSBuildMultiThreadableTask]
public sealed class CleanImages : EvaluationTask
{
    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) =>
        new Verus.Artifact.Evaluation.Stages.CleanImages(Context).RunAsync(log, cancellation);
}
