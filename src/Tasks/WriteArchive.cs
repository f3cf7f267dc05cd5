using Verus.Artifact.Declarations;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Writes one archive of the results, for a repository of research data.</summary>
[Microsoft.Build.Framework.MSBuildMultiThreadableTask]
public sealed class WriteArchive : EvaluationTask
{
    /// <summary>The authors, each as "Family, Given", as a list.</summary>
    public string Authors { get; set; } = "";

    /// <summary>The identifier of the licence of the results.</summary>
    public string License { get; set; } = "";

    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation)
    {
        new Verus.Artifact.Evaluation.Stages.WriteArchive(Context).Run(
            PropertyValue.List("ArtifactAuthors", Authors), License.Trim(), log, cancellation);
        return System.Threading.Tasks.Task.CompletedTask;
    }
}
