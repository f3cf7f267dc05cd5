using System.Runtime.InteropServices;

namespace Verus.Artifact.Runner;

/// <summary>Whether the job is to stop: a signal asked for it, or whoever started the runner is gone.</summary>
internal sealed class Stop : IDisposable
{
    private readonly ManualResetEvent asked = new(false);
    private readonly List<PosixSignalRegistration> signals;

    /// <summary>Listens to signals, and to the end of standard input when that is the parent's lifeline.</summary>
    public Stop(bool parentOnInput)
    {
        signals =
        [
            .. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }
                .Select(signal => PosixSignalRegistration.Create(signal, context =>
                {
                    context.Cancel = true;
                    Request();
                })),
        ];
        if (parentOnInput)
            new Thread(WaitForParent) { IsBackground = true }.Start();
    }

    /// <summary>Whether it is to stop.</summary>
    public bool Requested => asked.WaitOne(0);

    /// <summary>Signalled when it is to stop.</summary>
    public WaitHandle Handle => asked;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in signals)
            signal.Dispose();
    }

    private void Request() => asked.Set();

    private void WaitForParent()
    {
        using var input = Console.OpenStandardInput();
        var buffer = new byte[64];
        while (input.Read(buffer) > 0)
        {
            // What the parent says does not matter, only that it is there.
        }
        Request();
    }
}
