using Microsoft.Build.Framework;
using Verus.Artifact.Experiments.Tuning;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Restores the settings of a machine that was tuned by an evaluation which no longer runs.</summary>
[MSBuildMultiThreadableTask]
public sealed class RestoreMachine : EvaluationTask
{
    /// <summary>Absolute path of the runner, which is also the tuning helper.</summary>
    [Required]
    public string Runner { get; set; } = "";

    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation)
    {
        using var tuning = MachineTuning.Here(Runner);
        tuning.Restore(log);
        return System.Threading.Tasks.Task.CompletedTask;
    }
}
