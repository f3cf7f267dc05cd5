using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Sends parts of the request to other machines, and starts them there.</summary>
[MSBuildMultiThreadableTask]
public sealed class StartMachines : EvaluationTask
{
    /// <summary>Absolute path of the folder with the SDK's own programs.</summary>
    [Required]
    public string ToolsDir { get; set; } = "";

    /// <summary>Handle of what was started.</summary>
    [Output]
    public string Machines { get; set; } = "";

    private protected override async System.Threading.Tasks.Task RunAsync(TaskBuildLog log,
        CancellationToken cancellation) =>
        Machines = Give(await new Verus.Artifact.Evaluation.Stages.StartMachines(Context,
            () => SentProject.Of(Context, BuildEngine6, ToolsDir)).RunAsync(log, cancellation).ConfigureAwait(false));
}
