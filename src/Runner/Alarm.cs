using System.Runtime.InteropServices;

namespace Verus.Artifact.Runner;

/// <summary>
/// Continues the runner when it was stopped past the time limit: a command can stop the program that keeps its limit,
/// but not the kernel's timer. The signal (SIGCONT) does nothing to a runner that runs.
/// </summary>
internal sealed unsafe partial class Alarm : IDisposable
{
    // Time that the runner has to act by itself, and time between two signals.
    private const double Late = 2, Again = 1;
    private const int ClockMonotonic = 1, BySignal = 0;
    private readonly nint timer;
    private readonly bool made;

    // struct sigevent.
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct Event
    {
        [FieldOffset(8)]
        public int Signal;
        [FieldOffset(12)]
        public int Kind;
    }

    // struct itimerspec.
    [StructLayout(LayoutKind.Sequential)]
    private struct Times
    {
        public long IntervalSeconds, IntervalNanoseconds, FirstSeconds, FirstNanoseconds;
    }

    /// <summary>
    /// Sets it for a time limit that begins now; seconds. Where the kernel gives no timer, whoever started the runner
    /// is left.
    /// </summary>
    public Alarm(double limit)
    {
        var kind = new Event { Signal = Native.SigContinue, Kind = BySignal };
        nint id;
        made = timer_create(ClockMonotonic, &kind, &id) == 0;
        timer = id;
        if (!made)
            return;
        // The kernel's seconds have 64 bits, but a hundred years are enough.
        var first = Math.Min(limit + Late, 3e9);
        var times = new Times { IntervalSeconds = (long)Again, FirstSeconds = (long)Math.Ceiling(first) };
        _ = timer_settime(timer, 0, &times, null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (made)
            _ = timer_delete(timer);
    }

    [LibraryImport("libc")]
    private static partial int timer_create(int clock, Event* kind, nint* timer);
    [LibraryImport("libc")]
    private static partial int timer_settime(nint timer, int flags, Times* times, Times* before);
    [LibraryImport("libc")]
    private static partial int timer_delete(nint timer);
}
