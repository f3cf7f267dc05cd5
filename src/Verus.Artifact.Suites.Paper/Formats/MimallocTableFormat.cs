using System.Globalization;
using System.Text;

namespace Verus.Artifact.Suites;

/// <summary>
/// The table of mimalloc's benchmarks as upstream's script prints it: text with <c>fail</c> for benchmarks that the
/// allocator did not complete, then LaTeX with the benchmarks that both allocators completed. Columns: series
/// (mimalloc, Verus-mimalloc), benchmark, and procs (the number of processors that the suite was given); metric time,
/// or else wall. A benchmark that never ran with either allocator is omitted.
/// </summary>
public sealed class MimallocTableFormat : IDatasetFormat
{
    private static readonly string[] Endings = ["signal", "exit_code", "no_result"];

    /// <inheritdoc/>
    public string Name => "mimalloc-table";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<FormatFile> Write(IReadOnlyList<Observation> observations)
    {
        // A cell that never ran has no sample, and is neither a success nor a failure.
        var ran = observations.Where(one => one.Sample.Length > 0 && Series(one) is "mimalloc" or "Verus-mimalloc")
            .ToList();
        var rows = ran.Select(one => UpstreamValues.Column(one, "benchmark")).Distinct()
            .Select(name => (Benchmark: name, Mi: Time(ran, "mimalloc", name), Vmi: Time(ran, "Verus-mimalloc", name)))
            .ToList();
        if (rows.Count == 0)
            return [];
        var text = new StringBuilder();
        foreach (var (allocator, series) in new[] { ("vmi", "Verus-mimalloc"), ("mi", "mimalloc") })
            if (ran.Where(one => Series(one) == series).Select(one => UpstreamValues.Column(one, "procs")).Distinct()
                .ToList()
                is [{ Length: > 0 } cores])
                text.Append(CultureInfo.InvariantCulture, $"cores for {allocator}: {cores}\n");
        text.Append("bench           mi      vmi\n");
        foreach (var (benchmark, mi, vmi) in rows)
            text.Append(CultureInfo.InvariantCulture, $"{benchmark,-16}{Seconds(mi),-8}{Seconds(vmi)}\n");
        text.Append("\n\\begin{tabular}{|l|r|r|}\n\\hline\nBenchmark & mimalloc & Verus mimalloc \\\\ \\hline\n");
        foreach (var (benchmark, mi, vmi) in rows)
            if (mi is { } unverified && vmi is { } verified)
                text.Append(CultureInfo.InvariantCulture, $"{benchmark,-16}& {Latex(unverified)} s.")
                    .Append(' ', Math.Max(0, 8 - Latex(unverified).Length))
                    .Append("& ").Append(Latex(verified)).Append(" s.       \\\\ \\hline\n");
        text.Append("\\end{tabular}\n");
        return [new FormatFile("process-benchmarks-output.txt", text.ToString())];
    }

    private static string Series(Observation observation) => UpstreamValues.Column(observation, "series");

    private static double? Time(List<Observation> ran, string series, string benchmark)
    {
        var these = ran.Where(one => Series(one) == series && UpstreamValues.Column(one, "benchmark") == benchmark)
            .ToList();
        // A cell of the table is a failure if one of its samples failed. For a failed program, the rows of the suite's
        // own output say how it ended and have no time; the wall time of such a sample is that of the suite.
        if (these.Exists(one => one.Failure is not null || Endings.Any(one.Metrics.ContainsKey)))
            return null;
        return UpstreamValues.MedianOf(these, "time") ?? UpstreamValues.MedianOf(these, "wall");
    }

    private static string Seconds(double? time) => time is { } seconds
        ? seconds.ToString("00.00#", CultureInfo.InvariantCulture) : "fail";

    private static string Latex(double time) =>
        time < 1 ? UpstreamValues.Fixed(time, 2) : UpstreamValues.Fixed(time, 1) + "\\invizero";
}
