using Microsoft.Build.Framework;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Takes the samples of other machines as they are taken there.</summary>
[MSBuildMultiThreadableTask]
public sealed class FollowMachines : EvaluationTask
{
    /// <summary>Absolute path of the folder with the SDK's own programs.</summary>
    [Required]
    public string ToolsDir { get; set; } = "";

    /// <summary>Handle of what was started.</summary>
    [Required]
    public string Machines { get; set; } = "";

    /// <summary>Handle of the cells of this machine with their samples; on output, with those of all
    /// machines.</summary>
    [Required]
    [Output]
    public string Samples { get; set; } = "";

    private protected override async System.Threading.Tasks.Task RunAsync(TaskBuildLog log,
        CancellationToken cancellation) =>
        Samples = Give(await new Verus.Artifact.Evaluation.Stages.FollowMachines(Context,
            () => SentProject.Of(Context, BuildEngine6, ToolsDir)).RunAsync(
            Take<StartedMachines>(Machines), Take<SampledCells>(Samples), log, cancellation).ConfigureAwait(false));
}
