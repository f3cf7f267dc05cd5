using System.Text.RegularExpressions;

namespace Verus.Artifact.Suites;

/// <summary>
/// A row of mimalloc-bench, <c>test alloc time rss user sys page-faults page-reclaims</c>, together with the line that
/// GNU time writes above it when a signal or a non-zero exit code ended the program.
/// </summary>
/// <param name="Benchmark">Name of the benchmark.</param>
/// <param name="Allocator">Short name of the allocator: mi, vmi, sys.</param>
/// <param name="Metrics">The metrics of the row: time, rss and so on if it was successful; only signal or exit_code if
/// it failed.</param>
internal sealed partial record MimallocRow(string Benchmark, string Allocator,
    IReadOnlyDictionary<string, double> Metrics)
{
    // Benchmarks that are, or mimic, complete programs; all others are stress tests. The classification is that of the
    // paper's table.
    private static readonly HashSet<string> RealWorld = new(StringComparer.Ordinal)
    {
        "cfrac", "espresso", "barnes", "redis", "larsonN", "larsonN-sized", "gs", "lua", "rocksdb", "leanN",
        "lean-mathlib",
    };

    /// <summary>Converts the row to a reading with the paper's names.</summary>
    public Reading ToReading() => new(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["series"] = SeriesOf(Allocator),
        ["benchmark"] = Benchmark,
        ["class"] = ClassOf(Benchmark),
    }, Metrics);

    /// <summary>The paper's name of an allocator, or the allocator's own name if the paper has none.</summary>
    public static string SeriesOf(string allocator) =>
        allocator switch { "mi" => "mimalloc", "vmi" => "Verus-mimalloc", "sys" => "glibc", _ => allocator };

    /// <summary>The class of a benchmark in the paper.</summary>
    public static string ClassOf(string benchmark) => RealWorld.Contains(benchmark) ? "real world" : "stress test";

    /// <summary>Parses a row; null when the line is not a row.</summary>
    /// <param name="line">The line.</param>
    /// <param name="end">The end that the preceding line reports, see <see cref="GnuTime.ParseEnd"/>.</param>
    /// <exception cref="FormatException">The line is a truncated row, or one of its numbers is invalid.</exception>
    public static MimallocRow? Parse(OutputLine line, (string Metric, double Value)? end)
    {
        var fields = line.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 3 || !Name().IsMatch(fields[0]) || !Name().IsMatch(fields[1]))
            return null;
        // A program that crashed has no derived time, so its row has seven fields instead of eight.
        var whole = fields.Length is 7 or 8 && IsWhole(fields[^5]) && IsWhole(fields[^2]) && IsWhole(fields[^1]);
        if (!whole && !fields.Skip(2).All(field => GnuTime.IsTime(field)))
            return null;
        if (!whole || !line.Ended)
            throw OutputNumber.Bad($"the row '{OutputNumber.Shortened(line.Text.Trim())}' is cut", line.Number);
        if (end is { } failed)
            return new MimallocRow(fields[0], fields[1],
                new Dictionary<string, double>(StringComparer.Ordinal) { [failed.Metric] = failed.Value });
        if (fields.Length == 7)
            throw OutputNumber.Bad($"the row of {fields[0]} has no time, and no line says that it failed", line.Number);
        double Number(int field, string what) => OutputNumber.Parse(fields[field], what, line.Number);
        return new MimallocRow(fields[0], fields[1], new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["time"] = GnuTime.Seconds(fields[2], line.Number),
            ["rss"] = Number(3, "rss") * 1024,
            ["user_time"] = Number(4, "user time"),
            ["system_time"] = Number(5, "system time"),
            ["page_faults"] = Number(6, "page faults"),
            ["page_reclaims"] = Number(7, "page reclaims"),
        });
    }

    private static bool IsWhole(string field) => field.All(char.IsAsciiDigit);

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
