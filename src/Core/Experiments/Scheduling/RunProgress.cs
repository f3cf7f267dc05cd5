using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>
/// Reports which sample is running out of how many, how long the last one took, and how long the rest will take.
/// </summary>
public sealed class RunProgress
{
    private readonly IBuildLog log;
    // The samples that each cell still needs, and the seconds that one of them takes as far as it is known. Sums are
    // kept, because every sample reports them.
    private readonly Dictionary<string, (int Need, double? Seconds)> open = new(StringComparer.Ordinal);
    private (int Samples, int Untimed, double Seconds) left;
    private (int Cells, double Seconds) known;
    private readonly IRunWatch? watch;

    /// <summary>Starts the report of the progress with the numbers of a plan.</summary>
    /// <param name="log">Log that receives the progress.</param>
    /// <param name="plans">The plans of the cells.</param>
    /// <param name="run">Words before the numbers that say which of several runs it is.</param>
    /// <param name="watch">Who follows the run; null for nobody.</param>
    public RunProgress(
        IBuildLog log, IReadOnlyList<CellPlan> plans, string run = "", IRunWatch? watch = null)
    {
        (this.log, this.watch) = (log, watch);
        foreach (var plan in plans)
        {
            if (plan.SecondsEach is { } seconds)
                known = (known.Cells + 1, known.Seconds + seconds);
            if (plan.Need == 0)
                continue;
            open.Add(plan.Cell.Name, (plan.Need, plan.SecondsEach));
            Count(plan.Need, plan.SecondsEach);
        }
        Total = left.Samples;
        if (Total > 0)
            log.Info($"{run}{Amount.Count(Total, "sample")} of {Amount.Count(open.Count, "cell")} to take{Left()}");
        watch?.Saw(null, null, Done, Total, Left());
    }

    /// <summary>The number of samples that the run has to take, as far as it is known.</summary>
    public int Total { get; private set; }

    /// <summary>The number of samples that the run has taken so far.</summary>
    public int Done { get; private set; }

    /// <summary>A sample starts.</summary>
    public void Starting(Cell cell)
    {
        lock (open)
            log.Progress($"[{Done + 1}/{Math.Max(Total, Done + 1)}] {cell.Name}{Left()}");
    }

    /// <summary>A sample ended.</summary>
    public void Finished(Cell cell, SampleRecord sample)
    {
        lock (open)
        {
            Done++;
            Total = Math.Max(Total, Done);
            var (need, before) = open.GetValueOrDefault(cell.Name);
            var now = sample.Result.Measurement?.WallSeconds ?? before;
            Count(-need, before);
            need = Math.Max(0, need - 1);
            Count(need, now);
            open[cell.Name] = (need, now);
            known = (known.Cells + (before is null && now is not null ? 1 : 0),
                known.Seconds + (now ?? 0) - (before ?? 0));
            var outcome = sample.Outcome == SampleOutcome.Ok ? "" : $" {sample.Outcome}";
            log.Ended(
                $"[{Done}/{Total}] {cell.Name}{outcome} {Amount.Duration(sample.Result.Measurement?.WallSeconds ?? 0)}"
                    + $"{Left()}");
            watch?.Saw(cell, sample, Done, Total, Left());
        }
    }

    // A cell whose duration is unknown is assumed to take as long as the known ones; if no duration is known, no
    // estimate is given.
    private string Left()
    {
        if (left.Samples == 0 || known.Cells == 0)
            return "";
        var overhead = Done == 0 ? 0 : 0.002 * left.Samples;
        var seconds = Math.Max(0, left.Seconds) + left.Untimed * (known.Seconds / known.Cells) + overhead;
        return $", about {Amount.Duration(seconds)} left";
    }

    private void Count(int samples, double? seconds) => left = (left.Samples + samples,
        left.Untimed + (seconds is null ? samples : 0), left.Seconds + samples * (seconds ?? 0));
}
