using Microsoft.Build.Framework;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Installs and builds the tools of the request.</summary>
[MSBuildMultiThreadableTask]
public sealed class ProvisionTools : EvaluationTask
{
    /// <summary>Handle of the pinned inputs that are available on this machine.</summary>
    [Required]
    public string Inputs { get; set; } = "";

    /// <summary>
    /// Whether missing inputs or tools are an immediate error, because no later stage would report them.
    /// </summary>
    public bool StopOnGaps { get; set; }

    /// <summary>Handle of the tools that are ready for use.</summary>
    [Output]
    public string Tools { get; set; } = "";

    private protected override async System.Threading.Tasks.Task RunAsync(TaskBuildLog log,
        CancellationToken cancellation)
    {
        var tools = await new Verus.Artifact.Evaluation.Stages.ProvisionTools(Context.Here).RunAsync(
            Take<AcquiredInputs>(Inputs), log, cancellation).ConfigureAwait(false);
        Tools = Give(tools);
        if (StopOnGaps && tools.Gaps.Errors.Count > 0)
            throw new Diagnostics.DiagnosticException(tools.Gaps.Errors);
    }
}
