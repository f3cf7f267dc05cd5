using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Finds what the request lacks here, before any long work.</summary>
[MSBuildMultiThreadableTask]
public sealed class Preflight : EvaluationTask
{
    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) => Current.PreflightAsync(log, cancellation);
}
