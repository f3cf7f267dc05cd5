namespace Verus.Artifact.Common;

/// <summary>The last lines that a program said, for a message.</summary>
/// <param name="most">How many are kept.</param>
internal sealed class LastLines(int most)
{
    private readonly Queue<string> lines = new();

    /// <summary>All that are kept, in order.</summary>
    public IReadOnlyList<string> All
    {
        get
        {
            lock (lines)
                return [.. lines];
        }
    }

    /// <summary>Takes a line; whoever reads the output may call it from several threads.</summary>
    public void Add(string line)
    {
        lock (lines)
        {
            lines.Enqueue(line);
            if (lines.Count > most)
                lines.Dequeue();
        }
    }
}
