using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Turns samples into tidy CSV files.</summary>
[MSBuildMultiThreadableTask]
public sealed class WriteDatasets : EvaluationTask
{
    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) => Current.WriteDatasetsAsync(log, cancellation);
}
