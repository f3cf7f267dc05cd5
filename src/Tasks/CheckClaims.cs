using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Judges the claims of the request.</summary>
[MSBuildMultiThreadableTask]
public sealed class CheckClaims : EvaluationTask
{
    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) => Current.CheckClaimsAsync(log, cancellation);
}
