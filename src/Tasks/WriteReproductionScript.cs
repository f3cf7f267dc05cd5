using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Writes the plain commands of the request's experiments as a shell script.</summary>
[MSBuildMultiThreadableTask]
public sealed class WriteReproductionScript : EvaluationTask
{
    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) =>
        new Verus.Artifact.Evaluation.Stages.WriteReproductionScript(Context).RunAsync(log, cancellation);
}
