using System.Text.RegularExpressions;

namespace Verus.Artifact.Suites;

/// <summary>
/// Rows of the persistent log's benchmark, such as <c>pmdk,868731,</c>: a log and the microseconds for its 8 GiB.
/// </summary>
internal static partial class PmLogRows
{
    // The amount that the program appends in each run, whatever the size of an append; this amount is fixed in the
    // program's source.
    private const double AppendedMebibytes = 8192;

    /// <summary>All rows in order, with the column series as in the paper, and the metrics seconds and throughput
    /// (MiB/s).</summary>
    /// <exception cref="FormatException">A row is truncated, or a log has two rows.</exception>
    public static IReadOnlyList<Reading> Read(SampleOutput output)
    {
        var rows = new List<Reading>();
        foreach (var line in OutputLines.Of(output))
        {
            if (!Start().IsMatch(line.Text))
                continue;
            var match = Row().Match(line.Text);
            if (!match.Success)
                throw OutputNumber.Bad(
                    $"the row '{OutputNumber.Shortened(line.Text)}' is cut or none; expected a log, microseconds and a "
                        + "comma", line.Number);
            var series = Series(match.Groups[1].Value);
            var microseconds = OutputNumber.Parse(match.Groups[2].Value, "microseconds", line.Number);
            if (microseconds == 0)
                throw OutputNumber.Bad($"{series} took no time", line.Number);
            if (rows.Exists(row => row.Columns["series"] == series))
                throw OutputNumber.Bad($"{series} stands twice: two runs are mixed", line.Number);
            rows.Add(new Reading(new Dictionary<string, string>(StringComparer.Ordinal) { ["series"] = series },
                new Dictionary<string, double>(StringComparer.Ordinal)
                {
                    ["seconds"] = microseconds / 1e6,
                    ["throughput"] = AppendedMebibytes / (microseconds / 1e6),
                }));
        }
        return rows;
    }

    private static string Series(string log) => log switch { "pmdk" => "PMDK", "old" => "initial", _ => "latest" };

    [GeneratedRegex("^(?:pmdk|verif|old),", RegexOptions.CultureInvariant)]
    private static partial Regex Start();

    [GeneratedRegex(@"^(pmdk|verif|old),([0-9]{1,15}),\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Row();
}
