using System.Globalization;

namespace Verus.Artifact.Suites;

/// <summary>A run of the IronKV client.</summary>
/// <param name="Series">IronFleet or Verus.</param>
/// <param name="Workload">Get or Set.</param>
/// <param name="Payload">The size of a value in bytes.</param>
/// <param name="Seconds">The measured time in seconds.</param>
/// <param name="Requests">The number of completed requests.</param>
/// <param name="Observation">The observation that the run comes from.</param>
internal sealed record IronKvRun(string Series, string Workload, int Payload, double Seconds, double Requests,
    Observation Observation)
{
    /// <summary>Throughput in kop/s.</summary>
    public double Throughput => Requests * 0.001 / Seconds;

    /// <summary>The successful runs, in the order in which they were made.</summary>
    /// <exception cref="FormatException">A run lacks a column.</exception>
    public static IReadOnlyList<IronKvRun> Of(IReadOnlyList<Observation> observations) =>
    [
        .. observations.Where(one => one.Failure is null && one.Metrics.ContainsKey("requests"))
            .OrderBy(one => one.StartedUtc, StringComparer.Ordinal)
            .Select(one => new IronKvRun(Required(one, "series"), Required(one, "workload"),
                (int)Number(one, "payload_bytes"),
                Number(one, "seconds"), one.Metrics["requests"], one)),
    ];

    /// <summary>The value of a required column.</summary>
    /// <exception cref="FormatException">The run lacks the column.</exception>
    public static string Required(Observation observation, string column) =>
        UpstreamValues.Column(observation, column) is { Length: > 0 } value
        ? value
        : throw new FormatException(
            $"the cell {observation.Cell} lacks the column '{column}', which upstream's format has; declare it as an "
                + "axis or in ConstantColumns");

    private static double Number(Observation observation, string column) =>
        double.TryParse(Required(observation, column), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out var number)
            && number > 0
            ? number
            : throw new FormatException(
                $"the column '{column}' of the cell "
                    + $"{observation.Cell} is '{Required(observation, column)}', expected a number above 0");
}
