using Verus.Artifact.Diagnostics;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>Unpacks the contents of a bundle below sources/, where the stages find them.</summary>
/// <param name="context">The call.</param>
public sealed class UnpackBundle(EvaluationContext context)
{
    /// <summary>Unpacks a bundle; a bundle that was unpacked before is not read again.</summary>
    /// <param name="file">Path of the archive, relative to the project.</param>
    /// <param name="log">Receives messages about progress.</param>
    /// <param name="cancellation">Cancels the call, of which no incomplete file is used afterwards.</param>
    /// <exception cref="DiagnosticException">The file is not a bundle, is damaged, or does not match its pins; in these
    /// cases no part of the file is used.</exception>
    public Task RunAsync(string file, IBuildLog log, CancellationToken cancellation) =>
        new BundleUnpacker(context.Options.Layout, context.Model.Pins, context.Sources(log), context.Hashes, log)
        {
            Images = context.SavedImages,
        }.UnpackAsync(context.Options.Layout.Resolve(file), cancellation);
}
