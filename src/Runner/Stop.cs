using System.Runtime.InteropServices;

namespace Verus.Artifact.Runner;

/// <summary>
/// Tells whether the job is to stop, because a signal requested a stop or the process that started the runner is gone.
/// </summary>
internal sealed class Stop : IDisposable
{
    private readonly ManualResetEvent asked = new(false);
    private readonly List<PosixSignalRegistration> signals;
    private volatile string cause = "nobody asked for it";

    /// <summary>The cause of a stop when the process that started the runner has ended.</summary>
    public const string ParentGone = "whoever started the runner is gone";

    /// <summary>
    /// Listens for signals, and for the end of a stream that serves as the lifeline of the parent; null for no
    /// lifeline.
    /// </summary>
    public Stop(Stream? lifeline)
    {
        // The signal of Ctrl-Z is ignored, since it would stop the runner, while the command, which is in another
        // session, would continue unobserved.
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

    /// <summary>Whether the job is to stop.</summary>
    public bool Requested => asked.WaitOne(0);

    /// <summary>A description of why the job is to stop.</summary>
    public string Cause => cause;

    /// <summary>The handle that is signalled when the job is to stop.</summary>
    public WaitHandle Handle => asked;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in signals)
            signal.Dispose();
    }

    /// <summary>Requests a stop.</summary>
    public void Request(string why)
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
                // The content of the lifeline does not matter: it only shows that the parent is alive.
            }
        }
        catch (IOException)
        {
            // A lifeline that can no longer be read is treated as ended.
        }
        Request(ParentGone);
    }
}
