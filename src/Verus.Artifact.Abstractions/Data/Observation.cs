namespace Verus.Artifact.Extensions;

/// <summary>
/// An observation, which is one row of what was measured: a sample, or one of several rows that a reader found in a
/// sample's output. Samples become observations, and observations become a dataset.
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
    /// The columns of the observation: the labels of the cell's axes, the experiment's constant columns, and those that
    /// the reader found.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Columns { get; init; }
    /// <summary>
    /// The numbers of the observation by metric: <c>wall</c>, <c>user</c>, <c>system</c> (seconds), <c>memory</c>
    /// (bytes, peak) from the runner, and those that the reader or the metric patterns found.
    /// </summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();
    /// <summary>
    /// Why the sample failed ("Timeout: killed at the time limit"); null for a good sample. A failed sample has no
    /// metrics.
    /// </summary>
    public string? Failure { get; init; }
    /// <summary>Whether the sample failed because of a timeout.</summary>
    public bool TimedOut { get; init; }
    /// <summary>
    /// The kind of failure, which is one of Timeout, WrongOutput, ExitCode, Signal, OutOfMemory, NotStarted; empty for
    /// a good sample, or if the cell has no sample.
    /// </summary>
    public string FailureKind { get; init; } = "";
    /// <summary>The time limit of the cell in seconds; null if the cell has no time limit.</summary>
    public double? LimitSeconds { get; init; }
    /// <summary>Id of the sample; empty when the cell has no sample because it was not run, see <see
    /// cref="Failure"/>.</summary>
    public string Sample { get; init; } = "";
    /// <summary>
    /// The run and the round in which the sample was taken, as <c>run/round</c>: a text that all samples of one round
    /// share. If samples were not taken in rounds, the part after the slash is empty.
    /// </summary>
    public string Round { get; init; } = "";
    /// <summary>Id of the run in which the sample was taken; empty without a sample.</summary>
    public string Run { get; init; } = "";
    /// <summary>
    /// The first digits of the id of the boot of the machine in which the sample was taken; empty when it is not known.
    /// </summary>
    public string Boot { get; init; } = "";
    /// <summary>
    /// The first digits of a hash of the identities of the tools that the cell uses; empty without tools. All samples
    /// of a cell are of one build of its tools, because the identity of a tool is part of the cell's key.
    /// </summary>
    public string Build { get; init; } = "";
    /// <summary>
    /// Whether the experiment is not timed (<c>Measured="false"</c>), so that a number which a reader finds in its
    /// output is a fact, such as a number of lines.
    /// </summary>
    public bool IsUntimed { get; init; }
    /// <summary>
    /// Whether the absence of a sample is declared: the series has ended, or an optional input does not exist. If the
    /// absence is declared, <see cref="Failure"/> contains the reason.
    /// </summary>
    public bool IsAbsent { get; init; }
    /// <summary>Start time of the sample in UTC, in the format ISO 8601.</summary>
    public string StartedUtc { get; init; } = "";
    /// <summary>Identity of the machine's state when the sample was taken.</summary>
    public string MachineId { get; init; } = "";
    /// <summary>The folder of the sample's output, relative to the experiments folder.</summary>
    public string Logs { get; init; } = "";
    /// <summary>Deviations under which the sample was taken, such as another tool version than the pinned
    /// one.</summary>
    public IReadOnlyList<string> Deviations { get; init; } = [];
}
