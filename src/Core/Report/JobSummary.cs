using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Report;

/// <summary>Writes the summary of a job for GitHub Actions, which shows it on the page of the run.</summary>
public static class JobSummary
{
    /// <summary>The name of the environment variable that holds the path of the file.</summary>
    public const string Variable = "GITHUB_STEP_SUMMARY";

    /// <summary>Appends the summary of a report to the file of the job; a file that cannot be written is no reason to
    /// fail.</summary>
    internal static void Append(ReportModel model, string file, IBuildLog log)
    {
        try
        {
            File.AppendAllText(file, Render(model) + "\n");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException
            or NotSupportedException)
        {
            log.Detail($"The summary of the job cannot be written: {problem.Message}");
        }
    }

    /// <summary>The verdicts and figures of a report as Markdown.</summary>
    internal static string Render(ReportModel model)
    {
        var text = new Markdown(new ReportText(model.Folders)).Heading(2, model.Title);
        if (Wording.Mark(model) is { } mark)
            text.Quote(mark);
        text.Table(["claim", "verdict", "title"],
            [.. model.Verdicts.Select(claim => new[]
                { claim.Name, Wording.Verdict(claim.Outcome, claim.Origin), claim.Title })]);
        text.Table(["figure", "shows", "samples", "failed"],
            [.. model.Figures.Select(figure => new[]
            {
                figure.Drawn.Name, figure.Drawn.Title,
                Amount.Count(figure.Measured.Sum(dataset => dataset.Points.Sum(point => point.Samples.Count))),
                Amount.Count(figure.Failures.Count),
            })]);
        return text.List([.. model.Missing.Select(figure =>
            $"{figure.Name}: not measured, {string.Join("; ", figure.Reasons)}")]).ToString();
    }
}
