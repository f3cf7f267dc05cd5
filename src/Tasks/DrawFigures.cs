using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Draws the figures of the request.</summary>
[MSBuildMultiThreadableTask]
public sealed class DrawFigures : EvaluationTask
{
    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) => Current.DrawFiguresAsync(log, cancellation);
}
