using System.Globalization;
using System.Text;
using Verus.Artifact.Claims;
using Verus.Artifact.Data;

namespace Verus.Artifact.Report;

/// <summary>The table at the end of a build: figure, samples, verdict, file.</summary>
public static class SummaryTable
{
    private const int Narrowest = 12;
    private const string Gap = "  ";

    /// <summary>Renders it.</summary>
    /// <param name="model">What there is.</param>
    /// <param name="reportPath">What is named below as the report; empty for none.</param>
    /// <param name="width">Columns of the terminal; null does not shorten anything.</param>
    /// <param name="color">Whether verdicts have their colours, as ANSI sequences.</param>
    public static string Render(ReportModel model, string reportPath, int? width = null, bool color = false)
    {
        var words = new ReportText(model.Folders);
        List<Row> rows =
        [
            new("figure", "samples", "verdict", "file", ""),
            .. model.Figures.Select(figure => Drawn(model, figure, words)),
            .. model.Missing.Select(figure => new Row(words.Line(figure.Name), "none", "not measured", figure.Reasons.Count > 0 ? words.Line(figure.Reasons[0]) : "", Yellow)),
        ];
        var text = new StringBuilder();
        if (rows.Count > 1)
            Table(text, rows, width, color);
        else if (model.Resources.Count == 0)
            text.Append("Done.\n");
        else
            foreach (var resource in model.Resources)
                text.Append(words.Line(resource.Experiment)).Append(": ").Append(Amount.Count(resource.Samples, "sample"))
                    .Append(resource.Failed > 0 ? $", {Amount.Count(resource.Failed)} failed" : "").Append('\n');
        if (reportPath.Length > 0 && rows.Count > 1)
            text.Append("report -> ").Append(Shown(words, reportPath));
        return text.ToString().TrimEnd('\n');
    }

    private const string Green = "32", Red = "31", Yellow = "33";

    private static Row Drawn(ReportModel model, ReportFigure figure, ReportText words)
    {
        var claims = model.Verdicts.Where(claim => claim.Figures.Contains(figure.Drawn.Name, StringComparer.OrdinalIgnoreCase)).ToList();
        var verdict = claims.Count == 0 ? "-" : string.Join(", ", claims.Select(claim => words.Line($"{claim.Name} {Word(claim)}")));
        var color = claims.Count == 0 ? "" : claims.Exists(claim => claim.Outcome == VerdictOutcome.NotSupported) ? Red
            : claims.TrueForAll(claim => claim.Outcome == VerdictOutcome.Supported && claim.Origin == Origin.Measured) ? Green : Yellow;
        var file = figure.Drawn.Files.GetValueOrDefault("svg") ?? figure.Drawn.Files.Values.FirstOrDefault() ?? "";
        return new Row(words.Line(figure.Drawn.Name), Samples(figure), verdict, Shown(words, file), color);
    }

    private static void Table(StringBuilder text, List<Row> rows, int? width, bool color)
    {
        var (figure, samples, verdict) = (rows.Max(row => Length(row.Figure)), rows.Max(row => Length(row.Samples)), rows.Max(row => Length(row.Verdict)));
        // Verdicts give way first, then what is last; names and counts are needed whole.
        var file = rows.Max(row => Length(row.File));
        if (width is { } columns)
        {
            var left = Math.Max(2 * Narrowest, columns - figure - samples - 3 * Gap.Length);
            verdict = Math.Min(verdict, Math.Max(Narrowest, left - file));
            file = Math.Max(Narrowest, left - verdict);
        }
        foreach (var row in rows)
        {
            var shown = Pad(Short(row.Verdict, verdict), verdict);
            text.Append(string.Join(Gap, Pad(row.Figure, figure), Pad(row.Samples, samples), color && row.Color.Length > 0 ? $"\e[{row.Color}m{shown}\e[0m" : shown, Short(row.File, file)).TrimEnd())
                .Append('\n');
        }
    }

    private static string Samples(ReportFigure figure)
    {
        var failed = figure.Failures.Count > 0 ? $", {Amount.Count(figure.Failures.Count)} failed" : "";
        if (figure.IsAllRecorded)
            return "RECORDED" + failed;
        var count = figure.Measured.SelectMany(dataset => dataset.Points).Sum(point => point.Samples.Count);
        return (count == 0 ? "none" : Amount.Count(count)) + failed + (figure.IsSmoke ? ", SMOKE RUN" : "") + (figure.Drawn.Origin == Origin.Recorded ? ", partly RECORDED" : "");
    }

    private static string Word(ClaimVerdict claim) => claim.Outcome switch
    {
        VerdictOutcome.Supported => "supported",
        VerdictOutcome.NotSupported => "NOT SUPPORTED",
        VerdictOutcome.Inconclusive => "inconclusive",
        _ => "not measured",
    } + (claim.Origin == Origin.Recorded ? " (recorded)" : "");

    private static string Shown(ReportText words, string path) => words.Line(path) is var shown && shown.StartsWith("./", StringComparison.Ordinal) ? shown[2..] : words.Line(path);

    // What people see as one character counts as one.
    private static int Length(string text) => new StringInfo(text).LengthInTextElements;

    private static string Pad(string text, int width) => text + new string(' ', Math.Max(0, width - Length(text)));

    private static string Short(string text, int width) => Length(text) <= width ? text : new StringInfo(text).SubstringByTextElements(0, width - 1) + "…";

    private sealed record Row(string Figure, string Samples, string Verdict, string File, string Color);
}
