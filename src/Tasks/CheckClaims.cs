using Microsoft.Build.Framework;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Judges the claims of the request by the folder data.</summary>
[MSBuildMultiThreadableTask]
public sealed class CheckClaims : EvaluationTask
{
    /// <summary>What the data stage wrote.</summary>
    [Required]
    public string Data { get; set; } = "";

    /// <summary>The figures, with what could not be had so far.</summary>
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
