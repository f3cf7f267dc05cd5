using System.Text;
using Verus.Artifact.Claims;
using Verus.Artifact.Data;

namespace Verus.Artifact.Report;

/// <summary>The table at the end of a build: figure, samples, verdict, file.</summary>
public static class SummaryTable
{
    /// <summary>Renders it; <paramref name="reportPath"/> is named below when there is a report.</summary>
    public static string Render(ReportModel model, string reportPath)
    {
        var rows = model.Figures.Select(figure => new[]
        {
            figure.Drawn.Name,
            figure.Drawn.Origin == Origin.Recorded && figure.Measured.Count == 0 ? "RECORDED" : Samples(figure),
            VerdictOf(model, figure.Drawn.Name),
            figure.Drawn.Files.TryGetValue("svg", out var svg) ? Path.GetFileName(svg) : Path.GetFileName(figure.Drawn.Files.Values.First()),
        }).Concat(model.Missing.Select(figure => new[] { figure.Name, "none", "not measured", figure.Reasons.Count > 0 ? figure.Reasons[0] : "" }))
            .Prepend(["figure", "samples", "verdict", "file"]).ToList();
        if (rows.Count == 1)
            return model.Resources.Count == 0 ? "Done." : string.Join('\n', model.Resources.Select(resource => $"{resource.Experiment}: {resource.Samples} samples"));
        var widths = Enumerable.Range(0, 3).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
            text.Append(string.Join("  ", row.Select((cell, column) => column < widths.Length ? cell.PadRight(widths[column]) : cell)).TrimEnd()).Append('\n');
        return text.Append("report -> ").Append(reportPath).ToString();
    }

    private static string Samples(ReportFigure figure)
    {
        var counts = figure.Measured.SelectMany(dataset => dataset.Points).Where(point => point.Samples.Count > 0).Select(point => point.Samples.Count).ToList();
        var failed = figure.Failures.Count > 0 ? $", {figure.Failures.Count} failed" : "";
        return counts.Count == 0 ? "none" + failed : $"{counts.Sum()}{failed}";
    }

    private static string VerdictOf(ReportModel model, string figure)
    {
        var claims = model.Verdicts.Where(claim => claim.Figures.Contains(figure, StringComparer.OrdinalIgnoreCase)).ToList();
        return claims.Count == 0 ? "-" : string.Join(", ", claims.Select(claim => $"{claim.Name} {Word(claim.Outcome)}{(claim.Origin == Origin.Recorded ? " (recorded)" : "")}"));
    }

    private static string Word(VerdictOutcome outcome) => outcome switch
    {
        VerdictOutcome.Supported => "supported",
        VerdictOutcome.NotSupported => "NOT SUPPORTED",
        VerdictOutcome.Inconclusive => "inconclusive",
        _ => "not measured",
    };
}
