using Verus.Artifact.Diagnostics;
using Verus.Artifact.Report;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>The results of the earlier stages, for the report.</summary>
/// <param name="Inputs">Pinned inputs.</param>
/// <param name="Tools">Tools.</param>
/// <param name="Sampled">Cells with their samples.</param>
/// <param name="Data">Datasets.</param>
/// <param name="Figures">Figures.</param>
/// <param name="Claims">Verdicts.</param>
public sealed record EvaluationResults(AcquiredInputs Inputs, ProvidedTools Tools, SampledCells Sampled,
    WrittenData Data, FiguresOfRequest Figures, JudgedClaims Claims);

/// <summary>The report of a request and its files.</summary>
public sealed record WrittenReport
{
    /// <summary>The content of the report.</summary>
    public required ReportModel Model { get; init; }
    /// <summary>
    /// Absolute path of the report's page; empty when the request has neither figures nor claims and so needs no page.
    /// </summary>
    public string Page { get; init; } = "";
    /// <summary>Absolute paths of all files of the request that hold figures, claims and the report.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];
    /// <summary>The gaps of the call so far: what could not be obtained.</summary>
    public Gaps Gaps { get; init; } = Gaps.None;
}

/// <summary>Writes the report of a request.</summary>
/// <param name="context">The call.</param>
public sealed class WriteReport(EvaluationContext context)
{
    /// <summary>
    /// Writes the report. A problem such as a picture that cannot be read back is an error for the end of the call.
    /// </summary>
    public Task<WrittenReport> RunAsync(EvaluationResults results, IBuildLog log)
    {
        var options = context.Options;
        var model = new ReportDescription(context, results).Model();
        var written = new WrittenReport
        {
            Model = model,
            Files = [.. results.Data.Files, .. results.Figures.Drawn.SelectMany(figure => figure.Files.Values),
                .. results.Claims.Files],
            Gaps = results.Claims.Gaps
        };
        if (context.Selection.Figures.Count == 0 && context.Selection.Claims.Count == 0)
            return Task.FromResult(written);
        try
        {
            var files = ReportWriter.Write(model, options.Layout.Report,
                options.Request.Length == 0 ? ReportWriter.Whole : options.RequestName);
            return Task.FromResult(written with { Page = files.Page, Files = [.. written.Files, .. files.All] });
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            log.Detail(problem.ToString());
            return Task.FromResult(written with
            {
                Gaps = written.Gaps.With(problem is DiagnosticException known
                    ? known.Diagnostics : [ReportRules.CannotBeWritten.At(SourceLocation.None, problem.Message)]),
            });
        }
    }
}
