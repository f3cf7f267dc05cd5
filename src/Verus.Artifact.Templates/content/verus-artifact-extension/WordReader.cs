using Verus.Artifact.Extensions;

namespace ExtensionName;

/// <summary>
/// Reads lines such as "time 1.5", which have a name and a number. Each line with a name and a number is a metric. The
/// metadata <c>Words</c> lists the names that must be present.
/// </summary>
public sealed class WordReader : IOutputReader
{
    private IReadOnlyList<string> words = [];

    public string Name => "my-words";

    // Increase the version when the reader reads other numbers from the same output.
    public int Version => 1;

    public IOutputReader Configure(IMetadata metadata) => new WordReader { words = metadata.List("Words") };

    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        var metrics = new Dictionary<string, double>();
        foreach (var line in OutputLines.Of(output))
            if (line.Text.Split(' ') is [var name, var number] && words.Contains(name))
                metrics[name] = OutputNumber.Parse(number, name, line.Number);
        foreach (var word in words.Where(word => !metrics.ContainsKey(word)))
            throw new FormatException($"standard output has no line '{word}' with a number");
        return [Reading.Of(metrics)];
    }
}
