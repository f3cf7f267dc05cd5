using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Takes the samples that are missing.</summary>
[MSBuildMultiThreadableTask]
public sealed class RunExperiments : EvaluationTask
{
    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) => Current.RunExperimentsAsync(log, cancellation);
}
