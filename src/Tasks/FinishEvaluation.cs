using Microsoft.Build.Framework;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Report;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Shows the summary and ends the call with the errors that were deferred to the end.</summary>
[MSBuildMultiThreadableTask]
public sealed class FinishEvaluation : EvaluationTask
{
    /// <summary>Handle of the cells with their samples; empty when the call had nothing to do.</summary>
    public string Samples { get; set; } = "";

    /// <summary>Handle of the report; empty when the call had nothing to do.</summary>
    public string Report { get; set; } = "";

    private protected override System.Threading.Tasks.Task RunAsync(TaskBuildLog log, CancellationToken cancellation)
    {
        var terminal = TerminalView.Now(LiveProgress);
        try
        {
            if (Current is FinishedEvaluation finished)
                log.Info(SummaryTable.Parse(finished.Summary).Render(terminal.Width, terminal.HasColor)
                    + "\nNothing to do: everything is up to date.");
            else
                new Evaluation.Stages.FinishEvaluation((WorkingEvaluation)Current)
                    .Run(Take<SampledCells>(Samples), Take<WrittenReport>(Report), (terminal.Width, terminal.HasColor),
                        log);
        }
        finally
        {
            End();
        }
        return System.Threading.Tasks.Task.CompletedTask;
    }
}
