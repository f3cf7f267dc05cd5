using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Writes a shell script with the plain commands of the request's experiments.</summary>
[MSBuildMultiThreadableTask]
public sealed class WriteReproductionScript : EvaluationTask
{
    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) =>
        new Verus.Artifact.Evaluation.Stages.WriteReproductionScript(Context).RunAsync(log, cancellation);
}
