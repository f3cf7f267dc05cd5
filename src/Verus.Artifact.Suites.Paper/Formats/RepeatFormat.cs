using System.Globalization;

namespace Verus.Artifact.Suites;

/// <summary>
/// Times by number of pushes, <c>n,Tool,seconds</c> without a header; the lines of a tool end with its first point that
/// timed out, <c>inf</c>. Columns: series, pushes, and benchmark if both lists were measured; metric wall.
/// </summary>
public abstract class RepeatFormat(string name, string benchmark) : IDatasetFormat
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<FormatFile> Write(IReadOnlyList<Observation> observations)
    {
        var lines = new List<string>();
        foreach (var (tool, samples) in UpstreamValues.ByTool(observations.Where(Belongs)))
        {
            foreach (var point in samples.Where(sample => Pushes(sample) is not null)
                .GroupBy(sample => Pushes(sample)!.Value).OrderBy(group => group.Key))
            {
                if (UpstreamValues.MedianTime(point) is not { } seconds)
                    continue;
                lines.Add($"{point.Key},{tool},{UpstreamValues.Python(seconds)}\n");
                if (double.IsInfinity(seconds))
                    break;
            }
        }
        return lines.Count == 0 ? [] : [new FormatFile(name + ".csv", string.Concat(lines))];
    }

    // An observation without a column benchmark belongs to the list in the paper's figure.
    private bool Belongs(Observation observation) =>
        observation.Columns.TryGetValue("benchmark", out var list) ? list == benchmark : name == "linked-list-repeat";

    private static int? Pushes(Observation observation) =>
        int.TryParse(UpstreamValues.Column(observation, "pushes"), NumberStyles.None, CultureInfo.InvariantCulture,
            out var pushes)
            ? pushes
            : null;
}

/// <summary>The format for times by number of pushes for the singly linked list.</summary>
public sealed class SingleRepeatFormat() : RepeatFormat("linked-list-repeat", "singly linked list");

/// <summary>The format for times by number of pushes for the doubly linked list.</summary>
public sealed class DoubleRepeatFormat() : RepeatFormat("doubly-linked-list-repeat", "doubly linked list");
