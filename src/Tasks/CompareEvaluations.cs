using Verus.Artifact.Declarations;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Compares this evaluation with others of the same artifact.</summary>
[Microsoft.Build.Framework.MSBuildMultiThreadableTask]
public sealed class CompareEvaluations : EvaluationTask
{
    /// <summary>The other evaluations, as pairs of a name and a path.</summary>
    public string Others { get; set; } = "";

    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation)
    {
        new Verus.Artifact.Evaluation.Stages.CompareEvaluations(Context).Run(
            PropertyValue.Pairs("ArtifactCompare", Others), log);
        return System.Threading.Tasks.Task.CompletedTask;
    }
}
