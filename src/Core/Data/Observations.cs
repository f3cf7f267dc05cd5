using System.Globalization;
using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Data;

/// <summary>Turns the samples of planned cells into observations.</summary>
public static class Observations
{
    private const int MostDigits = 12;
    // A shorter time, in seconds, passes between the end of a command and that of its processes in any case.
    private const double LeastBurnt = 0.05;

    /// <summary>
    /// Returns the observations of cells: one for each sample, or one for each row that the reader of the sample found.
    /// A cell without a good sample has one observation with the reason.
    /// </summary>
    /// <param name="plans">The cells with their samples.</param>
    /// <param name="deviationsOf">Returns how the tools and inputs of an experiment's measurements differ from their
    /// pins.</param>
    /// <param name="runs">The runs of the samples by id; null when they are not known.</param>
    public static IReadOnlyList<Observation> Of(IReadOnlyList<CellPlan> plans,
        Func<ExperimentDeclaration, IReadOnlyList<string>> deviationsOf,
        IReadOnlyDictionary<string, RunRecord>? runs = null)
    {
        var boots = runs is null ? [] : plans.SelectMany(plan => plan.Good.Concat(plan.Failed))
            .DistinctBy(sample => sample.Id).ToDictionary(sample => sample.Id, sample => Short(sample.BootIn(runs)),
                StringComparer.Ordinal);
        var all = new List<Observation>();
        foreach (var plan in plans)
        {
            IReadOnlyList<string> deviations = [.. deviationsOf(plan.Cell.Experiment),
                .. new[] { plan.Capped, BurntAfter(plan) }.OfType<string>()
                    .Select(note => $"{plan.Cell.Name}: {note}")];
            var columns = plan.Cell.Columns;
            foreach (var sample in plan.Good)
                all.AddRange(Rows(plan.Cell, sample, columns, deviations));
            foreach (var sample in plan.Failed)
                all.Add(Base(plan.Cell, columns, deviations, sample) with
                {
                    Failure = Words(sample),
                    TimedOut = sample.Outcome == SampleOutcome.Timeout,
                    FailureKind = $"{sample.Outcome}",
                    LimitSeconds = plan.Cell.Own.Timeout
                });
            if (plan.Good.Count == 0 && plan.Failed.Count == 0 && plan.Reason.Length > 0)
                all.Add(Base(plan.Cell, columns, deviations, null) with
                {
                    Failure = plan.Reason,
                    IsAbsent = plan.IsAbsent,
                });
        }
        var builds = plans.ToDictionary(plan => plan.Cell.Name, BuildOf, StringComparer.Ordinal);
        return [.. all.Select(one => one with
        {
            Boot = boots.GetValueOrDefault(one.Sample, ""),
            Build = one.Sample.Length > 0 ? builds.GetValueOrDefault(one.Cell, "") : "",
        })];
    }

    /// <summary>
    /// Returns an observation for each cell of an experiment that cannot be measured on this machine, with the reason;
    /// one for the whole experiment as long as its cells are not known.
    /// </summary>
    public static IEnumerable<Observation> OfMissing(ExperimentDeclaration experiment, string why)
    {
        IEnumerable<Cell> cells = experiment.IsOpen
            ? [new Cell { Experiment = experiment, Values = new Dictionary<string, AxisValue>() }]
            : Cell.Of(experiment);
        return cells.Select(cell => Base(cell, cell.Columns, [], null) with { Failure = why });
    }

    // CPU time that wall times do not contain, and user and system do.
    private static string? BurntAfter(CellPlan plan) => plan.Good
        .Max(sample => sample.Result.Measurement?.CpuSecondsAfter) is { } most and >= LeastBurnt
            ? FormattableString.Invariant(
                $"processes that the command left behind used up to {most:0.00} s of CPU time ")
                + "after its end, which user and system contain, and wall does not" : null;

    private static string BuildOf(CellPlan plan)
    {
        List<KeyPart> tools = [.. (plan.Resolved?.Parts ?? []).Where(part =>
            part.Name.StartsWith("tool ", StringComparison.Ordinal))];
        return tools.Count == 0 ? "" : Short(KeyPart.HashOf(tools));
    }

    /// <summary>The first digits of an id; empty for an id that is not known.</summary>
    internal static string Short(string? id) => id is { Length: > MostDigits } ? id[..MostDigits] : id ?? "";

    /// <summary>
    /// Returns the numbers of a cell's samples that datasets use: one series for each dataset and each row that the
    /// reader found. The returned statistic is that of the first dataset; it is null when no dataset uses the samples.
    /// </summary>
    public static (IReadOnlyList<IReadOnlyList<double>> Numbers, Statistic Statistic)? Used(
        ExperimentDeclaration experiment, IReadOnlyList<SampleRecord> samples, IEnumerable<DatasetDeclaration> datasets)
    {
        var uses = datasets.ToList();
        var cell = new Cell { Experiment = experiment, Values = new Dictionary<string, AxisValue>() };
        var rows = samples.SelectMany(sample => Rows(cell, sample, new Dictionary<string, string>(), [])).ToList();
        var series = uses.SelectMany(dataset => rows.Select(row =>
            ObservedValue.Of(dataset with { Rows = [], Per = null }, row).First())
            .Where(value => value.Number is not null)
            .GroupBy(value => string.Join('\u001f', value.Observation.Columns.OrderBy(pair => pair.Key,
                StringComparer.Ordinal)))
            .Select(group => (IReadOnlyList<double>)[.. group.Select(value => value.Number!.Value)])).ToList();
        return uses.Count == 0 || series.Count == 0 ? null : (series, uses[0].Statistic);
    }

    private static IEnumerable<Observation> Rows(Cell cell, SampleRecord sample,
        IReadOnlyDictionary<string, string> columns, IReadOnlyList<string> deviations)
    {
        var basis = Base(cell, columns, deviations, sample);
        var measured = sample.Result.Measurement;
        Dictionary<string, double> metrics = measured is null ? [] : new(StringComparer.Ordinal)
        {
            ["wall"] = measured.WallSeconds,
            ["user"] = measured.UserSeconds,
            ["system"] = measured.SystemSeconds,
            ["memory"] = measured.PeakMemoryBytes,
        };
        var readings = sample.Readings;
        if (readings.Count == 0)
            yield return basis with { Metrics = metrics };
        foreach (var reading in readings)
            yield return basis with
            {
                Columns = Merge(columns, reading.Columns),
                Metrics = Merge(metrics, reading.Metrics),
            };
    }

    private static Observation Base(Cell cell, IReadOnlyDictionary<string, string> columns,
        IReadOnlyList<string> deviations, SampleRecord? sample) => new()
        {
            Experiment = cell.Experiment.Name,
            Cell = cell.Name,
            Columns = columns,
            Sample = sample?.Id ?? "",
            Round = sample is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{sample.Run}/{sample.Round}"),
            Run = sample?.Run ?? "",
            IsUntimed = !cell.Experiment.Measured,
            StartedUtc = sample?.Result.StartedUtc ?? "",
            MachineId = sample?.MachineId ?? "",
            Logs = sample is { Silent: false } ? sample.Logs : "",
            Deviations = deviations,
        };

    // A value from the reader takes precedence over the cell's value for the same column, since the reader knows best.
    private static Dictionary<string, T> Merge<T>(IReadOnlyDictionary<string, T> first,
        IReadOnlyDictionary<string, T> second)
    {
        var merged = new Dictionary<string, T>(first, StringComparer.Ordinal);
        foreach (var (name, value) in second)
            merged[name] = value;
        return merged;
    }

    // Adds, in front of the reason for a failure, what the reason alone does not say.
    private static string Words(SampleRecord sample)
    {
        var why = sample.Why?.TrimEnd('.');
        return sample.Outcome switch
        {
            SampleOutcome.ExitCode or SampleOutcome.Signal => why ?? "failed",
            SampleOutcome.WrongOutput => $"wrong output: {why}",
            SampleOutcome.Timeout => $"timed out: {why}",
            SampleOutcome.OutOfMemory => $"out of memory: {why}",
            _ => $"not started: {why}",
        };
    }
}
