using System.Globalization;
using Verus.Artifact.Common;
using Verus.Artifact.Data;

namespace Verus.Artifact.Tests.Figures;

/// <summary>Made-up numbers that resemble those of artifacts, and are the same at every call.</summary>
internal static class GalleryData
{
    private static readonly string[] Systems = ["ours", "theirs", "base"];

    /// <summary>The dataset with the given name.</summary>
    public static Dataset Of(string name)
    {
        var random = new Random(Statistics.SeedOf(name));
        return name switch
        {
            "Scaling" => Make(name, "throughput", "Mop/s", ["system", "threads"],
                Systems.SelectMany((system, s) => new[] { 1, 2, 4, 8, 16, 32 }.Select(threads =>
                    Sampled([system, Text(threads)], random, 10, (4.0 - s) * threads / (1 + threads / (20.0 - 5 * s)),
                        0.12)))),
            "Load" => Make(name, "value", "", ["metric", "threads"],
                new[] { 1, 2, 4, 8, 16, 32, 48 }.SelectMany(threads => new[]
            {
                Sampled(["throughput", Text(threads)], random, 10, 90.0 * threads / (threads + 9),
                    0.03) with { Unit = "kop/s" },
                Sampled(["latency", Text(threads)], random, 10, 0.1 * Math.Exp(threads / 9.0),
                    0.05) with { Unit = "ms" },
            })),
            "Requests" => Make(name, "requests", "kop/s", ["system", "second"],
                Systems.Take(2).SelectMany((system, s) => Enumerable.Range(0, 121).Select(second =>
                    Sampled([system, Text(second)], random, 1, (second is > 60 and < 75 ? 20 + 30 * s : 80 - 15 * s),
                        0.12)))),
            "Memory" => Make(name, "memory", "MB", ["part", "second"],
                new[] { "heap", "index", "cache" }.SelectMany((part, p) => Enumerable.Range(0, 13).Select(step =>
                    Sampled([part, Text(step * 5)], random, 1, 20 + p * 6 + step * (3 - p), 0.08)))),
            "Speedup" => Speedup(name, random),
            "Phases" => Make(name, "time", "s", ["phase", "input"],
                new[] { "small", "medium", "large",
                    "huge" }.SelectMany((input, i) => new[] { "parse", "check", "solve" }.Select((phase, p) =>
                    Sampled([phase, input], random, 10, (p + 1) * 0.5 * Math.Pow(1.9, i), 0.05)))),
            "Filters" => Make(name, "value", "", ["filter", "size", "metric"],
                new[] { "Bloom", "Cuckoo", "Xor",
                    "Ribbon" }.SelectMany((filter, f) => new[] { 8, 10, 12, 14, 16 }.SelectMany(bits => new[]
                {
                    Sampled([filter, Text(bits), "bits"], random, 1, bits * (1.44 - 0.12 * f), 0.01),
                    Sampled([filter, Text(bits), "error_rate"], random, 6, Math.Pow(2, -bits / 1.44), 0.05),
                }))),
            "Solvers" => Make(name, "time", "s", ["solver", "problem"],
                Enumerable.Range(0, 60).SelectMany(problem =>
                {
                    var hard = Math.Exp(random.NextDouble() * 9 - 4);
                    return new[] { "alpha", "beta" }.Select(solver =>
                    {
                        var time = hard * Math.Exp((random.NextDouble() - (solver == "alpha" ? 0.6 : 0.4)) * 3);
                        return time < 60 ? Sampled([solver, $"p{problem}"], random, 1, time, 0)
                            : Missing([solver, $"p{problem}"], "timed out after 60 s");
                    });
                })),
            "Latency" => Make(name, "latency", "ms", ["system", "operation"],
                Systems.SelectMany((system, s) => new[] { "read", "write" }.Select((operation, o) =>
                    Of([system, operation], [.. Enumerable.Range(0,
                        400).Select(_ => Math.Exp(Normal(random) * (0.3 + 0.15 * s) + 0.5 * s + 0.4 * o))])))),
            "Runs" => Make(name, "time", "s", ["system", "benchmark"],
                Systems.SelectMany((system, s) => new[] { "compress", "sort", "join" }.Select((benchmark, b) =>
                    Of([system, benchmark], [.. Enumerable.Range(0,
                        40).Select(_ => (1 + s * 0.5 + b) * Math.Exp(Normal(random) * (0.1 + 0.08 * b)))])))),
            "Grid" => Make(name, "throughput", "Mop/s", ["size", "threads"],
                new[] { 4, 16, 64, 256 }.SelectMany((size, i) => new[] { 1, 2, 4, 8, 16, 32 }.Select(threads =>
                    size == 256 && threads == 32 ? Missing([Text(size), Text(threads)], "out of memory")
                        : Sampled([Text(size), Text(threads)], random, 10,
                            threads * (4.0 - i * 0.8) / (1 + threads / 24.0), 0.05)))),
            _ => throw new ArgumentException($"There are no data called {name}."),
        };
    }

    private static Dataset Speedup(string name, Random random)
    {
        string[] benchmarks = ["alloc", "btree", "graph", "json", "sort"];
        var points = benchmarks.SelectMany((benchmark, b) => Systems.Take(2).Select((system, s) =>
            Sampled([system, benchmark], random, 10, 1.8 - s * 0.5 + 0.4 * Math.Sin(b * 2 + s), 0.06))).ToList();
        var means = Systems.Take(2).Select(system =>
        {
            var mean = Math.Exp(points.Where(point => point["0"] == system)
                .Average(point => Math.Log(point.Estimate!.Value)));
            return new DataPoint
            {
                Keys = new Dictionary<string, string> { ["0"] = system, ["1"] = "geomean" },
                Estimate = new Estimate(mean, mean * 0.97, mean * 1.03),
            };
        });
        return Make(name, "speed-up", "", ["system", "benchmark"], [.. points, .. means]);
    }

    private static Dataset Make(string name, string quantity, string unit, string[] columns,
        IEnumerable<DataPoint> points) => new()
        {
            Name = name,
            Columns = columns,
            Quantity = quantity,
            Unit = unit,
            Statistic = "median",
            Origin = Origin.Measured,
            Points = [.. points.Select(point => point.Keys.ContainsKey("0") ? point with
        {
            Keys = columns.Select((column, index) => (column, value: point.Keys[Text(index)]))
                .ToDictionary(pair => pair.column, pair => pair.value),
        } : point)],
        };

    private static DataPoint Sampled(string[] values, Random random, int samples, double middle, double spread) =>
        Of(values, [.. Enumerable.Range(0, samples).Select(_ => middle * Math.Exp(Normal(random) * spread))]);

    private static DataPoint Of(string[] values, double[] samples) => Missing(values, null) with
    {
        Samples = samples,
        Estimate = Statistics.Interval(Statistic.Median, samples),
    };

    private static DataPoint Missing(string[] values, string? note) => new()
    {
        Keys = values.Select((value, index) => (value, index)).ToDictionary(pair => Text(pair.index),
            pair => pair.value),
        Note = note,
    };

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
