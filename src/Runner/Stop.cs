using System.Runtime.InteropServices;

namespace Verus.Artifact.Runner;

/// <summary>Whether the job is to stop: a signal asked for it, or whoever started the runner is gone.</summary>
internal sealed class Stop : IDisposable
{
    private readonly ManualResetEvent asked = new(false);
    private readonly List<PosixSignalRegistration> signals;
    private volatile string cause = "nobody asked for it";

    /// <summary>
    /// Listens to signals, and to the end of a stream that is the parent's lifeline; null: there is none.
    /// </summary>
    public Stop(Stream? lifeline)
    {
        // A terminal's Ctrl-Z would stop the runner, and the command, which is in another session, would go on unseen.
        Native.IgnoreTerminalStops();
        signals =
        [
            .. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }
                .Select(signal => PosixSignalRegistration.Create(signal, context =>
                {
                    context.Cancel = true;
                    Request($"the runner got {signal}");
                })),
        ];
        if (lifeline is not null)
            Native.StartThread(() => WaitForParent(lifeline));
    }

    /// <summary>Whether it is to stop.</summary>
    public bool Requested => asked.WaitOne(0);

    /// <summary>Why it is to stop, in words.</summary>
    public string Cause => cause;

    /// <summary>Signalled when it is to stop.</summary>
    public WaitHandle Handle => asked;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in signals)
            signal.Dispose();
    }

    private void Request(string why)
    {
        cause = why;
        asked.Set();
    }

    private void WaitForParent(Stream input)
    {
        var buffer = new byte[64];
        try
        {
            while (input.Read(buffer) > 0)
            {
                // What the parent says does not matter, only that it is there.
            }
        }
        catch (IOException)
        {
            // It cannot be seen any more, which is the same.
        }
        Request("whoever started the runner is gone");
    }
}
