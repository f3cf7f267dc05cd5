using Microsoft.Build.Framework;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Turns samples into tidy CSV files.</summary>
[MSBuildMultiThreadableTask]
public sealed class WriteDatasets : EvaluationTask
{
    /// <summary>The cells of the request with their samples.</summary>
    [Required]
    public string Samples { get; set; } = "";

    /// <summary>The output of this stage; the datasets themselves are in the folder data.</summary>
    [Output]
    public string Data { get; set; } = "";

    private protected override async System.Threading.Tasks.Task RunAsync(TaskBuildLog log,
        CancellationToken cancellation)
    {
        var stage = new Verus.Artifact.Evaluation.Stages.WriteDatasets(Context);
        Data = Give(await stage.RunAsync(Take<SampledCells>(Samples), log, cancellation).ConfigureAwait(false));
    }
}
