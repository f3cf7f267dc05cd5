using System.Text.Json;
using System.Text.Json.Serialization;
using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Experiments.Samples;

/// <summary>One call of the engine: when it ran, on which machine, and in which order it took samples.</summary>
public sealed record RunRecord
{
    /// <summary>Unique id of the run; ids of runs sort by time.</summary>
    public required string Id { get; init; }
    /// <summary>Start time of the run in UTC, in the format ISO 8601.</summary>
    public required string StartedUtc { get; init; }
    /// <summary>Seed of the random order in which the run took its samples.</summary>
    public required int Seed { get; init; }
    /// <summary>Version of the SDK.</summary>
    public required string Sdk { get; init; }
    /// <summary>Identity of the machine's stable state; samples with different identities are not mixed.</summary>
    public required string MachineId { get; init; }
    /// <summary>The complete state of the machine as read at the start of the run.</summary>
    public required JsonElement Machine { get; init; }
    /// <summary>The id of the machine's boot; null when it is not known.</summary>
    [JsonIgnore]
    public string? Boot => Machine.ValueKind == JsonValueKind.Object && Machine.TryGetProperty("boot", out var boot)
        ? boot.GetString() : null;
    /// <summary>
    /// The hashes of all predicates as they were declared when the run began, by name. The hashes of predicates are in
    /// no key, because a changed threshold makes no sample stale; they let the report tell whether a threshold is
    /// younger than the samples. In journals without hashes of predicates, the list of hashes is null.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Predicates { get; init; }
    /// <summary>How the machine was tuned for these samples; null when the machine was left as it was found.</summary>
    public TuningNote? Tuned { get; init; }
}

/// <summary>A change of the machine's state for a part of a run.</summary>
/// <param name="Settings">The settings that the experiments asked for.</param>
/// <param name="MachineIdBefore">Identity of the machine's state before the change.</param>
/// <param name="Writes">The files of the kernel that were changed, and restored afterwards.</param>
public sealed record TuningNote(string Settings, string MachineIdBefore, IReadOnlyList<KnobWrite> Writes);

/// <summary>What the key of a cell stands for; this record is written before the first sample with that key.</summary>
public sealed record CellRecord
{
    /// <summary>The key.</summary>
    public required string Key { get; init; }
    /// <summary>Name of the cell.</summary>
    public required string Cell { get; init; }
    /// <summary>All parts of the key, for <c>Explain</c>.</summary>
    public required IReadOnlyList<KeyPart> Parts { get; init; }
}

/// <summary>The record of one sample, which is appended once and never changed.</summary>
public sealed record SampleRecord
{
    /// <summary>Unique id.</summary>
    public required string Id { get; init; }
    /// <summary>Name of the cell.</summary>
    public required string Cell { get; init; }
    /// <summary>Key of the cell when the sample was taken.</summary>
    public required string Key { get; init; }
    /// <summary>Id of the run.</summary>
    public required string Run { get; init; }
    /// <summary>Identity of the state of the machine on which the sample was taken.</summary>
    public required string MachineId { get; init; }
    /// <summary>
    /// The round of the sample's run, from 1, in which each cell got one sample at most, in random order; null for
    /// samples that were not taken one after the other.
    /// </summary>
    public int? Round { get; init; }
    /// <summary>
    /// The length of the value of the environment variable <c>VERUS_ARTIFACT_PADDING</c> of the sample's commands, in
    /// bytes; null when the environment had no such variable.
    /// </summary>
    public int? Offset { get; init; }
    /// <summary>How it ended.</summary>
    public required SampleOutcome Outcome { get; init; }
    /// <summary>Why the sample failed; null if the sample succeeded.</summary>
    public string? Why { get; init; }
    /// <summary>The result of the runner: what it measured and observed.</summary>
    public required JobResult Result { get; init; }
    /// <summary>
    /// Rows that were read from the sample's output, in addition to the numbers of the runner; a failed sample has
    /// none.
    /// </summary>
    public IReadOnlyList<Reading> Readings { get; init; } = [];
    /// <summary>
    /// The identity of the reader that produced the sample's rows; if the declaration names another reader, the rows
    /// are read again from the logs.
    /// </summary>
    public string ReadBy { get; init; } = "";
    /// <summary>The id of the boot in which the sample was taken; null when it is not known.</summary>
    /// <param name="runs">The runs of the journal by their id.</param>
    public string? BootIn(IReadOnlyDictionary<string, RunRecord> runs) =>
        Result.Boot ?? runs.GetValueOrDefault(Run)?.Boot;
    /// <summary>Folder of the sample's output, relative to the experiments folder.</summary>
    public required string Logs { get; init; }
    /// <summary>
    /// Whether the sample left no output at all: its standard streams were empty, it collected no file, and the folder
    /// of its output was not kept.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Silent { get; init; }
}

/// <summary>
/// A line of the journal, with exactly one of the possible records. <see cref="JournalText"/> adds the format and the
/// checksum to a line.
/// </summary>
internal sealed record JournalLine
{
    /// <summary>The number of the journal format that this version of the SDK writes.</summary>
    public const int CurrentFormat = 2;

    public RunRecord? Run { get; init; }
    public CellRecord? Cell { get; init; }
    public SampleRecord? Sample { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true,
    Converters = [typeof(SharedTexts)])]
[JsonSerializable(typeof(JournalLine))]
internal sealed partial class JournalJson : JsonSerializerContext;
