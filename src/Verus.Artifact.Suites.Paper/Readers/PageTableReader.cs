using System.Text.RegularExpressions;

namespace Verus.Artifact.Suites;

/// <summary>
/// Reads the output of the page table's benchmark, both of the version whose proofs were erased by hand and of the
/// later version, whose labels differ. The reader finds five rows in the paper's order, with columns series, operation
/// and variant as in its figure; metric latency (nanoseconds).
/// </summary>
public sealed partial class PageTableReader : IOutputReader
{
    private static readonly (string[] Labels, string Series, string Operation, string Variant)[] Phases =
    [
        (["Base Map", "Base Mapping"], "Map Base.", "map", "base (unverified)"),
        (["Verified Map", "Verified Mapping"], "Map Verif.", "map", "verified"),
        (["Base Unmap"], "Unmap Base.", "unmap", "base (unverified)"),
        (["Verified Unmap"], "Unmap Verif.", "unmap", "verified"),
        (["Verified Unmap (no reclaim)"], "Unmap Verif.*", "unmap",
            "verified code, reclamation disabled (unverified modification)"),
    ];

    /// <inheritdoc/>
    public string Name => "page-table";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("series operation variant", "latency|ns");

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        var latencies = new double?[Phases.Length];
        foreach (var line in OutputLines.Of(output))
        {
            if (Time().Match(line.Text) is not { Success: true } match)
                continue;
            var phase = Array.FindIndex(Phases, one => one.Labels.Contains(match.Groups[1].Value));
            if (phase < 0)
                continue;
            if (latencies[phase] is not null)
                throw OutputNumber.Bad($"{Phases[phase].Series} stands twice; one run a sample", line.Number);
            latencies[phase] = OutputNumber.Parse(match.Groups[2].Value, Phases[phase].Series, line.Number);
        }
        var missing = Phases.Where((_, phase) => latencies[phase] is null).Select(phase => phase.Series).ToList();
        return missing.Count > 0
            ? throw new FormatException(
                $"standard output lacks the line 'Time ...: ... ns' of {string.Join(", ", missing)}")
            : [.. Phases.Select((phase, at) => new Reading(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["series"] = phase.Series, ["operation"] = phase.Operation, ["variant"] = phase.Variant,
            }, new Dictionary<string, double>(StringComparer.Ordinal) { ["latency"] = latencies[at]!.Value }))];
    }

    [GeneratedRegex(@"^Time ([A-Za-z ()]{1,60}): (\S{1,60}) ns\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Time();
}
