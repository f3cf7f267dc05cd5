using System.Text.RegularExpressions;

namespace Verus.Artifact.Suites;

/// <summary>
/// Reads the text table that upstream's script creates from two runs of mimalloc-bench (<c>bench mi vmi</c>, then one
/// row per benchmark with seconds or <c>fail</c>, then an empty line). The reader finds one row per benchmark and
/// allocator, with columns series, benchmark and class; metric time (seconds), or failed.
/// </summary>
public sealed partial class MimallocTableReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "mimalloc-table";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("series benchmark class", "time|s failed");

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        string[]? allocators = null;
        var readings = new List<Reading>();
        foreach (var line in OutputLines.Of(output))
        {
            var fields = line.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (allocators is null)
                allocators = Head().IsMatch(line.Text) && line.Ended ? fields[1..] : null;
            else if (fields.Length == 0 && line.Ended)
                return readings.Count > 0
                    ? readings : throw OutputNumber.Bad("the table of benchmarks is empty", line.Number);
            else if (fields.Length != allocators.Length + 1 || !line.Ended)
                throw OutputNumber.Bad($"'{OutputNumber.Shortened(line.Text)}' is no row of the table of benchmarks",
                    line.Number);
            else
                readings.AddRange(allocators.Select((allocator, column) => new MimallocRow(fields[0], allocator,
                    new Dictionary<string, double>(StringComparer.Ordinal)
                    {
                        [fields[column + 1] == "fail" ? "failed" : "time"] =
                            fields[column + 1] == "fail" ? 1 : GnuTime.Seconds(fields[column + 1], line.Number),
                    }).ToReading()));
        }
        throw new FormatException(allocators is null
            ? "standard output lacks the table head 'bench mi vmi'"
            : "the table of benchmarks is cut: no empty line ends it");
    }

    [GeneratedRegex("^bench( +[a-z][a-z0-9-]*)+ *$", RegexOptions.CultureInvariant)]
    private static partial Regex Head();
}
