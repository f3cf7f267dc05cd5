using Microsoft.Build.Framework;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Evaluates the claims of the request against the files in the folder data.</summary>
[MSBuildMultiThreadableTask]
public sealed class CheckClaims : EvaluationTask
{
    /// <summary>Handle of the output of the data stage.</summary>
    [Required]
    public string Data { get; set; } = "";

    /// <summary>Handle of the figures and of everything that was unavailable so far.</summary>
    [Required]
    public string Figures { get; set; } = "";

    /// <summary>The verdicts.</summary>
    [Output]
    public string Claims { get; set; } = "";

    private protected override async System.Threading.Tasks.Task RunAsync(TaskBuildLog log,
        CancellationToken cancellation)
    {
        var stage = new Verus.Artifact.Evaluation.Stages.CheckClaims(Context);
        Claims = Give(await stage.RunAsync(Take<WrittenData>(Data), Take<FiguresOfRequest>(Figures).Gaps,
            cancellation).ConfigureAwait(false));
    }
}
