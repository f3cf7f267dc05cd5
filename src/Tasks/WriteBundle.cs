using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Writes every pinned input of the request into one archive.</summary>
[MSBuildMultiThreadableTask]
public sealed class WriteBundle : EvaluationTask
{
    /// <summary>
    /// Path of the archive, relative to the folder of the project; when empty, bundle.tar.gz in the folder of the
    /// evaluation.
    /// </summary>
    public string Bundle { get; set; } = "";

    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) =>
        new Verus.Artifact.Evaluation.Stages.WriteBundle(Context).RunAsync(Bundle, log, cancellation);
}
