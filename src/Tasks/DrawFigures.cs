using Microsoft.Build.Framework;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Draws the figures of the request from the files in the folder data.</summary>
[MSBuildMultiThreadableTask]
public sealed class DrawFigures : EvaluationTask
{
    /// <summary>Handle of the output of the data stage.</summary>
    [Required]
    public string Data { get; set; } = "";

    /// <summary>Handle of the figures that were drawn, and of the reasons why others were not.</summary>
    [Output]
    public string Figures { get; set; } = "";

    private protected override async System.Threading.Tasks.Task RunAsync(TaskBuildLog log,
        CancellationToken cancellation)
    {
        var stage = new Verus.Artifact.Evaluation.Stages.DrawFigures(Context);
        Figures = Give(await stage.RunAsync(Take<WrittenData>(Data), log, cancellation).ConfigureAwait(false));
    }
}
