using Microsoft.Build.Framework;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Turns samples into datasets, which are written as tidy CSV files.</summary>
[MSBuildMultiThreadableTask]
public sealed class WriteDatasets : EvaluationTask
{
    /// <summary>Handle of the cells of the request with their samples.</summary>
    [Required]
    public string Samples { get; set; } = "";

    /// <summary>Handle of the output of the data stage; the datasets themselves are in the folder data.</summary>
    [Output]
    public string Data { get; set; } = "";

    private protected override async System.Threading.Tasks.Task RunAsync(TaskBuildLog log,
        CancellationToken cancellation)
    {
        var stage = new Verus.Artifact.Evaluation.Stages.WriteDatasets(Context);
        Data = Give(await stage.RunAsync(Take<SampledCells>(Samples), log, cancellation).ConfigureAwait(false));
    }
}
