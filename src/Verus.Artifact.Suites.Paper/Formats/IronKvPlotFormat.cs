using System.Globalization;
using System.Text;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Verus.Artifact.Suites;

/// <summary>
/// <c>ironfleet-port-plot.tex</c>: a standalone document with a bar chart drawn by pgfplots, showing means in kop/s
/// with 95% t-intervals. The columns and the metric are those of raw-data.txt, without threads and keys.
/// </summary>
public sealed class IronKvPlotFormat : IDatasetFormat
{
    private static readonly (string Series, string Style)[] Bars =
        [("IronFleet", "fill=red, postaction={pattern=north east lines}"), ("Verus", "fill=teal")];

    /// <inheritdoc/>
    public string Name => "ironkv-plot";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<FormatFile> Write(IReadOnlyList<Observation> observations)
    {
        var runs = IronKvRun.Of(observations);
        if (runs.Count == 0)
            return [];
        var groups = runs.OrderBy(run => run.Workload, StringComparer.Ordinal).ThenBy(run => run.Payload).Select(Group)
            .Distinct().ToList();
        var tex = new StringBuilder();
        tex.Append($$"""
            \documentclass{standalone}
            \usepackage{pgfplots}
            \usetikzlibrary{patterns}
            \pgfplotsset{compat=1.16}
            \begin{document}
            \begin{tikzpicture}
            \begin{axis}[ybar, ymin=0, width=12cm, height=5cm, bar width=0.35cm, ymajorgrids, enlarge x limits=0.12, legend pos=south west,
              xlabel={Workload, payload size (bytes)}, ylabel={Throughput (kop/s)}, xtick=data,
              symbolic x coords={{{string.Join(',', groups)}}}]

            """.Replace("\r\n", "\n", StringComparison.Ordinal));
        var drawn = Bars.Where(bar => runs.Any(run => run.Series == bar.Series)).ToList();
        foreach (var (series, style) in drawn)
        {
            tex.Append(CultureInfo.InvariantCulture,
                $"\\addplot+[draw=none, {style}, error bars/.cd, y dir=both, y explicit] coordinates {{");
            foreach (var group in groups)
            {
                var throughputs = runs.Where(run => run.Series == series && Group(run) == group)
                    .Select(run => run.Throughput).ToList();
                if (throughputs.Count > 0)
                    tex.Append(Coordinate(group, throughputs));
            }
            tex.Append("};\n");
        }
        tex.Append(CultureInfo.InvariantCulture, $"\\legend{{{string.Join(',', drawn.Select(bar => bar.Series))}}}\n")
            .Append("\\end{axis}\n\\end{tikzpicture}\n\\end{document}\n");
        return [new FormatFile("ironfleet-port-plot.tex", tex.ToString())];
    }

    private static string Group(IronKvRun run) =>
        string.Create(CultureInfo.InvariantCulture, $"{run.Workload} {run.Payload}");

    // A point with a single run has no confidence interval.
    private static string Coordinate(string group, List<double> throughputs)
    {
        var mean = throughputs.Mean();
        if (throughputs.Count < 2)
            return string.Create(CultureInfo.InvariantCulture, $"({group},{mean})");
        var half = StudentT.InvCDF(0, 1, throughputs.Count - 1, 0.975) * throughputs.StandardDeviation()
            / Math.Sqrt(throughputs.Count);
        return string.Create(CultureInfo.InvariantCulture, $"({group},{mean}) += (0,{half}) -= (0,{half})");
    }
}
