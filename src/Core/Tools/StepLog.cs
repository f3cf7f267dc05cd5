using Verus.Artifact.Common;

namespace Verus.Artifact.Tools;

/// <summary>
/// The log file of one command, written line by line so that it is there after a kill, too; and its last lines.
/// </summary>
internal sealed class StepLog : IDisposable
{
    private readonly LastLines last = new(15);
    private readonly StreamWriter writer;

    public StepLog(string path)
    {
        Path = path;
        writer = new StreamWriter(path, append: false) { AutoFlush = true };
    }

    public string Path { get; }

    /// <summary>The last lines, each on a line of its own, indented.</summary>
    public string Tail => string.Concat(last.All.Select(line => $"\n  {line}"));

    public void Write(string line)
    {
        lock (last)
            writer.WriteLine(line);
        last.Add(line);
    }

    public void Dispose() => writer.Dispose();
}
