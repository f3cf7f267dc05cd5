using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Brings the pinned sources of the request to this machine.</summary>
[MSBuildMultiThreadableTask]
public sealed class AcquireSources : EvaluationTask
{
    /// <summary>Whether all pinned sources are wanted, not only those that the request needs.</summary>
    public bool All { get; set; }

    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) => Current.AcquireSourcesAsync(All, log, cancellation);
}
