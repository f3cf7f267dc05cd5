namespace Verus.Artifact.Suites;

/// <summary>
/// Reads one run of the persistent log's benchmark over all three logs: exactly one row for each. Column series (PMDK,
/// initial, latest); metrics seconds and throughput (MiB/s, for the 8 GiB that the program appends).
/// </summary>
public sealed class PmLogReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "pm-log";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("series", "seconds|s throughput|MiB/s");

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output) => PmLogRows.Read(output) is { Count: 3 } rows
        ? rows
        : throw new FormatException("standard output lacks a row of a log; a run has one of pmdk, verif and old each");
}
