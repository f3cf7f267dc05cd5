namespace Verus.Artifact.Common;

/// <summary>Keeps the last lines of a program's output for a message.</summary>
/// <param name="most">The maximum number of lines to keep.</param>
internal sealed class LastLines(int most)
{
    private readonly Queue<string> lines = new();

    /// <summary>All lines that were kept, in order.</summary>
    public IReadOnlyList<string> All
    {
        get
        {
            lock (lines)
                return [.. lines];
        }
    }

    /// <summary>Adds a line of output; this method may be called from several threads.</summary>
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
