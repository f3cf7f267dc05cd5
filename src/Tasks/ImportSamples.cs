using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Takes the samples of an evaluation that was made elsewhere.</summary>
[MSBuildMultiThreadableTask]
public sealed class ImportSamples : EvaluationTask
{
    /// <summary>Path of the folder of the evaluation, relative to the folder of the project.</summary>
    public string From { get; set; } = "";

    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation)
    {
        new Verus.Artifact.Evaluation.Stages.ImportSamples(Context).Run(From, log, cancellation);
        return System.Threading.Tasks.Task.CompletedTask;
    }
}
