using Microsoft.Build.Framework;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Determines what the request lacks on this machine before any long work starts.</summary>
[MSBuildMultiThreadableTask]
public sealed class Preflight : EvaluationTask
{
    /// <summary>Handle of what is available on this machine (tools and images), and of what is missing.</summary>
    [Output]
    public string Found { get; set; } = "";

    private protected override async System.Threading.Tasks.Task RunAsync(TaskBuildLog log,
        CancellationToken cancellation) =>
        Found = Give(await new CheckMachine(Context.Here).RunAsync(log, cancellation).ConfigureAwait(false));
}
