namespace Verus.Artifact.Suites;

/// <summary>
/// Reads one run of the persistent log's benchmark for a single log: exactly one row, where <see cref="PmLogReader"/>
/// expects three.
/// </summary>
public sealed class PmLogOneReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "pm-log-one";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("series", "seconds|s throughput|MiB/s");

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output) => PmLogRows.Read(output) is { Count: 1 } rows
        ? rows
        : throw new FormatException("standard output must have one row of a log (pmdk, verif or old)");
}
