using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Stops what was sent to machines, and on request removes what was left there.</summary>
[MSBuildMultiThreadableTask]
public sealed class EndMachines : EvaluationTask
{
    /// <summary>Absolute path of the folder with the SDK's own programs.</summary>
    [Required]
    public string ToolsDir { get; set; } = "";

    /// <summary>Whether the folders on the machines are removed.</summary>
    public bool Clean { get; set; }

    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) =>
        new Verus.Artifact.Evaluation.Stages.EndMachines(Context,
            () => SentProject.Of(Context, BuildEngine6, ToolsDir)).RunAsync(Clean, log, cancellation);
}
