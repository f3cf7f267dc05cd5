using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Writes what each public target needs of a machine, for the script that sets a machine up.</summary>
[MSBuildMultiThreadableTask]
public sealed class WriteNeeds : EvaluationTask
{
    /// <summary>PublicTarget items; their metadata Request is what they evaluate, if that is not their name.</summary>
    [Required]
    public ITaskItem[] Targets { get; set; } = [];

    /// <summary>What every target needs.</summary>
    public string[] Always { get; set; } = [];

    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation)
    {
        new Verus.Artifact.Evaluation.Stages.WriteNeeds(Context).Run(
            Targets.Select(target => (target.ItemSpec, target.GetMetadata("Request"))), Always, log);
        return System.Threading.Tasks.Task.CompletedTask;
    }
}
