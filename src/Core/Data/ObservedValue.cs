using System.Globalization;
using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Readers;

namespace Verus.Artifact.Data;

/// <summary>What an observation says about one point: a number, or the reason why it has none.</summary>
internal sealed class ObservedValue(Observation observation, IReadOnlyDictionary<string, string> keys, double? number,
    string? failure, string? unit)
{
    /// <summary>The observation that the value comes from.</summary>
    public Observation Observation => observation;

    /// <summary>The value's key columns, including the column that names the row.</summary>
    public IReadOnlyDictionary<string, string> Keys => keys;

    /// <summary>The observed number, in the unit of the dataset or of the row.</summary>
    public double? Number => number;

    /// <summary>Whether the number stands for a failure, as a multiple of the time limit.</summary>
    public bool IsPenalty => number is not null && observation.Failure is not null;

    /// <summary>Why the value has no number, or only a penalty; null otherwise.</summary>
    public string? Failure => failure;

    /// <summary>The unit of the row; null for the unit of the dataset.</summary>
    public string? Unit => unit;

    /// <summary>Whether the number is a fact that every repetition gives again.</summary>
    public bool IsExact { get; private init; }

    /// <summary>Returns the value of a column; empty when the value has no such column.</summary>
    public string Key(string column) => keys.GetValueOrDefault(column, "");

    /// <summary>
    /// Returns the values of an observation: one for each metric that becomes a row, and one for the dataset's metric.
    /// </summary>
    public static IEnumerable<ObservedValue> Of(DatasetDeclaration declaration, Observation observation)
    {
        if (declaration.PenaltyOf(observation) is { } penalty)
            return [new ObservedValue(observation, observation.Columns, penalty * declaration.Scale,
                observation.Failure, null)];
        if (observation.Failure is not null)
            return [new ObservedValue(observation, observation.Columns, null, observation.Failure, null)];
        var rows = declaration.Rows.Where(row => observation.Metrics.ContainsKey(row.Metric)).ToList();
        var named = declaration.Rows.Count == 0 || observation.Columns.ContainsKey(declaration.RowColumn);
        return [.. rows.Select(row => OfRow(declaration, observation, row)),
            .. named ? [OfMetric(declaration, observation)] : Array.Empty<ObservedValue>()];
    }

    private static ObservedValue OfRow(DatasetDeclaration declaration, Observation observation, MetricRow row) =>
        Finite(observation, new Dictionary<string, string>(observation.Columns,
            StringComparer.Ordinal)
        { [declaration.RowColumn] = row.Metric },
            observation.Metrics[row.Metric] * row.Scale, row.Metric, row.Unit);

    private static ObservedValue OfMetric(DatasetDeclaration declaration, Observation observation)
    {
        // A number that a reader provides under the name of a row already has the unit of the row.
        var unit = declaration.Rows.Count == 0
            ? null : declaration.Rows
                .FirstOrDefault(row => row.Metric == observation.Columns[declaration.RowColumn])?.Unit;
        if (declaration.Metrics.FirstOrDefault(observation.Metrics.ContainsKey) is not { } metric)
            return new ObservedValue(observation, observation.Columns, null, NoMetric(declaration, observation), unit);
        var number = observation.Metrics[metric] * declaration.Scale;
        if (declaration.Per is not { } per)
            return Finite(observation, observation.Columns, number, metric, unit ?? declaration.Unit);
        return Amount.ParseNumber(observation.Columns.GetValueOrDefault(per, "")) is { } divisor
            ? Finite(observation, observation.Columns, number / divisor, metric, unit ?? declaration.Unit)
            : new ObservedValue(observation, observation.Columns, null,
                $"'{observation.Columns.GetValueOrDefault(per)}' in the column {per} is not a number", unit);
    }

    private static ObservedValue Finite(Observation observation, IReadOnlyDictionary<string, string> keys,
        double number, string metric, string unit) =>
        !double.IsFinite(number)
            ? new ObservedValue(observation, keys, null, $"its {metric} is not a finite number", unit)
        : IsImpossible(number, unit) && metric is not ("user" or "system") ? new ObservedValue(observation, keys, null,
            string.Create(CultureInfo.InvariantCulture,
                $"its {metric} is {number:0.######} {unit}, and nothing takes no time ({DataRules.Impossible.Code})"),
                unit)
        : new ObservedValue(observation, keys, number, null, unit)
        {
            IsExact = observation.IsUntimed && !RunnerMetrics.Units.ContainsKey(metric),
        };

    /// <summary>
    /// Whether a number is impossible for its unit: a time cannot be zero or less, except that CPU times, which are
    /// counted in ticks, may be zero.
    /// </summary>
    public static bool IsImpossible(double number, string unit) => number <= 0 && TimeUnits.Contains(unit);

    private static readonly string[] TimeUnits = ["s", "ms", "us", "µs", "μs", "ns", "min", "h"];

    // For a row without the metric, the other metrics in the output show the reason, such as "signal 6" or
    // "threads_short 2".
    private static string NoMetric(DatasetDeclaration declaration, Observation observation)
    {
        var found = observation.Metrics.Where(metric => !RunnerMetrics.Units.ContainsKey(metric.Key)).Take(4)
            .Select(metric => string.Create(CultureInfo.InvariantCulture, $"{metric.Key} {metric.Value:0.######}"))
            .ToList();
        return $"no {declaration.Metrics[0]} in its output"
            + (found.Count == 0 ? "" : $" ({string.Join(", ", found)})");
    }
}
