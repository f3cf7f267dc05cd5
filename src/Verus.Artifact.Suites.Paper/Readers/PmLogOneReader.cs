namespace Verus.Artifact.Suites;

/// <summary>
/// One run of the persistent log's benchmark that was asked for one log: exactly one row, as <see cref="PmLogReader"/>
/// has three.
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
