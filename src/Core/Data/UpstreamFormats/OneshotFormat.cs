namespace Verus.Artifact.Data.UpstreamFormats;

/// <summary>Verification times of a list, a line a tool: <c>Verus: 0.66 sec</c>. Columns: series, benchmark; metric wall.</summary>
internal sealed class OneshotFormat(string name, string benchmark) : IUpstreamFormat
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public UpstreamFile? Write(IReadOnlyList<Observation> observations)
    {
        var lines = UpstreamValues.ByTool(observations.Where(observation => UpstreamValues.Column(observation, "benchmark") == benchmark))
            .Select(one => (one.Tool, Time: UpstreamValues.MedianTime(one.Observations))).Where(one => one.Time is not null)
            .Select(one => $"{one.Tool}: {UpstreamValues.Fixed(one.Time!.Value, 2)} sec\n").ToList();
        return lines.Count == 0 ? null : new UpstreamFile(name + ".txt", string.Concat(lines));
    }
}
