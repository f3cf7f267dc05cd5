using System.Collections.Concurrent;

namespace Verus.Artifact.Runner;

/// <summary>
/// The jobs that arrive on standard input, one a line. The end of standard input means that nobody is waiting for
/// results any more, so it stops the job that is running, and jobs that have arrived but not started are dropped.
/// </summary>
internal sealed class JobStream : IDisposable
{
    private readonly ConcurrentQueue<byte[]> lines = new();
    private readonly AutoResetEvent arrived = new(false);
    private readonly Stop stop;

    /// <summary>Starts to read jobs from a stream; the thread that reads waits in the kernel while a command
    /// runs.</summary>
    public JobStream(Stream input, Stop stop)
    {
        this.stop = stop;
        Native.StartThread(() => ReadAll(input));
    }

    /// <summary>Waits for the next job, and returns its line; null when the runner is to stop.</summary>
    public byte[]? Next()
    {
        WaitHandle[] events = [arrived, stop.Handle];
        while (!stop.Requested)
        {
            if (lines.TryDequeue(out var line))
                return line;
            WaitHandle.WaitAny(events);
        }
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => arrived.Dispose();

    private void ReadAll(Stream input)
    {
        try
        {
            foreach (var line in JobFile.Lines(input))
            {
                lines.Enqueue(line);
                arrived.Set();
            }
        }
        catch (IOException)
        {
            // An input that can no longer be read is treated as ended.
        }
        stop.Request(Stop.ParentGone);
    }
}
