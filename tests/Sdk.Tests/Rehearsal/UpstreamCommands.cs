namespace Verus.Artifact.Tests.Rehearsal;

/// <summary>A row of the table of upstream's commands, whose head says what each key means.</summary>
/// <param name="Names">The experiments, tools and images that make the call.</param>
/// <param name="Values">Key and value of each line.</param>
internal sealed record UpstreamCommands(IReadOnlyList<string> Names, IReadOnlyList<(string Key, string Value)> Values)
{
    /// <summary>All values of a key in the row, in order.</summary>
    public IReadOnlyList<string> All(string key) =>
        [.. Values.Where(pair => pair.Key == key).Select(pair => pair.Value)];

    /// <summary>The rows of the table of upstream's commands.</summary>
    public static IReadOnlyList<UpstreamCommands> Read()
    {
        var rows = new List<UpstreamCommands>();
        var values = new List<(string, string)>();
        foreach (var line in File.ReadLines(Path.Combine(GuideImages.Files, "upstream-commands.txt"))
            .Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] == '[')
                rows.Add(new UpstreamCommands(line.Trim('[', ']').Split(' '), values = []));
            else
                values.Add((line.Split(' ', 2)[0], line.Split(' ', 2)[1]));
        }
        return rows;
    }
}
