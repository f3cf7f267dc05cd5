using System.Runtime.InteropServices;

namespace Verus.Artifact.Runner;

/// <summary>
/// Continues the runner if it was stopped past the time limit: a measured command can stop the program that enforces
/// its limit, but not the kernel's timer. The signal that the alarm sends (SIGCONT) has no effect on a running runner.
/// </summary>
internal sealed unsafe partial class Alarm : IDisposable
{
    // The time that the runner has to act by itself, and the time between two signals.
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
    /// Sets the alarm for a time limit, in seconds, that begins now. If the kernel provides no timer, only the process
    /// that started the runner can still intervene.
    /// </summary>
    public Alarm(double limit)
    {
        var kind = new Event { Signal = Native.SigContinue, Kind = BySignal };
        nint id;
        made = timer_create(ClockMonotonic, &kind, &id) == 0;
        timer = id;
        if (!made)
            return;
        // The kernel counts seconds in 64 bits, but a hundred years are enough.
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
