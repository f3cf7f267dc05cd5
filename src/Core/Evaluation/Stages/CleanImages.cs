using Verus.Artifact.Containers;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>Removes the images that the evaluation has pulled or built from the container engine.</summary>
/// <param name="context">The call.</param>
public sealed class CleanImages(EvaluationContext context)
{
    /// <summary>Removes the evaluation's images and reports the size of each.</summary>
    /// <exception cref="DiagnosticException">The engine does not answer, or an image is in use.</exception>
    public Task RunAsync(IBuildLog log, CancellationToken cancellation) =>
        new OwnImages(context.Options.Layout).RemoveAsync(context.Engine, log, cancellation);
}
