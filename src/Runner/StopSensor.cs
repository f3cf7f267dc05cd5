using System.Runtime.InteropServices;

namespace Verus.Artifact.Runner;

/// <summary>
/// Detects that this process was stopped and continued, or frozen: a thread that waits in the kernel's epoll_wait gets
/// EINTR, and the kernel never restarts that call silently. A signal handler would be less reliable, since it may run
/// later than the code that asks. On a busy machine, the sensor's thread may have been woken but have no processor yet,
/// and a stop then goes unnoticed. The count of stops is read only while the kernel reports the sensor's thread as
/// sleeping, and the thread sleeps only in this call.
/// </summary>
internal sealed unsafe partial class StopSensor : IDisposable
{
    private const int CloseOnExec = 0x80000, Add = 1, Readable = 1, Block = 0, ErrorInterrupted = 4;
    private readonly int wake = eventfd(0, CloseOnExec);
    private readonly int waiting = epoll_create1(CloseOnExec);
    private readonly SemaphoreSlim answered = new(0);
    private readonly Thread thread;
    private volatile string? status;
    private volatile int count;
    private volatile bool over;

    // The layout of struct epoll_event, which is packed on x64.
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Event
    {
        public uint Kinds;
        public ulong Data;
    }

    /// <summary>Starts to detect stops.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The machine has no file descriptor or thread
    /// left.</exception>
    public StopSensor()
    {
        var kind = new Event { Kinds = Readable };
        if (wake < 0 || waiting < 0 || epoll_ctl(waiting, Add, wake, &kind) != 0)
            throw new System.ComponentModel.Win32Exception(Protocol.ErrorNumber.TooManyFiles);
        thread = Native.StartThread(Wait);
        answered.Wait();
    }

    /// <summary>
    /// How often the process has been stopped so far. The count of stops includes every stop before the call of this
    /// method, and none after it. On a system without /proc, stops after the call may be counted as well.
    /// </summary>
    public int Count()
    {
        if (status is not null)
        {
            while (!Sleeps())
                Thread.Sleep(0);
            return count;
        }
        Ask();
        answered.Wait();
        return count;
    }

    private bool Sleeps()
    {
        var text = File.ReadAllText(status!);
        return text.AsSpan(text.LastIndexOf(')') + 1).TrimStart().StartsWith('S');
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        over = true;
        Ask();
        thread.Join();
        Native.Close(waiting);
        Native.Close(wake);
        answered.Dispose();
    }

    private void Ask()
    {
        ulong one = 1;
        _ = write(wake, &one, sizeof(ulong));
    }

    private void Wait()
    {
        // Signals with a handler also interrupt epoll_wait, so they are blocked in the sensor's thread and handled by
        // another one; the signals of the .NET runtime itself have higher numbers.
        var signals = stackalloc byte[128];
        new Span<byte>(signals, 128).Clear();
        new Span<byte>(signals, 4).Fill(0xff);
        _ = pthread_sigmask(Block, signals, null);
        // The link /proc/thread-self has the form "PID/task/TID", with the numbers that this /proc uses.
        status = new FileInfo("/proc/thread-self").LinkTarget is { } self ? $"/proc/{self}/stat" : null;
        answered.Release();
        while (true)
        {
            Event happened;
            if (epoll_wait(waiting, &happened, 1, -1) < 0)
            {
                if (Marshal.GetLastPInvokeError() == ErrorInterrupted)
                    count++;
                continue;
            }
            ulong asked;
            _ = read(wake, &asked, sizeof(ulong));
            if (over)
                return;
            answered.Release();
        }
    }

    [LibraryImport("libc")]
    private static partial int eventfd(uint value, int flags);
    [LibraryImport("libc")]
    private static partial int epoll_create1(int flags);
    [LibraryImport("libc")]
    private static partial int epoll_ctl(int waiting, int operation, int descriptor, Event* kind);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int waiting, Event* events, int most, int milliseconds);
    [LibraryImport("libc")]
    private static partial int pthread_sigmask(int how, byte* signals, byte* before);
    [LibraryImport("libc")]
    private static partial nint read(int descriptor, ulong* value, nint size);
    [LibraryImport("libc")]
    private static partial nint write(int descriptor, ulong* value, nint size);
}
