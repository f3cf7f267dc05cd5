using System.Globalization;
using System.Text;
using Verus.Artifact.Common;

namespace Verus.Artifact.Report;

/// <summary>
/// The section on what ran when: for each run, a row of bars for each experiment, the load of the machine, and the
/// samples that something else on the machine may have disturbed.
/// </summary>
internal static class TimelineSection
{
    private const int MostRuns = 6, MostRows = 24, MostBars = 1500, MostName = 26;
    private const double Left = 150, Width = 560, RowHeight = 14, LoadHeight = 36;

    // Shares of a sample's time that are worth a look: CPU time that the hypervisor gave to others.
    private const double Stolen = 0.01;

    /// <summary>Writes the section; nothing when no sample has a time.</summary>
    /// <param name="main">The page.</param>
    /// <param name="samples">The samples, good and failed ones.</param>
    /// <param name="samplesPage">The address of the page with all samples.</param>
    public static void Write(Html main, IReadOnlyList<ReportedSample> samples, string? samplesPage)
    {
        var runs = samples.Where(sample => sample.Started is not null).GroupBy(sample => sample.Run)
            .OrderByDescending(run => run.Key, StringComparer.Ordinal).ToList();
        if (runs.Count == 0)
            return;
        main.Inside("section id=\"timeline\"", section =>
        {
            section.Element("h2", "What ran when");
            section.Element("p", "Each bar is a sample; its colour says whether it failed. Below are the load of the "
                + "machine before each sample, and samples that something else may have disturbed: the hypervisor took "
                + $"more than {Amount.Number(100 * Stolen)}% of their time, or they waited for pages from the disk.",
                "soft");
            if (samplesPage is not null)
                section.Inside("p", line => line.Raw($"<a href=\"{samplesPage}\">All samples with their output</a>"));
            if (runs.Count > MostRuns)
                section.Element("p", $"These are the last {MostRuns} of {Amount.Count(runs.Count, "run")}.", "soft");
            foreach (var run in runs.Take(MostRuns))
                Run(section, [.. run.OrderBy(sample => sample.Started)], Math.Min(runs.Count, MostRuns));
        });
    }

    /// <summary>Whether something else on the machine may have disturbed a sample.</summary>
    public static bool IsDisturbed(ReportedSample sample) =>
        sample.StealSeconds > Stolen * sample.Seconds || sample.MajorFaults > 0;

    private static void Run(Html section, List<ReportedSample> samples, int runs)
    {
        var start = samples[0].Started!.Value;
        var seconds = Math.Max(samples.Max(sample => EndOf(sample, start)), 1e-3);
        var failed = samples.Count(sample => sample.Why is not null);
        var disturbed = samples.Count(IsDisturbed);
        var text = $"{start.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC: "
            + $"{Amount.Count(samples.Count, "sample")} in {Amount.Duration(seconds)}, {failed} failed, "
            + $"{disturbed} perhaps disturbed; load at most {Amount.Number(samples.Max(sample => sample.Load))}";
        section.Element("h3", text);
        section.Inside("div", frame => frame.Raw(Draw(frame, samples, seconds, text, MostBars / runs)), "picture");
    }

    private static string Draw(Html page, List<ReportedSample> samples, double seconds, string label, int bars)
    {
        var start = samples[0].Started!.Value;
        var experiments = samples.GroupBy(sample => sample.Experiment).ToList();
        List<(string Name, List<ReportedSample> Samples)> rows =
        [
            .. experiments.Take(MostRows).Select(group => (group.Key, group.ToList())),
        ];
        if (experiments.Count > MostRows)
            rows.Add(($"{experiments.Count - MostRows} more", [.. experiments.Skip(MostRows).SelectMany(one => one)]));
        var height = rows.Count * RowHeight + LoadHeight + 34;
        var text = new StringBuilder("<svg role=\"img\" viewBox=\"0 0 ").Append(Number(Left + Width + 10)).Append(' ')
            .Append(Number(height)).Append("\" style=\"max-width:60rem;font-size:9px\" aria-label=\"")
            .Append(page.Escape(label)).Append("\">");
        double Place(double second) => Left + second / seconds * Width;
        var columns = Math.Clamp(bars / rows.Count, 20, 280);
        for (var i = 0; i < rows.Count; i++)
        {
            var y = i * RowHeight;
            Text(text, Left - 6, y + 10, "end", page.Escape(Short(rows[i].Name)));
            foreach (var column in rows[i].Samples.GroupBy(sample =>
                Math.Floor((sample.Started!.Value - start).TotalSeconds / seconds * columns)))
                Bar(text, page, [.. column], y, start, Place);
        }
        var foot = rows.Count * RowHeight;
        Load(text, samples, start, foot, Place);
        foreach (var sample in samples.Where(IsDisturbed).Take(columns))
            Rect(text, page, Place((sample.Started!.Value - start).TotalSeconds), foot + LoadHeight + 4, 2, 6,
                "#8a5300", $"{sample.Cell}: {Amount.Duration(sample.StealSeconds)} taken by the hypervisor, "
                    + $"{Amount.Count(sample.MajorFaults)} pages from the disk");
        Text(text, Left - 6, foot + LoadHeight + 11, "end", "disturbed");
        foreach (var share in new[] { 0, 0.5, 1 })
            Text(text, Left + share * Width, height - 4, share == 0 ? "start" : share == 1 ? "end" : "middle",
                Amount.Duration(share * seconds));
        return text.Append("</svg>").ToString();
    }

    private static void Bar(StringBuilder text, Html page, List<ReportedSample> samples, double y, DateTimeOffset start,
        Func<double, double> place)
    {
        var from = place((samples[0].Started!.Value - start).TotalSeconds);
        var width = Math.Max(1, place(samples.Max(sample => EndOf(sample, start))) - from);
        var failed = samples.Count(sample => sample.Why is not null);
        var what = samples is [var one]
            ? $"{one.Cell}: {Amount.Duration(one.Seconds)}, load {Amount.Number(one.Load)}"
                + (one.Why is { } why ? $", {why}" : "")
            : $"{Amount.Count(samples.Count, "sample")} from {samples[0].Cell} to {samples[^1].Cell}, {failed} failed";
        Rect(text, page, from, y + 2, width, RowHeight - 4, failed > 0 ? "#b3261e" : "#0b62c4", what);
    }

    private static void Load(StringBuilder text, List<ReportedSample> samples, DateTimeOffset start, double top,
        Func<double, double> place)
    {
        const int most = 280;
        var high = Math.Max(samples.Max(sample => sample.Load), 1);
        var step = Math.Max(1, samples.Count / most);
        var line = samples.Where((_, index) => index % step == 0 || index == samples.Count - 1).Select(sample =>
            $"{Number(place((sample.Started!.Value - start).TotalSeconds))} "
                + Number(top + 4 + (1 - sample.Load / high) * (LoadHeight - 6))).ToList();
        text.Append("<path d=\"M").Append(string.Join('L', line.Count == 1 ? [line[0], line[0]] : line))
            .Append("\" fill=\"none\" stroke=\"#444\" stroke-linecap=\"round\"/>");
        Text(text, Left - 6, top + LoadHeight / 2 + 3, "end", $"load, 0 to {Amount.Number(high)}");
    }

    private static double EndOf(ReportedSample sample, DateTimeOffset start) =>
        (sample.Started!.Value - start).TotalSeconds + sample.Seconds;

    private static void Rect(StringBuilder text, Html page, double x, double y, double width, double height,
        string color, string title) =>
        text.Append("<rect x=\"").Append(Number(x)).Append("\" y=\"").Append(Number(y)).Append("\" width=\"")
            .Append(Number(width)).Append("\" height=\"").Append(Number(height)).Append("\" fill=\"").Append(color)
            .Append("\"><title>").Append(page.Escape(title)).Append("</title></rect>");

    private static void Text(StringBuilder text, double x, double y, string anchor, string content) =>
        text.Append("<text x=\"").Append(Number(x)).Append("\" y=\"").Append(Number(y)).Append("\" text-anchor=\"")
            .Append(anchor).Append("\">").Append(content).Append("</text>");

    private static string Short(string name) => name.Length <= MostName ? name : name[..(MostName - 1)] + "…";

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
