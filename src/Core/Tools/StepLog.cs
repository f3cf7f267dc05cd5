using Verus.Artifact.Common;

namespace Verus.Artifact.Tools;

/// <summary>
/// The log file of a command, which is written line by line so that it survives a kill, and the last lines of the
/// output.
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

    /// <summary>The last lines of the output, indented, each on its own line.</summary>
    public string Tail => string.Concat(last.All.Select(line => $"\n  {line}"));

    public void Write(string line)
    {
        lock (last)
            writer.WriteLine(line);
        last.Add(line);
    }

    public void Dispose() => writer.Dispose();
}
