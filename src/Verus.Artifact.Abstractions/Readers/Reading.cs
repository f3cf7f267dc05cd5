namespace Verus.Artifact.Extensions;

/// <summary>
/// Numbers that a reader found: one row, with the columns that tell it from the other rows of the same sample.
/// </summary>
/// <param name="Columns">Columns beside those of the cell; empty when the sample has one row.</param>
/// <param name="Metrics">Numbers by name, all of them finite.</param>
public sealed record Reading(IReadOnlyDictionary<string, string> Columns, IReadOnlyDictionary<string, double> Metrics)
{
    /// <summary>
    /// What a user must know of the row, such as why it is no measurement of its point; null: nothing.
    /// </summary>
    public string? Warning { get; init; }

    /// <summary>The only row of a sample.</summary>
    public static Reading Of(IReadOnlyDictionary<string, double> metrics) =>
        new(new Dictionary<string, string>(), metrics);

    /// <summary>The only row of a sample with one metric.</summary>
    public static Reading Of(string metric, double value) =>
        Of(new Dictionary<string, double>(StringComparer.Ordinal) { [metric] = value });
}
