using System.Globalization;
using MathNet.Numerics.Statistics;

namespace Verus.Artifact.Suites;

/// <summary>
/// Conventions that the formats share: upstream's names of tools, and upstream's way to reduce samples to a number.
/// </summary>
internal static class UpstreamValues
{
    // Upstream's names for the paper's series, in upstream's order.
    private static readonly (string Series, string Tool)[] Tools =
    [
        ("Dafny", "Dafny"), ("Verus", "Verus"), ("Prusti", "Prusti"), ("Low*", "Fstarlowstar"), ("F*", "Fstarlowstar"),
        ("Creusot", "Creusot"),
    ];

    /// <summary>
    /// The observations of each tool in upstream's order; series unknown to upstream come last, under their own names.
    /// </summary>
    public static IEnumerable<(string Tool, IReadOnlyList<Observation> Observations)> ByTool(
        IEnumerable<Observation> observations) =>
        observations.GroupBy(observation => Tool(Column(observation, "series"))).OrderBy(group => Rank(group.Key))
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, (IReadOnlyList<Observation>)[.. group]));

    /// <summary>
    /// The median wall time in seconds. A sample that timed out counts as infinitely long; any other failed sample is
    /// ignored. The median is null without samples.
    /// </summary>
    public static double? MedianTime(IEnumerable<Observation> observations)
    {
        var times = observations.Select(Time).OfType<double>().ToList();
        return times.Count == 0 ? null : times.Median();
    }

    /// <summary>The value of an observation's column; empty when it does not have the column.</summary>
    public static string Column(Observation observation, string name) =>
        observation.Columns.GetValueOrDefault(name, "");

    /// <summary>The median of a metric over the successful observations that have it; null when no observation has
    /// it.</summary>
    public static double? MedianOf(IEnumerable<Observation> observations, string metric)
    {
        var values = observations.Where(observation =>
            observation.Failure is null && observation.Metrics.ContainsKey(metric))
            .Select(observation => observation.Metrics[metric]).ToList();
        return values.Count == 0 ? null : values.Median();
    }

    /// <summary>
    /// Formats a number as Python does: in the shortest form that parses back to the same number, with a decimal point,
    /// or as inf.
    /// </summary>
    public static string Python(double value)
    {
        if (double.IsPositiveInfinity(value))
            return "inf";
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.All(char.IsAsciiDigit) ? text + ".0" : text;
    }

    /// <summary>Formats a number with a fixed number of decimals, or as inf.</summary>
    public static string Fixed(double value, int decimals) =>
        double.IsPositiveInfinity(value) ? "inf" : value.ToString($"F{decimals}", CultureInfo.InvariantCulture);

    private static double? Time(Observation observation) => observation switch
    {
        { TimedOut: true, Sample: not "" } => double.PositiveInfinity,
        { Failure: null } when observation.Metrics.TryGetValue("wall", out var wall) => wall,
        _ => null,
    };

    private static string Tool(string series) => Tools.FirstOrDefault(tool => tool.Series == series).Tool ?? series;

    private static int Rank(string tool) => Array.FindIndex(Tools, one => one.Tool == tool) is var rank and >= 0
        ? rank : Tools.Length;
}
