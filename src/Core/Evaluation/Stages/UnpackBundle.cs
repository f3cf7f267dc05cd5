using Verus.Artifact.Diagnostics;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>Brings what a bundle holds to its places below sources/, where the stages find it.</summary>
/// <param name="context">The call.</param>
public sealed class UnpackBundle(EvaluationContext context)
{
    /// <summary>Unpacks a bundle; one that was unpacked before is not read again.</summary>
    /// <param name="file">Path of the archive, relative to the project.</param>
    /// <param name="log">Told what goes on.</param>
    /// <param name="cancellation">Stops; nothing that is incomplete is used.</param>
    /// <exception cref="DiagnosticException">It is no bundle, damaged, or not as pinned; nothing of it is used
    /// then.</exception>
    public Task RunAsync(string file, IBuildLog log, CancellationToken cancellation) =>
        new BundleUnpacker(context.Options.Layout, context.Model.Pins, context.Sources(log), context.Hashes, log)
            .UnpackAsync(context.Options.Layout.Resolve(file), cancellation);
}
