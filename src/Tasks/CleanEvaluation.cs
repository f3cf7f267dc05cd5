using Microsoft.Build.Framework;
using Verus.Artifact.Declarations;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>
/// Removes everything that can be regenerated from samples, but never a sample. The task waits for a call that is
/// working in the folder.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class CleanEvaluation : EvaluationTask
{
    /// <summary>Absolute path of the project.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <inheritdoc/>
    private protected override string? OwnProject => ProjectFile;

    /// <summary>The folder of all outputs, relative to the folder of the project.</summary>
    public string EvaluationDir { get; set; } = "";

    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation) =>
        CleanResults.RunAsync(new EvaluationOptions
        {
            ProjectFile = ProjectFile,
            Request = "Clean",
            Layout = EvaluationLayout.In(EvaluationDir, ProjectFile),
            Runner = "",
            Policy = new SamplePolicy(null),
        }, log, cancellation);
}
