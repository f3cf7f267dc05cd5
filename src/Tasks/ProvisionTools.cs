using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Installs and builds the tools of the request.</summary>
[MSBuildMultiThreadableTask]
public sealed class ProvisionTools : EvaluationTask
{
    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) => Current.ProvisionToolsAsync(log, cancellation);
}
