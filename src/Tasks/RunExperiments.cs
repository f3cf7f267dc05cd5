using Microsoft.Build.Framework;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Takes the samples that are missing.</summary>
[MSBuildMultiThreadableTask]
public sealed class RunExperiments : EvaluationTask
{
    /// <summary>Handle of the pinned inputs that are available on this machine.</summary>
    [Required]
    public string Inputs { get; set; } = "";

    /// <summary>Handle of the tools that are ready for use.</summary>
    [Required]
    public string Tools { get; set; } = "";

    /// <summary>Handle of the cells of the request with their samples.</summary>
    [Output]
    public string Samples { get; set; } = "";

    private protected override async System.Threading.Tasks.Task RunAsync(TaskBuildLog log,
        CancellationToken cancellation)
    {
        var stage = new Verus.Artifact.Evaluation.Stages.RunExperiments(Context.Here);
        Samples = Give(await stage.RunAsync(Take<AcquiredInputs>(Inputs), Take<ProvidedTools>(Tools), log,
            cancellation).ConfigureAwait(false));
    }
}
