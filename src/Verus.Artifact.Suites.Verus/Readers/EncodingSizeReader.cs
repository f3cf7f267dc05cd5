namespace Verus.Artifact.Suites;

/// <summary>
/// Reads the sizes of the query logs that were collected with a sample (<c>Collect</c>, such as
/// <c>{work}/.verus-log/*</c>). Metrics: smt_size and smt_files of files named *.smt, *.smt2, *.smt2.1 and so on,
/// air_size and air_files of *.air; sizes in bytes.
/// </summary>
public sealed class EncodingSizeReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "encoding-size";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("", "smt_size|bytes air_size|bytes smt_files air_files");

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output) => Sizes(output) is { Count: > 0 } sizes
        ? [Reading.Of(sizes)]
        : throw new FormatException(
            "no log of queries (*.smt2, *.air) was collected; the experiment's Collect must name the folder of the "
                + "logs");

    /// <summary>The metrics of the collected logs; empty when no log was collected.</summary>
    internal static IReadOnlyDictionary<string, double> Sizes(SampleOutput output)
    {
        var sizes = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (kind, mark) in new[] { ("smt", ".smt"), ("air", ".air") })
        {
            var files = output.Files.Where(file => Path.GetFileName(file.Name).Contains(mark, StringComparison.Ordinal))
                .ToList();
            if (files.Count == 0)
                continue;
            sizes[$"{kind}_size"] = files.Sum(file => file.Length);
            sizes[$"{kind}_files"] = files.Count;
        }
        return sizes;
    }
}
