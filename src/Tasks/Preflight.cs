using Microsoft.Build.Framework;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Finds what the request lacks here, before any long work.</summary>
[MSBuildMultiThreadableTask]
public sealed class Preflight : EvaluationTask
{
    /// <summary>What is here: tools, images, and what is lacking.</summary>
    [Output]
    public string Found { get; set; } = "";

    private protected override async System.Threading.Tasks.Task RunAsync(TaskBuildLog log,
        CancellationToken cancellation) =>
        Found = Give(await new CheckMachine(Context).RunAsync(log, cancellation).ConfigureAwait(false));
}
