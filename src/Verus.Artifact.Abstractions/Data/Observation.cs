namespace Verus.Artifact.Extensions;

/// <summary>
/// One row of what was measured: a sample, or one of several rows that a reader found in a sample's output. Samples
/// become observations, observations become a dataset.
/// </summary>
public sealed record Observation
{
    /// <summary>
    /// The metric of a number that was entered by hand as the number of a point. An observation that was entered by
    /// hand has no experiment and no sample.
    /// </summary>
    public const string ByHandValue = "value";

    /// <summary>The metric of a number that was entered by hand and is added to the measured one.</summary>
    public const string ByHandAddition = "addition";

    /// <summary>Name of the experiment.</summary>
    public required string Experiment { get; init; }
    /// <summary>Name of the cell.</summary>
    public required string Cell { get; init; }
    /// <summary>
    /// Columns: the labels of the cell's axes, the experiment's constant columns, and those the reader found.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Columns { get; init; }
    /// <summary>
    /// Numbers by metric: <c>wall</c>, <c>user</c>, <c>system</c> (seconds), <c>memory</c> (bytes, peak) from the
    /// runner, and those that the reader or the metric patterns found.
    /// </summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();
    /// <summary>
    /// Why the sample failed ("Timeout: killed at the time limit"); null for a good one. A failed sample has no
    /// metrics.
    /// </summary>
    public string? Failure { get; init; }
    /// <summary>Whether the failure was a timeout.</summary>
    public bool TimedOut { get; init; }
    /// <summary>
    /// The kind of failure: Timeout, WrongOutput, ExitCode, Signal, OutOfMemory, NotStarted; empty for a good sample,
    /// or for none.
    /// </summary>
    public string FailureKind { get; init; } = "";
    /// <summary>The time limit of the cell in seconds; null if it has none.</summary>
    public double? LimitSeconds { get; init; }
    /// <summary>Id of the sample; empty when the cell has none (not run, see <see cref="Failure"/>).</summary>
    public string Sample { get; init; } = "";
    /// <summary>
    /// The round in which the sample was taken: a text that all samples of one round share. Empty when samples were not
    /// taken in rounds.
    /// </summary>
    public string Round { get; init; } = "";
    /// <summary>
    /// Whether its experiment is no measurement (<c>Measured="false"</c>), so that what a reader finds in its output is
    /// a fact, such as a number of lines.
    /// </summary>
    public bool IsUntimed { get; init; }
    /// <summary>
    /// Whether it is declared that there is no sample: the series has ended, or an optional input does not exist. The
    /// reason is in <see cref="Failure"/>.
    /// </summary>
    public bool IsAbsent { get; init; }
    /// <summary>Start of the sample, UTC, ISO 8601.</summary>
    public string StartedUtc { get; init; } = "";
    /// <summary>Identity of the machine's state when it was taken.</summary>
    public string MachineId { get; init; } = "";
    /// <summary>Folder of the sample's output, relative to the experiments folder.</summary>
    public string Logs { get; init; } = "";
    /// <summary>Deviations with which it was measured, such as another tool version than the pinned one.</summary>
    public IReadOnlyList<string> Deviations { get; init; } = [];
}
