using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Prints the ledger of pinned inputs, and fails if a pin is floating.</summary>
[MSBuildMultiThreadableTask]
public sealed class PrintPins : EvaluationTask
{
    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) =>
        new Verus.Artifact.Evaluation.Stages.PrintPins(Context).RunAsync(log);
}
