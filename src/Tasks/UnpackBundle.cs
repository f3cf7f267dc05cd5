using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Unpacks the contents of a bundle to the places where the stages find them.</summary>
[MSBuildMultiThreadableTask]
public sealed class UnpackBundle : EvaluationTask
{
    /// <summary>Path of the archive, relative to the folder of the project.</summary>
    [Required]
    public string Bundle { get; set; } = "";

    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) =>
        new Verus.Artifact.Evaluation.Stages.UnpackBundle(Context).RunAsync(Bundle, log, cancellation);
}
