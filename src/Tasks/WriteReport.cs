using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Writes the report of the request.</summary>
[MSBuildMultiThreadableTask]
public sealed class WriteReport : EvaluationTask
{
    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) => Current.WriteReportAsync(log, cancellation);
}
