using System.Text.RegularExpressions;

namespace Verus.Artifact.Suites;

/// <summary>
/// Reads the output of mimalloc-bench's <c>bench.sh</c>, or its <c>benchres.csv</c>. The reader finds one row per
/// benchmark and allocator, with the columns series, benchmark and class as in the paper; metrics time (seconds: wall
/// time, or derived from the program's throughput where the suite defines it so), rss (bytes), user_time, system_time,
/// page_faults, page_reclaims. A failed benchmark has the metric signal, exit_code or no_result, and no time.
/// </summary>
public sealed partial class MimallocBenchReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "mimalloc-bench";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("series benchmark class",
        "time|s rss|bytes user_time|s system_time|s page_faults page_reclaims signal exit_code no_result");

    /// <inheritdoc/>
    /// <remarks>
    /// The script bench.sh repeats all rows at its end; output without that list is truncated. A bare benchres.csv has
    /// no end mark: if it is truncated, its rows are correct, but there are fewer of them.
    /// </remarks>
    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        var started = new List<(string Benchmark, string Allocator)>();
        var rows = new List<MimallocRow>();
        List<MimallocRow>? list = null;
        (string, double)? end = null;
        foreach (var line in OutputLines.Of(output))
        {
            if (Start().Match(line.Text) is { Success: true } start)
                started.Add((start.Groups[1].Value, start.Groups[2].Value));
            else if (ListHead().IsMatch(line.Text))
                list = list is null ? [] : throw OutputNumber.Bad("a second list of results; one call a sample",
                    line.Number);
            else if (MimallocRow.Parse(line, end) is { } row)
                (list ?? rows).Add(row);
            end = GnuTime.ParseEnd(line);
        }
        if (started.Count > 0 && list is null)
            throw new FormatException("standard output of bench.sh lacks the list of results at its end");
        var results = list ?? rows;
        if (results.Count == 0 && started.Count == 0)
            throw new FormatException("standard output has no row of mimalloc-bench");
        if (results.GroupBy(row => (row.Benchmark, row.Allocator))
            .FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new FormatException(
                $"{twice.Key.Benchmark} with {twice.Key.Allocator} stands twice in the results: two runs are mixed");
        if (started.Count > 0)
            Check(started, rows, results);
        return
        [
            .. results.Select(row => row.ToReading()),
            .. started.Where(one => results.All(row => (row.Benchmark, row.Allocator) != one)).Select(one =>
                new MimallocRow(one.Benchmark, one.Allocator,
                    new Dictionary<string, double> { ["no_result"] = 1 }).ToReading()),
        ];
    }

    private static void Check(List<(string Benchmark, string Allocator)> started, List<MimallocRow> rows,
        List<MimallocRow> results)
    {
        if (results.FirstOrDefault(row => !started.Contains((row.Benchmark, row.Allocator))) is { } foreign)
            throw new FormatException(
                $"{foreign.Benchmark} with {foreign.Allocator} stands in the results and was not run: two runs are "
                    + "mixed");
        if (rows.FirstOrDefault(row => results.All(result =>
            (result.Benchmark, result.Allocator) != (row.Benchmark, row.Allocator))) is { } lost)
            throw new FormatException(
                $"{lost.Benchmark} with {lost.Allocator} was run and is not in the list of results: the output is cut");
    }

    [GeneratedRegex("^run [0-9]+: ([A-Za-z0-9_-]+) ([A-Za-z0-9_-]+): ", RegexOptions.CultureInvariant)]
    private static partial Regex Start();

    [GeneratedRegex("^# test +alloc +time +rss +user +sys ", RegexOptions.CultureInvariant)]
    private static partial Regex ListHead();
}
