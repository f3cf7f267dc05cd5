using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Brings what a bundle holds to its places, where the stages find it.</summary>
[MSBuildMultiThreadableTask]
public sealed class UnpackBundle : EvaluationTask
{
    /// <summary>Path of the archive, relative to the project.</summary>
    [Required]
    public string Bundle { get; set; } = "";

    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) =>
        new Verus.Artifact.Evaluation.Stages.UnpackBundle(Context).RunAsync(Bundle, log, cancellation);
}
