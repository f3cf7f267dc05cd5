using Microsoft.Build.Framework;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Writes the report of the request.</summary>
[MSBuildMultiThreadableTask]
public sealed class WriteReport : EvaluationTask
{
    /// <summary>The pinned inputs that are available here.</summary>
    [Required]
    public string Inputs { get; set; } = "";

    /// <summary>The tools that are ready.</summary>
    [Required]
    public string Tools { get; set; } = "";

    /// <summary>The cells with their samples.</summary>
    [Required]
    public string Samples { get; set; } = "";

    /// <summary>The output of the data stage.</summary>
    [Required]
    public string Data { get; set; } = "";

    /// <summary>The figures.</summary>
    [Required]
    public string Figures { get; set; } = "";

    /// <summary>The verdicts.</summary>
    [Required]
    public string Claims { get; set; } = "";

    /// <summary>The report.</summary>
    [Output]
    public string Report { get; set; } = "";

    private protected override async System.Threading.Tasks.Task RunAsync(TaskBuildLog log,
        CancellationToken cancellation)
    {
        var results = new EvaluationResults(Take<AcquiredInputs>(Inputs), Take<ProvidedTools>(Tools),
            Take<SampledCells>(Samples), Take<WrittenData>(Data),
            Take<FiguresOfRequest>(Figures), Take<JudgedClaims>(Claims));
        Report = Give(await new Verus.Artifact.Evaluation.Stages.WriteReport(Context).RunAsync(results,
            log).ConfigureAwait(false));
    }
}
