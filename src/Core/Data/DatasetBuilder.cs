using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Data;

/// <summary>Turns observations into a dataset.</summary>
public static class DatasetBuilder
{
    /// <summary>
    /// Groups the observations that a dataset selects by its key columns, in the order of the observations. Good
    /// observations become an estimate; a point without good observations has the reason as its note. If the
    /// observations of a dataset come from several machines, all are kept, and a note of the dataset says so.
    /// </summary>
    /// <exception cref="DiagnosticException">The dataset has good observations, but none of them has its metric or one
    /// of its columns; or different cells fall on the same point.</exception>
    /// <param name="declaration">The dataset.</param>
    /// <param name="observations">The observations of what was measured.</param>
    /// <param name="entries">The values that were entered by hand; they are used only if something was
    /// measured.</param>
    public static Dataset Build(DatasetDeclaration declaration, IReadOnlyList<Observation> observations,
        IReadOnlyList<HandEntry>? entries = null)
    {
        if (declaration.Source is { } source)
            return DatasetFrom.Make(declaration, Build(source, observations, entries));
        CheckColumns(declaration, observations,
            [.. declaration.Where.Select(condition => condition.Name),
                .. declaration.Per is { } per ? [per] : Array.Empty<string>()]);
        var taken = observations.Where(observation =>
            declaration.Where.All(condition =>
                condition.Holds(observation.Columns.GetValueOrDefault(condition.Name, "")))).ToList();
        CheckColumns(declaration, taken,
            [.. declaration.Columns.Where(column => declaration.Rows.Count == 0 || column != declaration.RowColumn)]);
        CheckMetrics(declaration, taken);
        var undecided = Undecided(declaration, observations);
        var values = taken.Where(observation => !undecided.Contains(observation))
            .SelectMany(observation => ObservedValue.Of(declaration, observation)).ToList();
        var columns = declaration.Columns.Count > 0
            ? declaration.Columns : [.. values.SelectMany(value => value.Keys.Keys).Distinct()];
        var nowhere = WithoutPlace(values, columns);
        nowhere.UnionWith(undecided.SelectMany(observation => ObservedValue.Of(declaration, observation)));
        var points = values.Where(value => !nowhere.Contains(value))
            .GroupBy(value => string.Join('\u001f', columns.Select(value.Key)))
            .Select(group => Point(declaration, columns, [.. group])).ToList();
        var dataset = new Dataset
        {
            Name = declaration.Name,
            Columns = columns,
            Quantity = declaration.Quantity,
            Unit = declaration.Unit,
            Statistic = $"{declaration.Statistic}".ToLowerInvariant(),
            Origin = Origin.Measured,
            Notes = [.. Notes(taken, nowhere)],
            Points = points,
        };
        if (!points.Exists(point => point.Estimate is not null))
            return dataset;
        return declaration.Derived.Aggregate(HandEntry.AddTo(dataset, declaration, entries ?? []),
            (have, derived) => derived.AddTo(have, declaration));
    }

    // Whether a column in the declaration is a mistake is known only when good samples show which columns exist, since
    // readers find some of the columns.
    private static void CheckColumns(DatasetDeclaration declaration, IReadOnlyList<Observation> observations,
        IReadOnlyList<string> columns)
    {
        var known = observations.Where(observation => observation.Failure is null)
            .SelectMany(observation => observation.Columns.Keys).ToHashSet(StringComparer.Ordinal);
        if (known.Count > 0 && columns.FirstOrDefault(column => !known.Contains(column)) is { } unknown)
            throw DataRules.UnknownColumn.Error(declaration.Item.Where, declaration.Name, unknown,
                Suggestion.For(unknown, known));
    }

    private static void CheckMetrics(DatasetDeclaration declaration, List<Observation> taken)
    {
        var known = taken.SelectMany(observation => observation.Metrics.Keys).ToHashSet(StringComparer.Ordinal);
        var wanted = declaration.Metrics.Concat(declaration.Rows.Select(row => row.Metric)).ToList();
        if (taken.Exists(observation => observation.Failure is null) && !wanted.Exists(known.Contains))
            throw DataRules.UnknownMetric.Error(declaration.Item.Where, declaration.Name, wanted[0],
                Suggestion.For(wanted[0], known));
    }

    // Failed samples that lack a column which a condition asks for and a reader would have found. Whether the dataset
    // selects a sample that lacks the column is unknown, and leaving the sample out silently would hide the failure.
    // A failed sample is left out if a condition on a column that it has does not hold.
    private static HashSet<Observation> Undecided(DatasetDeclaration declaration,
        IReadOnlyList<Observation> observations)
    {
        var lacking = observations.Where(observation => observation.Failure is null)
            .SelectMany(observation =>
                declaration.Where.Where(condition => !observation.Columns.ContainsKey(condition.Name))
                .Select(condition => (observation.Experiment, condition.Name))).ToHashSet();
        bool IsOpen(Observation observation, Condition condition) =>
            !observation.Columns.ContainsKey(condition.Name)
                && !lacking.Contains((observation.Experiment, condition.Name));
        return observations.Where(observation => observation.Failure is not null
            && declaration.Where.Any(condition => IsOpen(observation, condition))
            && declaration.Where.All(condition => IsOpen(observation, condition)
                || condition.Holds(observation.Columns.GetValueOrDefault(condition.Name, ""))))
            .ToHashSet<Observation>(ReferenceEqualityComparer.Instance);
    }

    // A failed sample has none of the columns that a reader finds, so it belongs to no point and is noted with the
    // dataset. A column that good samples of the same experiment lack as well is not one that a reader finds.
    private static HashSet<ObservedValue> WithoutPlace(List<ObservedValue> values, IReadOnlyList<string> columns)
    {
        var lacking = values.Where(value => value.Observation.Failure is null)
            .SelectMany(value => columns.Where(column => !value.Keys.ContainsKey(column))
                .Select(column => (value.Observation.Experiment, column))).ToHashSet();
        return [.. values.Where(value => value.Observation.Failure is not null
            && columns.Any(column =>
                !value.Keys.ContainsKey(column) && !lacking.Contains((value.Observation.Experiment, column))))];
    }

    private static DataPoint Point(DatasetDeclaration declaration, IReadOnlyList<string> columns,
        List<ObservedValue> values)
    {
        var keys = columns.ToDictionary(column => column, values[0].Key, StringComparer.Ordinal);
        values = [.. values.OrderBy(value => value.Observation.StartedUtc, StringComparer.Ordinal)];
        if (declaration.Combine == Combine.None)
            CheckAlike(declaration, values, string.Join(", ", columns.Select(column => keys[column])));
        var notes = new List<string>();
        if (declaration.Note is { } column)
            notes.AddRange(values.Select(value => value.Observation.Columns.GetValueOrDefault(column, ""))
                .Where(note => note.Length > 0).Distinct());
        var samples = declaration.Combine == Combine.Sum
            ? Sums(values, notes) : [.. values.Where(value => value.Number is not null)
                .Select(value => value.Number!.Value)];
        notes.AddRange(Problems(values, samples.Count > 0));
        notes.AddRange(values.Where(value => value.IsPenalty).GroupBy(value => value.Observation.FailureKind)
            .Select(kind =>
                $"{kind.Count()} of {Amount.Count(values.Count, "sample")} failed ({kind.Key}), and "
                    + $"{(kind.Count() == 1 ? "counts" : "count")} as "
                + $"{declaration.Penalties[kind.Key]} times the time limit"));
        var (rounds, boots) = declaration.Combine == Combine.Sum ? RoundsOfSums(values, samples.Count)
            : RoundsOf([.. values.Where(value => value.Number is not null).Select(value => value.Observation)]);
        var taken = new DataPoint { Keys = keys, Samples = samples, Rounds = rounds, Boots = boots };
        var estimate = EstimateOf(declaration, taken);
        if (samples.Count > 0 && estimate is null)
            notes.Add($"the {$"{declaration.Statistic}".ToLowerInvariant()} of its samples is too large for a number");
        return taken with
        {
            Estimate = estimate,
            Started = declaration.Combine == Combine.Sum ? [] : [.. values.Where(value => value.Number is not null)
                .Select(value => value.Observation.StartedUtc)],
            IsExact = samples.Count > 0 && values.TrueForAll(value => value.Number is null || value.IsExact),
            IsAbsent = samples.Count == 0 && values.TrueForAll(value => value.Observation.IsAbsent),
            Above = samples.Count == 0 ? AboveOf(declaration, values) : null,
            Failures = values.Count(value => (value.Number is null || value.IsPenalty)
                && value.Observation.Sample.Length > 0),
            Note = notes.Count == 0 ? null : string.Join("; ", notes),
            Unit = values.Select(value => value.Unit)
                .FirstOrDefault(unit => unit is not null && unit != declaration.Unit),
        };
    }

    private static Estimate? EstimateOf(DatasetDeclaration declaration, DataPoint point)
    {
        var estimate = point.Samples.Count == 0
            ? null : Statistics.Interval(declaration.Statistic, point.Samples, declaration.Interval);
        if (estimate is null || declaration.Interval == IntervalMethod.None
            || point.ByRuns(declaration.Statistic) is not { } runs)
            return estimate;
        var limits = BetweenRuns.Around(estimate.Value, runs, Limits.Usual);
        return double.IsFinite(limits.High - limits.Low)
            ? estimate with { Low = limits.Low, High = limits.High } : new Estimate(estimate.Value);
    }

    private static (List<string> Rounds, List<string> Boots) RoundsOf(List<Observation> taken) =>
        taken.TrueForAll(one => one.Round.Length > 0) ? ([.. taken.Select(one => one.Round)],
            taken.TrueForAll(one => one.Boot.Length > 0) ? [.. taken.Select(one => one.Boot)] : []) : ([], []);

    // A sum is of the round, or else of the run, that all of its parts are of. If some sum has parts of several runs,
    // its runs are not known.
    private static (List<string> Rounds, List<string> Boots) RoundsOfSums(List<ObservedValue> values, int count)
    {
        List<Observation>[] parts = [.. values.GroupBy(value => $"{value.Observation.Experiment}/"
            + $"{value.Observation.Cell}").Select(cell => cell.Where(value => value.Number is not null)
                .Select(value => value.Observation).DistinctBy(one => one.Sample).ToList())];
        if (count == 0 || parts.Min(part => part.Count) != count)
            return ([], []);
        var sums = Enumerable.Range(0, count).Select(i => parts.Select(part => part[i]).ToList()).ToList();
        if (sums.Exists(sum => sum.Select(one => one.Run).Distinct().Skip(1).Any()))
            return ([], []);
        return RoundsOf(sums.ConvertAll(sum => sum.TrueForAll(one => one.Round == sum[0].Round)
            ? sum[0] : sum[0] with { Round = sum[0].Run.Length == 0 ? "" : $"{sum[0].Run}/" }));
    }

    // If every sample of a point reached the time limit, the time is known to be above that limit.
    private static double? AboveOf(DatasetDeclaration declaration, List<ObservedValue> values) =>
        declaration is { Metrics: ["wall"], Rows.Count: 0, Per: null, Combine: not Combine.Sum, Scale: > 0 }
        && values.TrueForAll(value => value.Observation is { TimedOut: true, LimitSeconds: not null })
            ? values.Min(value => value.Observation.LimitSeconds!.Value) * declaration.Scale : null;

    private static void CheckAlike(DatasetDeclaration declaration, List<ObservedValue> values, string point)
    {
        var cells = values.Select(value => $"{value.Observation.Experiment}/{value.Observation.Cell}").Distinct()
            .ToList();
        if (cells.Count > 1)
            throw DataRules.PointsFallTogether.Error(declaration.Item.Where, declaration.Name,
                $"{Amount.Count(cells.Count, "cell")} ("
                    + $"{string.Join(", ", values.Select(value => value.Observation.Cell).Distinct().Take(3))}"
                    + $"{(cells.Count > 3 ? ", ..." : "")})", point);
        if (values.Where(value => value.Observation.Sample.Length > 0).GroupBy(value => value.Observation.Sample)
            .FirstOrDefault(group => group.Count() > 1) is { } rows)
            throw DataRules.PointsFallTogether.Error(declaration.Item.Where, declaration.Name,
                $"{Amount.Count(rows.Count(), "row")} of one sample of the cell {cells[0]}", point);
    }

    // The first sample of a whole is the sum of the first samples of its parts, and so on. A whole that lacks a part
    // has no number.
    private static List<double> Sums(List<ObservedValue> values, List<string> notes)
    {
        var parts = values.GroupBy(value => $"{value.Observation.Experiment}/{value.Observation.Cell}")
            .Select(cell => cell.Where(value => value.Number is not null).GroupBy(value => value.Observation.Sample)
                .SelectMany(sample => sample.Key.Length == 0
                    ? sample.Select(value => value.Number!.Value) : [sample.Sum(value => value.Number!.Value)])
                    .ToList()).ToList();
        var count = parts.Min(part => part.Count);
        if (count == 0 && parts.Exists(part => part.Count > 0))
            notes.Add($"{parts.Count(part => part.Count == 0)} of its {parts.Count} parts have no number");
        double[] sums = [.. Enumerable.Range(0, count).Select(i => parts.Sum(part => part[i])).Where(double.IsFinite)];
        if (sums.Length < count)
            notes.Add(
                "the sum of its parts is too large for a number in "
                    + $"{count - sums.Length} of {Amount.Count(count, "sample")}");
        return [.. sums];
    }

    private static IEnumerable<string> Problems(List<ObservedValue> values, bool hasSamples)
    {
        var problems = values.Where(value => value.Number is null).Select(value => value.Failure ?? "no value")
            .ToList();
        if (problems.Count == 0)
            return [];
        var reasons = string.Join("; ", problems.Distinct());
        return [hasSamples ? $"{problems.Count} of {Amount.Count(values.Count, "sample")} failed: {reasons}" : reasons];
    }

    private static IEnumerable<string> Notes(List<Observation> taken, HashSet<ObservedValue> nowhere)
    {
        var good = taken.Where(observation => observation.Failure is null).ToList();
        foreach (var deviation in good.SelectMany(observation => observation.Deviations).Distinct())
            yield return deviation;
        var machines = good.Select(observation => observation.MachineId).Distinct().Count();
        if (machines > 1)
            yield return $"samples of {machines} machines, or of one machine in {machines} states, are mixed";
        // What was not run at all has the same reason in all cells of its experiment.
        foreach (var untried in nowhere.Where(value => value.Observation.Sample.Length == 0)
            .GroupBy(value => (value.Observation.Experiment, value.Failure)))
            yield return $"{untried.Key.Experiment}: {untried.Key.Failure}"
                + (untried.Count() is > 1 and var cells ? $" ({cells} cells)" : "");
        foreach (var cell in nowhere.Where(value => value.Observation.Sample.Length > 0)
            .GroupBy(value => (value.Observation.Cell, value.Failure)))
            yield return $"{cell.Key.Cell}: {cell.Key.Failure}"
                + (cell.Count() is > 1 and var count ? $" ({count} samples)" : "");
    }
}
