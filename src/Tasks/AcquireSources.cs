using Microsoft.Build.Framework;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Brings the pinned sources, downloads and images of the request to this machine.</summary>
[MSBuildMultiThreadableTask]
public sealed class AcquireSources : EvaluationTask
{
    /// <summary>Handle of what is available on this machine; when empty, everything in the ledger is fetched.</summary>
    public string Found { get; set; } = "";

    /// <summary>Handle of the pinned inputs that are now available on this machine.</summary>
    [Output]
    public string Inputs { get; set; } = "";

    private protected override async System.Threading.Tasks.Task RunAsync(TaskBuildLog log,
        CancellationToken cancellation)
    {
        var stage = new Verus.Artifact.Evaluation.Stages.AcquireSources(Context.Here);
        Inputs = Give(await (Found.Length == 0
            ? stage.AllAsync(log, cancellation) : stage.RunAsync(Take<AvailableInputs>(Found), log, cancellation))
            .ConfigureAwait(false));
    }
}
