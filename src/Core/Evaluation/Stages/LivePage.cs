using System.Diagnostics;
using System.Globalization;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Report;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>
/// The page <c>progress.html</c>, which shows what a run has measured so far and refreshes itself while the run goes
/// on. Figures and verdicts are not part of it, since drawing them would disturb the samples. The page is written
/// between samples and takes at most a hundredth of the run's time. A page that cannot be written stops nothing.
/// </summary>
internal sealed class LivePage : IRunWatch, IDisposable
{
    private const string FileName = "progress.html";
    private const int MostTimeShare = 100;
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(2), UntilTold = TimeSpan.FromSeconds(30);

    private readonly EvaluationContext context;
    private readonly IBuildLog log;
    private readonly Lock gate = new();
    private readonly List<CellSample> taken = [];
    private readonly long began = Stopwatch.GetTimestamp();
    private long last;
    private TimeSpan cost;
    private bool isTold;

    /// <summary>Makes the page of a call.</summary>
    public LivePage(EvaluationContext context, IBuildLog log) => (this.context, this.log) = (context, log);

    private sealed record CellSample(Cell Cell, SampleRecord Sample);

    private string Path => System.IO.Path.Combine(context.Options.Layout.Report, FileName);

    /// <inheritdoc/>
    public void Saw(Cell? cell, SampleRecord? sample, int done, int total, string left)
    {
        if (total == 0)
            return;
        lock (gate)
        {
            if (cell is not null && sample is not null)
                taken.Add(new(cell, sample));
            var pause = cost * MostTimeShare;
            if (last != 0 && Stopwatch.GetElapsedTime(last) < (pause > LeastPause ? pause : LeastPause))
                return;
            var start = Stopwatch.GetTimestamp();
            Write(new ProgressState(done, total, left, IsRunning: true));
            (last, cost) = (Stopwatch.GetTimestamp(), Stopwatch.GetElapsedTime(start));
            if (isTold || Stopwatch.GetElapsedTime(began) < UntilTold)
                return;
            isTold = true;
            log.Info($"What is measured so far: "
                + System.IO.Path.GetRelativePath(context.Options.Layout.ProjectDirectory, Path));
        }
    }

    /// <summary>Writes the page for the last time: all samples are taken.</summary>
    public void End() => End("");

    /// <summary>If the run did not come to its end, writes the page for the last time: it was stopped.</summary>
    public void Dispose() => End("stopped");

    private void End(string how)
    {
        lock (gate)
        {
            if (last != 0)
                Write(new ProgressState(taken.Count, taken.Count, how, IsRunning: false));
            last = 0;
        }
    }

    private void Write(ProgressState state)
    {
        try
        {
            AtomicFile.Write(Path, ProgressPage.Render(state, context.Options.Title, DateTime.UtcNow,
                [.. taken.Select(one => ReportSamples.Taken(context.Options.Layout, one.Cell.Experiment.Name,
                    one.Sample))],
                ReportDescription.FoldersOf(context.Options.Layout)));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or DiagnosticException)
        {
            log.Detail(string.Create(CultureInfo.InvariantCulture, $"{FileName}: {problem.Message}"));
        }
    }
}
