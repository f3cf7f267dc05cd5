namespace Verus.Artifact.Experiments.Readers;

/// <summary>
/// The report of <c>/usr/bin/time -v</c>, on standard error or standard output. Metrics: elapsed, user_time,
/// system_time (seconds), max_rss (bytes), exit_code; and signal, if a signal ended the program.
/// </summary>
public sealed class GnuTimeReader : IOutputReader
{
    private static readonly (string Label, string Metric)[] Fields =
    [
        ("User time (seconds)", "user_time"), ("System time (seconds)", "system_time"),
        ("Elapsed (wall clock) time (h:mm:ss or m:ss)", "elapsed"), ("Maximum resident set size (kbytes)", "max_rss"),
        ("Exit status", "exit_code"),
    ];

    /// <inheritdoc/>
    public string Name => "gnu-time";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("",
        "elapsed|s user_time|s system_time|s max_rss|bytes exit_code signal");

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var line in OutputLines.OfBoth(output))
        {
            if (GnuTime.ParseEnd(line) is { Metric: "signal", Value: var signal })
                metrics["signal"] = signal;
            var text = line.Text.Trim();
            if (Fields.FirstOrDefault(one => text.StartsWith(one.Label + ": ", StringComparison.Ordinal))
                is not { Label: { } label } field)
                continue;
            if (!line.Ended)
                throw OutputNumber.Bad("the line is cut", line.Number);
            var value = text[(label.Length + 2)..];
            if (!metrics.TryAdd(field.Metric, field.Metric switch
            {
                "elapsed" => GnuTime.Seconds(value, line.Number),
                "max_rss" => OutputNumber.Parse(value, label, line.Number) * 1024,
                _ => OutputNumber.Parse(value, label, line.Number),
            }))
                throw OutputNumber.Bad($"'{label}' occurs twice; a sample has one report", line.Number);
        }
        return Fields.FirstOrDefault(field => !metrics.ContainsKey(field.Metric)) is { Label: { } lacking }
            ? throw new FormatException($"the report of time -v has no '{lacking}'")
            : [Reading.Of(metrics)];
    }
}
