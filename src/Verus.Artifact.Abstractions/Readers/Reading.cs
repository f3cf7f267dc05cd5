namespace Verus.Artifact.Extensions;

/// <summary>
/// One row of numbers that a reader found, with the columns that distinguish it from the other rows of the same sample.
/// </summary>
/// <param name="Columns">The columns in addition to those of the cell; empty when the sample has one row.</param>
/// <param name="Metrics">The numbers by the name of their metric, all of them finite.</param>
public sealed record Reading(IReadOnlyDictionary<string, string> Columns, IReadOnlyDictionary<string, double> Metrics)
{
    /// <summary>
    /// A note on what a user must know about the row, such as why it is not a measurement of its point; null if there
    /// is none.
    /// </summary>
    public string? Warning { get; init; }

    /// <summary>The only row of a sample.</summary>
    public static Reading Of(IReadOnlyDictionary<string, double> metrics) =>
        new(new Dictionary<string, string>(), metrics);

    /// <summary>The only row of a sample with one metric.</summary>
    public static Reading Of(string metric, double value) =>
        Of(new Dictionary<string, double>(StringComparer.Ordinal) { [metric] = value });
}
