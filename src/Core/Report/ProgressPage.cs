using System.Globalization;
using Verus.Artifact.Common;

namespace Verus.Artifact.Report;

/// <summary>How far a run is.</summary>
/// <param name="Done">The number of samples that the run has taken.</param>
/// <param name="Total">The number of samples that the run takes, as far as it is known.</param>
/// <param name="Left">Words on the time that is left, or that the run was stopped; otherwise an empty text.</param>
/// <param name="IsRunning">Whether the run goes on.</param>
internal sealed record ProgressState(int Done, int Total, string Left, bool IsRunning);

/// <summary>
/// The page that shows a run while it goes on: how far it is, what is measured so far, and what ran when. Only while
/// the run goes on does the page load itself anew, which a reader can turn off.
/// </summary>
internal static class ProgressPage
{
    private const int Seconds = 5, MostRows = 300;

    /// <summary>Renders the page.</summary>
    /// <param name="state">How far the run is.</param>
    /// <param name="title">The title of the evaluation.</param>
    /// <param name="now">The time, in UTC.</param>
    /// <param name="samples">The samples that the run has taken.</param>
    /// <param name="folders">The folders of this machine that the page must not name.</param>
    public static string Render(ProgressState state, string title, DateTime now, IReadOnlyList<ReportedSample> samples,
        IReadOnlyList<ReportFolder> folders)
    {
        var page = ReportPage.Open(new Html(new ReportText(folders)), $"{state.Done} of {state.Total}: {title}");
        page.Inside("header", header =>
        {
            header.Element("h1", title);
            var counts = $"{state.Done} of {Amount.Count(state.Total, "sample")}";
            var at = now.ToString("HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";
            header.Element("p", state.IsRunning ? $"Running: {counts}{state.Left}, at {at}."
                : state.Left.Length > 0 ? $"The run was stopped at {at}, after {Amount.Count(state.Done, "sample")}. "
                    + "Nothing that was measured is lost: the next build goes on from here."
                : $"The run ended at {at}, after {Amount.Count(state.Done, "sample")}. The report has figures and "
                    + "verdicts.");
            if (!state.IsRunning)
                return;
            header.Raw($"<progress max=\"{Math.Max(1, state.Total)}\" value=\"{state.Done}\" aria-label=\"")
                .Text(counts).Raw("\"></progress>");
            header.Inside($"p data-refresh=\"{Seconds}\"",
                line => line.Text($"This page is written between samples, and "
                + $"loads itself anew every {Seconds} seconds. If the time above stands still, a long sample is "
                + "running, or the build has been killed. ").Raw("<a href=\"?stay=1\">Do not load it anew</a>"),
                "soft");
        });
        page.Inside("main", main =>
        {
            var cells = samples.GroupBy(sample => sample.Cell).ToList();
            if (cells.Count > 0)
                main.Inside("section id=\"samples\"", section => Table(section, cells));
            TimelineSection.Write(main, samples, samplesPage: null);
        });
        return ReportPage.Close(page);
    }

    private static void Table(Html section, List<IGrouping<string, ReportedSample>> cells)
    {
        section.Element("h2", "Measured so far");
        section.Table("Wall times of the samples of this build", ["cell", new("samples", "num"), new("failed", "num"),
            new("median", "num"), new("least", "num"), new("most", "num"), new("last failure", "long")],
            cells.AsEnumerable().Reverse().Take(MostRows).Select(cell =>
            {
                double[] times = [.. cell.Where(sample => sample.Why is null).Select(sample => sample.Seconds).Order()];
                return (IReadOnlyList<HtmlCell>)
                [
                    cell.Key, Amount.Count(cell.Count()), Amount.Count(cell.Count() - times.Length),
                    times.Length == 0 ? "–" : Amount.Duration(Statistics.QuantileOfSorted(times, 0.5)),
                    times.Length == 0 ? "" : Amount.Duration(times[0]),
                    times.Length == 0 ? "" : Amount.Duration(times[^1]),
                    cell.LastOrDefault(sample => sample.Why is not null)?.Why ?? "",
                ];
            }));
        if (cells.Count > MostRows)
            section.Element("p", $"These are the last {MostRows} of {Amount.Count(cells.Count, "cell")}.", "soft");
    }
}
