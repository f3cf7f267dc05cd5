using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Data;

/// <summary>Turns observations into a dataset.</summary>
public static class DatasetBuilder
{
    /// <summary>
    /// Groups the observations that a dataset takes by its key columns, in the order in which they come. Good ones become an estimate; a point
    /// with none has the reason as its note. Observations of several machines are all kept, and the dataset says so.
    /// </summary>
    /// <exception cref="DiagnosticException">There are good observations, but none has the metric.</exception>
    public static Dataset Build(DatasetDeclaration declaration, IReadOnlyList<Observation> observations)
    {
        var taken = observations.Where(observation => declaration.Where.All(condition => condition.Holds(observation.Columns.GetValueOrDefault(condition.Column, "")))).ToList();
        var good = taken.Where(observation => observation.Failure is null).ToList();
        if (good.Count > 0 && !good.Exists(observation => observation.Metrics.ContainsKey(declaration.Metric)))
            throw DataRules.UnknownMetric.Throw(declaration.Item.Where, declaration.Name, declaration.Metric,
                Suggestion.For(declaration.Metric, good.SelectMany(observation => observation.Metrics.Keys).Distinct()));
        var columns = declaration.Columns.Count > 0 ? declaration.Columns : [.. taken.SelectMany(observation => observation.Columns.Keys).Distinct()];
        var points = taken.GroupBy(observation => string.Join('\u001f', columns.Select(column => observation.Columns.GetValueOrDefault(column, ""))))
            .Select(group => Point(declaration, columns, [.. group])).ToList();
        return new Dataset
        {
            Name = declaration.Name,
            Columns = columns,
            Quantity = declaration.Quantity,
            Unit = declaration.Unit,
            Statistic = $"{declaration.Statistic}".ToLowerInvariant(),
            Origin = Origin.Measured,
            Notes = [.. Notes(good)],
            Points = points,
        };
    }

    private static DataPoint Point(DatasetDeclaration declaration, IReadOnlyList<string> columns, List<Observation> observations)
    {
        var samples = observations.Where(observation => observation.Failure is null && observation.Metrics.ContainsKey(declaration.Metric))
            .OrderBy(observation => observation.StartedUtc, StringComparer.Ordinal)
            .Select(observation => observation.Metrics[declaration.Metric] * declaration.Scale).Where(double.IsFinite).ToList();
        var failures = observations.Where(observation => observation.Failure is not null).ToList();
        return new DataPoint
        {
            Keys = columns.ToDictionary(column => column, column => observations[0].Columns.GetValueOrDefault(column, ""), StringComparer.Ordinal),
            Estimate = Statistics.Interval(declaration.Statistic, samples),
            Samples = samples,
            Note = failures.Count == 0 ? null : samples.Count == 0 ? failures[^1].Failure : $"{failures.Count} of {observations.Count} samples failed",
        };
    }

    private static IEnumerable<string> Notes(List<Observation> good)
    {
        foreach (var deviation in good.SelectMany(observation => observation.Deviations).Distinct())
            yield return deviation;
        var machines = good.Select(observation => observation.MachineId).Distinct().Count();
        if (machines > 1)
            yield return $"samples of {machines} machines, or of one machine in {machines} states, are mixed";
    }
}
