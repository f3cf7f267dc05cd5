namespace Verus.Artifact.Suites;

/// <summary>
/// Verification times of a list, one line per tool: <c>Verus: 0.66 sec</c>. Columns: series, benchmark; metric wall.
/// </summary>
public abstract class OneshotFormat(string name, string benchmark) : IDatasetFormat
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<FormatFile> Write(IReadOnlyList<Observation> observations)
    {
        var lines = UpstreamValues.ByTool(
            observations.Where(observation => UpstreamValues.Column(observation, "benchmark") == benchmark))
            .Select(one => (one.Tool, Time: UpstreamValues.MedianTime(one.Observations)))
            .Where(one => one.Time is not null)
            .Select(one => $"{one.Tool}: {UpstreamValues.Fixed(one.Time!.Value, 2)} sec\n").ToList();
        return lines.Count == 0 ? [] : [new FormatFile(name + ".txt", string.Concat(lines))];
    }
}

/// <summary>The format for verification times of the singly linked list.</summary>
public sealed class SingleOneshotFormat() : OneshotFormat("linked-list-oneshot", "singly linked list");

/// <summary>The format for verification times of the doubly linked list.</summary>
public sealed class DoubleOneshotFormat() : OneshotFormat("doubly-linked-list-oneshot", "doubly linked list");
