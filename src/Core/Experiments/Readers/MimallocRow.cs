using System.Globalization;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Experiments.Readers;

/// <summary>
/// A row of mimalloc-bench: <c>test alloc time rss user sys page-faults page-reclaims</c>, with the line that GNU time writes above it when
/// the program was ended by a signal or with an exit code.
/// </summary>
/// <param name="Benchmark">Name of the benchmark.</param>
/// <param name="Allocator">Short name of the allocator: mi, vmi, sys.</param>
/// <param name="Metrics">time, rss, ... of a good row; signal or exit_code alone of one that failed.</param>
internal sealed partial record MimallocRow(string Benchmark, string Allocator, IReadOnlyDictionary<string, double> Metrics)
{
    // Benchmarks that are, or mimic, whole programs; all others are stress tests. The division is the one of the paper's table.
    private static readonly HashSet<string> RealWorld = new(StringComparer.Ordinal)
    {
        "cfrac", "espresso", "barnes", "redis", "larsonN", "larsonN-sized", "gs", "lua", "rocksdb", "leanN", "lean-mathlib",
    };

    /// <summary>The row with the paper's names.</summary>
    public Reading ToReading() => new(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["series"] = SeriesOf(Allocator), ["benchmark"] = Benchmark, ["class"] = ClassOf(Benchmark),
    }, Metrics);

    /// <summary>The paper's name of an allocator; its own where the paper has none.</summary>
    public static string SeriesOf(string allocator) =>
        allocator switch { "mi" => "mimalloc", "vmi" => "Verus-mimalloc", "sys" => "glibc", _ => allocator };

    /// <summary>The paper's class of a benchmark.</summary>
    public static string ClassOf(string benchmark) => RealWorld.Contains(benchmark) ? "real world" : "stress test";

    /// <summary>Whether the row failed.</summary>
    public bool Failed => Metrics.ContainsKey("signal") || Metrics.ContainsKey("exit_code");

    /// <summary>What GNU time says of an end that is not exit code 0; null when the line is something else.</summary>
    /// <exception cref="FormatException">The line is cut.</exception>
    public static (string Metric, double Value)? ParseEnd(OutputLine line)
    {
        var match = End().Match(line.Text);
        if (!match.Success)
            return null;
        if (!line.Ended)
            throw OutputNumber.Bad("the line is cut", line.Number);
        return match.Groups[1].Success
            ? ("signal", OutputNumber.Parse(match.Groups[1].Value, "signal", line.Number))
            : ("exit_code", OutputNumber.Parse(match.Groups[2].Value, "exit status", line.Number));
    }

    /// <summary>A row; null when the line is no row.</summary>
    /// <param name="line">The line.</param>
    /// <param name="end">What stood in the line above it, see <see cref="ParseEnd"/>.</param>
    /// <exception cref="FormatException">The line is a row and is cut, or one of its numbers is none.</exception>
    public static MimallocRow? Parse(OutputLine line, (string Metric, double Value)? end)
    {
        var fields = line.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 3 || !Name().IsMatch(fields[0]) || !Name().IsMatch(fields[1]))
            return null;
        // The derived time of a program that crashed is missing: eight fields, or seven.
        var whole = fields.Length is 7 or 8 && fields[^5].All(char.IsAsciiDigit) && fields[^2].All(char.IsAsciiDigit) && fields[^1].All(char.IsAsciiDigit);
        if (!whole && !fields.Skip(2).All(field => Time().IsMatch(field)))
            return null;
        if (!whole || !line.Ended)
            throw OutputNumber.Bad($"the row '{OutputNumber.Shortened(line.Text.Trim())}' is cut", line.Number);
        if (end is { } failed)
            return new MimallocRow(fields[0], fields[1], new Dictionary<string, double>(StringComparer.Ordinal) { [failed.Metric] = failed.Value });
        if (fields.Length == 7)
            throw OutputNumber.Bad($"the row of {fields[0]} has no time, and no line says that it failed", line.Number);
        double Number(int field, string what) => OutputNumber.Parse(fields[field], what, line.Number);
        return new MimallocRow(fields[0], fields[1], new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["time"] = Seconds(fields[2], line.Number),
            ["rss"] = Number(3, "rss") * 1024,
            ["user_time"] = Number(4, "user time"),
            ["system_time"] = Number(5, "system time"),
            ["page_faults"] = Number(6, "page faults"),
            ["page_reclaims"] = Number(7, "page reclaims"),
        });
    }

    /// <summary>Seconds of a wall time of GNU time's <c>%E</c>: h:mm:ss, m:ss.cc, or ss.cc where the suite cut the leading "0:" off.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static double Seconds(string text, int line)
    {
        if (!Time().IsMatch(text))
            throw OutputNumber.Bad($"time is '{OutputNumber.Shortened(text)}', expected m:ss.cc or seconds", line);
        var parts = text.Split(':');
        return parts.Aggregate(0.0, (sum, part) => sum * 60 + double.Parse(part, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"^Command (?:terminated by signal ([0-9]{1,3})|exited with non-zero status ([0-9]{1,3}))$", RegexOptions.CultureInvariant)]
    private static partial Regex End();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"^(?:(?:[0-9]{1,4}:)?[0-9]{1,4}:)?(?:[0-9]{1,9}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})$", RegexOptions.CultureInvariant)]
    private static partial Regex Time();
}
