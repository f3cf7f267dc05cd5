namespace Verus.Artifact.Suites;

/// <summary>
/// Reads the counts of a Dafny verification from its last line. Metrics: verified, errors, inconclusive, timeouts,
/// out_of_memory, out_of_resource, solver_exceptions. Success is not decided by this reader but by Dafny's exit code.
/// </summary>
public sealed class DafnyReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "dafny";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("",
        "verified errors inconclusive timeouts out_of_memory out_of_resource solver_exceptions");

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        Dictionary<string, double>? found = null;
        foreach (var line in OutputLines.Of(output))
            if (DafnySummary.Parse(line) is { } metrics)
                found = found is null ? metrics : throw OutputNumber.Bad("a second summary of Dafny; one call a sample",
                    line.Number);
        return found is null
            ? throw new FormatException("standard output lacks the line 'Dafny program verifier finished with ...'")
            : [Reading.Of(found)];
    }
}
