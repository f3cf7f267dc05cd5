using System.Globalization;
using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;

namespace Verus.Artifact.Report;

/// <summary>
/// The table at the end of a build: figure, samples, verdict, file. The table is stored without a layout and is laid
/// out for the terminal that shows it, because a later call that has nothing to do shows the table again, possibly on
/// another terminal.
/// </summary>
public sealed class SummaryTable
{
    private static readonly string Supported = VerdictFile.Words(VerdictOutcome.Supported),
        NotSupported = VerdictFile.Words(VerdictOutcome.NotSupported),
        NotMeasured = VerdictFile.Words(VerdictOutcome.NotMeasured);
    private static readonly string[] Pictures = ["svg", "png", "pdf"];
    private const string Gap = "  ";
    private readonly IReadOnlyList<Row> rows;
    private readonly IReadOnlyList<string> lines;

    private SummaryTable(IReadOnlyList<Row> rows, IReadOnlyList<string> lines) =>
        (this.rows, this.lines) = (rows, lines);

    /// <summary>The table of a report.</summary>
    /// <param name="model">The model of the report.</param>
    /// <param name="reportPath">The path that is named below the table as the report; empty when there is none.</param>
    /// <param name="more">Lines to add below the table.</param>
    public static SummaryTable Of(ReportModel model, string reportPath, params IReadOnlyList<string> more)
    {
        var words = new ReportText(model.Folders);
        List<Row> rows = [.. model.Figures.Select(figure => Drawn(model, figure, words)),
            .. model.Missing.Select(figure => NotDrawn(figure, words))];
        IEnumerable<string> lines = rows.Count > 0
            ? Totals(model).Concat(reportPath.Length > 0 ? [$"report -> {Shown(words, reportPath)}"] : [])
            : model.Resources.Count == 0 ? ["Done."]
            : model.Resources.Select(resource =>
                $"{words.Line(resource.Experiment)}: {Amount.Count(resource.Samples, "sample")}"
                    + $"{(resource.Failed > 0 ? $", {Amount.Count(resource.Failed)} failed" : "")}");
        return new SummaryTable(rows, [.. lines, .. more]);
    }

    private static IEnumerable<string> Totals(ReportModel model)
    {
        var (samples, failed) = (model.Resources.Sum(one => one.Samples), model.Resources.Sum(one => one.Failed));
        if (samples > 0)
            yield return $"total: {Amount.Count(samples, "sample")}, {failed} failed, "
                + Amount.Duration(model.Resources.Sum(one => one.Seconds));
        if (model.Verdicts.Count > 1)
            yield return "claims: " + string.Join(", ", Enum.GetValues<VerdictOutcome>()
                .Select(outcome => (outcome, Count: model.Verdicts.Count(claim => claim.Outcome == outcome)))
                .Where(pair => pair.Count > 0)
                .Select(pair => $"{pair.Count} {VerdictFile.Words(pair.outcome).ToLowerInvariant()}"));
    }

    /// <summary>Parses the table that <see cref="ToString"/> wrote.</summary>
    public static SummaryTable Parse(string text)
    {
        var all = text.Split('\n').Select(line => line.Split('\t')).ToLookup(fields => fields.Length > 3);
        return new SummaryTable(
            [.. all[true].Select(row =>
                new Row(row[0], row[1], [.. row[3..].Chunk(2).Select(pair => new Verdict(pair[0], pair[1]))], row[2]))],
            [.. all[false].Select(line => string.Join('\t', line))]);
    }

    /// <summary>
    /// Writes the table in the form that <see cref="Parse"/> reads: tabs separate the cells of a row, since no text in
    /// the table can contain tabs.
    /// </summary>
    public override string ToString() => string.Join('\n',
        rows.Select(row => string.Join('\t',
            [row.Figure, row.Samples, row.File,
                .. row.Verdicts.SelectMany(verdict => new[] { verdict.Claim, verdict.Word })])).Concat(lines));

    /// <summary>Lays the table out for a terminal.</summary>
    /// <param name="width">The columns of the terminal; null if no line is to be shortened.</param>
    /// <param name="color">Whether verdicts are coloured with ANSI sequences.</param>
    public string Render(int? width = null, bool color = false)
    {
        if (rows.Count == 0)
            return string.Join('\n', lines);
        List<Row> all = [new("figure", "samples", [new("", "verdict")], "file"), .. rows];
        var widths = Widths.For(all, width);
        return string.Join('\n', all.SelectMany(row => Lines(row, widths, color)).Concat(lines));
    }

    private static Row Drawn(ReportModel model, ReportFigure figure, ReportText words)
    {
        var claims = model.Verdicts
            .Where(claim => claim.Figures.Contains(figure.Drawn.Name, StringComparer.OrdinalIgnoreCase));
        List<Verdict> verdicts = [.. claims.Select(claim => new Verdict(words.Line(claim.Name), Word(claim)))];
        var files = figure.Drawn.Files;
        var file = Pictures.Select(format => files.GetValueOrDefault(format)).OfType<string>()
            .Concat(files.Values).FirstOrDefault() ?? "";
        return new Row(words.Line(figure.Drawn.Name), Samples(figure), verdicts.Count > 0 ? verdicts : [new("", "-")],
            Shown(words, file));
    }

    private static Row NotDrawn(MissingFigure figure, ReportText words) =>
        new(words.Line(figure.Name), "none", [new("", NotMeasured)],
            figure.Reasons.Count > 0 ? words.Line(figure.Reasons[0]) : "");

    private static string Samples(ReportFigure figure)
    {
        var failed = figure.Failures.Count > 0 ? $", {Amount.Count(figure.Failures.Count)} failed" : "";
        if (figure.IsAllRecorded)
            return "RECORDED" + failed;
        var count = figure.Measured.SelectMany(dataset => dataset.Points).Sum(point => point.Samples.Count);
        // A figure of derived points rests on the samples of the points from which these are computed.
        return (count == 0 ? "derived" : Amount.Count(count)) + failed + (figure.IsSmoke ? ", SMOKE RUN" : "")
            + (figure.Drawn.Origin == Origin.Recorded ? ", partly RECORDED" : "");
    }

    private static string Word(ClaimVerdict claim) =>
        VerdictFile.Words(claim.Outcome) + (claim.Origin == Origin.Recorded ? " (recorded)" : "");

    private static string Shown(ReportText words, string path) =>
        words.Line(path) is var shown && shown.StartsWith("./", StringComparison.Ordinal)
            ? shown[2..] : words.Line(path);

    // A row of the table takes as many lines as its verdicts need; its other cells are on the first of these lines.
    private static IEnumerable<string> Lines(Row row, Widths widths, bool color)
    {
        var verdicts = Wrap(row.Verdicts, widths.Verdict);
        for (var i = 0; i < verdicts.Count; i++)
        {
            var (figure, samples, file) = i == 0
                ? (Cut(row.Figure, widths.Figure), row.Samples,
                    row.IsPath ? CutPath(row.File, widths.File) : Cut(row.File, widths.File)) : ("", "", "");
            var verdict = string.Join(", ", verdicts[i].Select(one => one.Shown(color)))
                + new string(' ', Math.Max(0, widths.Verdict - Verdict.Length(verdicts[i])));
            yield return string.Join(Gap, Pad(figure, widths.Figure), Pad(samples, widths.Samples), verdict,
                file).TrimEnd();
        }
    }

    // The verdicts of a row are placed below each other if they do not fit side by side.
    private static List<List<Verdict>> Wrap(IReadOnlyList<Verdict> verdicts, int width)
    {
        var lines = new List<List<Verdict>> { new() };
        foreach (var verdict in verdicts.Select(verdict => verdict.Cut(width)))
        {
            if (lines[^1].Count > 0 && Verdict.Length([.. lines[^1], verdict]) > width)
                lines.Add([]);
            lines[^1].Add(verdict);
        }
        return lines;
    }

    // The width of a text in characters as people see them: a group of code points that is shown as one character is
    // counted once.
    private static int Length(string text) => new StringInfo(text).LengthInTextElements;

    private static string Pad(string text, int width) => text + new string(' ', Math.Max(0, width - Length(text)));

    private static string Cut(string text, int width) => Length(text) <= width
        ? text : width < 1 ? "" : new StringInfo(text).SubstringByTextElements(0, width - 1) + "…";

    // A path is shortened at its beginning, since its end says more.
    private static string CutPath(string text, int width) => Length(text) <= width
        ? text : width < 1 ? "" : "…" + new StringInfo(text).SubstringByTextElements(Length(text) - width + 1);

    private sealed record Row(string Figure, string Samples, IReadOnlyList<Verdict> Verdicts, string File)
    {
        public bool IsPath => File.Contains('/', StringComparison.Ordinal)
            && !File.Contains(' ', StringComparison.Ordinal);
    }

    // When a verdict has too little room, the name of the claim is shortened, since readers look for the word of the
    // verdict.
    private sealed record Verdict(string Claim, string Word)
    {
        public string Shown(bool color)
        {
            var code = !color || Word is "-" or "verdict"
                ? "" : Word == Supported ? "32" : Word.StartsWith(NotSupported, StringComparison.Ordinal) ? "31" : "33";
            return (Claim.Length > 0 ? Claim + " " : "") + (code.Length > 0 ? $"\e[{code}m{Word}\e[0m" : Word);
        }

        public Verdict Cut(int width) => Claim.Length == 0
            ? this : this with { Claim = SummaryTable.Cut(Claim, width - Word.Length - 1) };

        public static int Length(IReadOnlyList<Verdict> verdicts) =>
            SummaryTable.Length(string.Join(", ", verdicts.Select(verdict => verdict.Shown(color: false))));
    }

    // Columns are as wide as their texts if the terminal has room. If the terminal has no room for all texts, verdicts
    // are first placed below each other; then file names are shortened, and left out if nothing of them would remain;
    // finally the names of figures are shortened.
    private sealed record Widths(int Figure, int Samples, int Verdict, int File)
    {
        private const int Narrowest = 12;

        private int Total => Figure + Samples + Verdict + File + (File > 0 ? 3 : 2) * Gap.Length;

        public static Widths For(IReadOnlyList<Row> rows, int? terminal)
        {
            var widths = new Widths(rows.Max(row => Length(row.Figure)), rows.Max(row => Length(row.Samples)),
                rows.Max(row => SummaryTable.Verdict.Length(row.Verdicts)), rows.Max(row => Length(row.File)));
            if (terminal is not { } width)
                return widths;
            widths = widths with
            {
                Verdict = Less(widths.Verdict,
                rows.SelectMany(row => row.Verdicts).Max(verdict => SummaryTable.Verdict.Length([verdict])),
                widths.Total - width)
            };
            widths = widths with { File = Less(widths.File, Narrowest, widths.Total - width) };
            if (widths.Total > width)
                widths = widths with { File = 0 };
            widths = widths with { Figure = Less(widths.Figure, Narrowest, widths.Total - width) };
            return widths with { Verdict = Less(widths.Verdict, Narrowest, widths.Total - width) };
        }

        private static int Less(int width, int least, int tooMuch) =>
            tooMuch <= 0 ? width : Math.Max(Math.Min(width, least), width - tooMuch);
    }
}
