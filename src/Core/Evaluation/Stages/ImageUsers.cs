using Verus.Artifact.Containers;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>Says whose the files are that containers of an image read and write, where this may surprise.</summary>
/// <param name="context">The call.</param>
internal sealed class ImageUsers(EvaluationContext context)
{
    /// <summary>Reports advice on each image whose own user is another than the one who runs its commands.</summary>
    /// <exception cref="DiagnosticException">The engine stopped answering.</exception>
    public async Task AdviseAsync(IEnumerable<AcquiredImage> images, IBuildLog log, CancellationToken cancellation)
    {
        foreach (var image in images)
        {
            var where = context.Model.Pins.Images.FirstOrDefault(pin =>
                pin.Name.Equals(image.Name, StringComparison.OrdinalIgnoreCase))?.Item.Where ?? SourceLocation.None;
            if (await context.Engine.AdviceOnUserAsync(image, where, cancellation).ConfigureAwait(false) is { } advice)
                log.Report(advice);
        }
    }
}
