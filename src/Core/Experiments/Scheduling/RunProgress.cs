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
    private readonly Dictionary<string, double?> secondsEach;
    private readonly Dictionary<string, int> open;

    /// <summary>Starts the report of the progress with the numbers of a plan.</summary>
    /// <param name="log">Log that receives the progress.</param>
    /// <param name="plans">The plans of the cells.</param>
    /// <param name="run">Words before the numbers that say which of several runs it is.</param>
    public RunProgress(IBuildLog log, IReadOnlyList<CellPlan> plans, string run = "")
    {
        this.log = log;
        secondsEach = plans.ToDictionary(plan => plan.Cell.Name, plan => plan.SecondsEach, StringComparer.Ordinal);
        open = plans.Where(plan => plan.Need > 0).ToDictionary(plan => plan.Cell.Name, plan => plan.Need,
            StringComparer.Ordinal);
        Total = open.Values.Sum();
        if (Total > 0)
            log.Info($"{run}{Amount.Count(Total, "sample")} of {Amount.Count(open.Count, "cell")} to take{Left()}");
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
            open[cell.Name] = Math.Max(0, open.GetValueOrDefault(cell.Name) - 1);
            secondsEach[cell.Name] = sample.Result.Measurement?.WallSeconds ?? secondsEach.GetValueOrDefault(cell.Name);
            var outcome = sample.Outcome == SampleOutcome.Ok ? "" : $" {sample.Outcome}";
            log.Ended(
                $"[{Done}/{Total}] {cell.Name}{outcome} {Amount.Duration(sample.Result.Measurement?.WallSeconds ?? 0)}"
                    + $"{Left()}");
        }
    }

    // A cell whose duration is unknown is assumed to take as long as the known ones; if no duration is known, no
    // estimate is given.
    private string Left()
    {
        var left = open.Where(pair => pair.Value > 0).ToList();
        var known = secondsEach.Values.OfType<double>().ToList();
        if (left.Count == 0 || known.Count == 0)
            return "";
        var typical = known.Average();
        var overhead = Done == 0 ? 0 : 0.02 * left.Sum(pair => pair.Value);
        var seconds = left.Sum(pair => pair.Value * (secondsEach.GetValueOrDefault(pair.Key) ?? typical)) + overhead;
        return $", about {Amount.Duration(seconds)} left";
    }
}
