namespace Verus.Artifact.Suites;

/// <summary>
/// Reads the output of an IronKV server, which must contain <c>[[READY]]</c>. Metric: ready (1). The output of a server
/// has no defined end, since the server is killed.
/// </summary>
public sealed class IronKvServerReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "ironkv-server";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("", "ready");

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output) =>
        OutputLines.Of(output).Any(line => line.Text == "[[READY]]")
        ? [Reading.Of("ready", 1)]
        : throw new FormatException("the server's output lacks '[[READY]]'");
}
