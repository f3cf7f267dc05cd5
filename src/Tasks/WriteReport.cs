using Microsoft.Build.Framework;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Writes the report of the request.</summary>
[MSBuildMultiThreadableTask]
public sealed class WriteReport : EvaluationTask
{
    /// <summary>Handle of the pinned inputs that are available on this machine.</summary>
    [Required]
    public string Inputs { get; set; } = "";

    /// <summary>Handle of the tools that are ready for use.</summary>
    [Required]
    public string Tools { get; set; } = "";

    /// <summary>Handle of the cells with their samples.</summary>
    [Required]
    public string Samples { get; set; } = "";

    /// <summary>Handle of the output of the data stage.</summary>
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
