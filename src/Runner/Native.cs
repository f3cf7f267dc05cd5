using System.Runtime.InteropServices;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>The calls to the C library, with the layouts of 64-bit Linux.</summary>
internal static unsafe partial class Native
{
    public const int SigKill = 9, SigTerm = 15, SigContinue = 18, SigStop = 19;
    public const int NoHang = 1;
    public const int OpenReadOnly = 0, OpenWriteOnly = 1, OpenMade = 0x40, OpenNew = 0x80, OpenTruncated = 0x200;
    public const int OpenWithoutWaiting = 0x800, OpenNoLink = 0x20000;
    public const int LimitOfProcesses = 6, LimitOfFiles = 7;
    public const ulong NoLimit = ulong.MaxValue;
    private const int LimitOfAddresses = 9;
    private const int OpenCloseOnExec = 0x80000;
    private const int OpenOnlyFolder = 0x10000, AtNoLink = 0x100, AtEmptyPath = 0x1000;

    /// <summary>Stands for the working directory where a folder is asked for.</summary>
    public const int CurrentFolder = -100;

    private const int ErrorInterrupted = 4;
    private const int ClockMonotonic = 1, ClockBoottime = 7;
    private const int SetDumpable = 4, SetChildSubreaper = 36;
    private const int SigChild = 17, SigTerminalStop = 20, SigTerminalInput = 21, SigTerminalOutput = 22;
    private const int WaitStopped = 2, WaitExited = 4, WaitContinued = 8, WaitLeaveBehind = 0x1000000,
        WaitForEverybody = 0, WaitForOne = 1;
    private const int ChildStopped = 5, ChildContinued = 6;
    private const int SetDescriptorFlags = 2, CloseOnExec = 1, SetStatusFlags = 4;
    private const uint RangeCloseOnExec = 4;
    private const int FirstInherited = 3, MostInherited = 1 << 16;
    private const int MayExecute = 1;

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeValue
    {
        public long Seconds, Microseconds;
        public readonly double Total => Seconds + Microseconds / 1e6;
    }

    /// <summary>struct rusage.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Usage
    {
        public TimeValue User, System;
        public long MaxResidentKilobytes, SharedMemory, UnsharedData, UnsharedStack, MinorFaults, MajorFaults, Swaps,
            BlocksIn, BlocksOut,
            MessagesSent, MessagesReceived, Signals, VoluntarySwitches, InvoluntarySwitches;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds, Nanoseconds;
    }

    // The fields of siginfo_t that are used here.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct SignalInfo
    {
        [FieldOffset(8)]
        public int Code;
        [FieldOffset(16)]
        public int Process;
    }

    /// <summary>The monotonic clock; seconds.</summary>
    public static double Now()
    {
        return Read(ClockMonotonic);
    }

    /// <summary>
    /// How long the machine has been suspended since it was started; seconds. The monotonic clock stands still
    /// meanwhile.
    /// </summary>
    public static double Suspended() => Read(ClockBoottime) - Read(ClockMonotonic);

    private static double Read(int clock)
    {
        TimeSpec time;
        _ = clock_gettime(clock, &time);
        return time.Seconds + time.Nanoseconds / 1e9;
    }

    /// <summary>
    /// Gives what commands make the permissions that most systems give, whatever the caller's umask is: it is no part
    /// of a cell's key.
    /// </summary>
    public static void UseCommonUmask() => _ = umask(0b000_010_010);

    /// <summary>
    /// Hides the memory and the open files of this process from others of the same user, so that a command can neither
    /// read the secret of its job nor write into the runner's standard output. Some files of /proc can be written only
    /// while it is not hidden.
    /// </summary>
    public static void Hide(bool hidden) => _ = prctl(SetDumpable, hidden ? 0u : 1u, 0, 0, 0);

    /// <summary>Lets no descriptor that whoever started the runner had open reach what the runner starts.</summary>
    public static void KeepDescriptors()
    {
        if (close_range(FirstInherited, uint.MaxValue, RangeCloseOnExec) == 0)
            return;
        // Before Linux 5.11.
        for (var descriptor = FirstInherited; descriptor < MostInherited; descriptor++)
            _ = fcntl(descriptor, SetDescriptorFlags, CloseOnExec);
    }

    /// <summary>
    /// Ignores the signals of a terminal that would stop this process and not the command, which is in another session.
    /// </summary>
    public static void IgnoreTerminalStops()
    {
        foreach (var number in new[] { SigTerminalStop, SigTerminalInput, SigTerminalOutput })
            _ = signal(number, 1);
    }

    /// <summary>Makes this process the parent of orphans below it, so that none gets away unseen.</summary>
    public static void BecomeSubreaper()
    {
        // Whoever started the runner may have told the kernel to throw the ends of children away; that is inherited.
        _ = signal(SigChild, 0);
        _ = prctl(SetChildSubreaper, 1, 0, 0, 0);
    }

    /// <summary>Lets this thread, and the processes that it starts, run on these CPUs only.</summary>
    public static void Pin(IReadOnlyList<int> cpus)
    {
        var mask = stackalloc byte[CpuList.Most / 8];
        new Span<byte>(mask, CpuList.Most / 8).Clear();
        foreach (var cpu in cpus)
            mask[cpu / 8] |= (byte)(1 << cpu % 8);
        _ = sched_setaffinity(0, CpuList.Most / 8, mask);
    }

    /// <summary>Opens a file; negative is an error number with its sign changed.</summary>
    public static int Open(string file, int flags)
    {
        var descriptor = open(file, flags | OpenCloseOnExec, 0b110_100_100);
        return descriptor >= 0 ? descriptor : -Marshal.GetLastPInvokeError();
    }

    /// <summary>
    /// Opens a file to read it, without waiting for somebody who writes into a FIFO; negative is an error number with
    /// its sign changed.
    /// </summary>
    public static int OpenInput(string file)
    {
        var descriptor = Open(file, OpenReadOnly | OpenWithoutWaiting);
        if (descriptor >= 0)
            LetWait(descriptor);
        return descriptor;
    }

    /// <summary>
    /// Opens a folder by a name in another one, no link; negative is an error number with its sign changed.
    /// </summary>
    public static int OpenFolder(int folder, string name)
    {
        var descriptor = openat(folder, name, OpenOnlyFolder | OpenNoLink | OpenWithoutWaiting | OpenCloseOnExec, 0);
        return descriptor >= 0 ? descriptor : -Marshal.GetLastPInvokeError();
    }

    /// <summary>
    /// Changes the owner of a name in a folder, of a link itself; without a name, that of the folder. 0, or an error
    /// number.
    /// </summary>
    public static int Own(int folder, string name, uint user, uint group) =>
        fchownat(folder, name, user, group, name.Length == 0 ? AtEmptyPath : AtNoLink) == 0
            ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Removes a file; 0, or an error number.</summary>
    public static int Remove(string file) => unlink(file) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>
    /// A file without content, for a place that has no /dev/null: the reading end of a pipe that nobody writes to.
    /// </summary>
    public static int OpenEmpty()
    {
        var ends = stackalloc int[2];
        if (pipe2(ends, OpenCloseOnExec) != 0)
            return -Marshal.GetLastPInvokeError();
        _ = close(ends[1]);
        return ends[0];
    }

    /// <summary>Lets reading and writing wait again, after a file was opened without waiting.</summary>
    public static void LetWait(int descriptor) => _ = fcntl(descriptor, SetStatusFlags, 0);

    /// <summary>Writes to standard error; what cannot be written is lost.</summary>
    public static void WriteError(ReadOnlySpan<byte> text)
    {
        fixed (byte* bytes = text)
            _ = write(2, bytes, text.Length);
    }

    /// <summary>Starts a thread that does not keep the process alive.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There are too many processes (EAGAIN).</exception>
    public static Thread StartThread(ThreadStart run)
    {
        var thread = new Thread(run) { IsBackground = true };
        try
        {
            thread.Start();
        }
        catch (OutOfMemoryException) when (LimitOf(LimitOfAddresses) == NoLimit)
        {
            // What the base library says of every thread that the kernel refuses.
            throw new System.ComponentModel.Win32Exception(ErrorNumber.Again);
        }
        return thread;
    }

    /// <summary>A limit of this process as it is in force; <see cref="NoLimit"/> where there is none.</summary>
    public static ulong LimitOf(int resource)
    {
        var limits = stackalloc ulong[2];
        return getrlimit(resource, limits) == 0 ? limits[0] : NoLimit;
    }

    /// <summary>Closes a file.</summary>
    public static void Close(int descriptor) => _ = close(descriptor);

    /// <summary>Whether this process may enter a folder or execute a file.</summary>
    public static bool IsExecutable(string path) => access(path, MayExecute) == 0;

    /// <summary>
    /// Waits for a child (-1: any) and returns its id; 0 when none ended (only with <see cref="NoHang"/>), negative
    /// when there is none.
    /// </summary>
    public static int Wait(int process, int options, out int status, out Usage usage)
    {
        int state;
        Usage used;
        int ended;
        do
            ended = wait4(process, &state, options, &used);
        while (ended < 0 && Marshal.GetLastPInvokeError() == ErrorInterrupted);
        (status, usage) = ended > 0 ? (state, used) : (0, default);
        return ended;
    }

    /// <summary>
    /// Waits until any child has ended, and leaves it to be reaped, or was stopped or continued. Its id; 0 when there
    /// is no such child (only with <see cref="NoHang"/>), negative when there is no child.
    /// </summary>
    public static (int Process, bool Ended) WaitForAny(int options)
    {
        while (true)
        {
            SignalInfo info = default;
            if (waitid(WaitForEverybody, 0, &info, WaitExited | WaitStopped | WaitContinued | WaitLeaveBehind | options)
                < 0)
            {
                if (Marshal.GetLastPInvokeError() == ErrorInterrupted)
                    continue;
                return (-1, false);
            }
            if (info.Code is not (ChildStopped or ChildContinued))
                return (info.Process, true);
            // It is told once only; else it would be told for ever.
            SignalInfo taken = default;
            _ = waitid(WaitForOne, info.Process, &taken, WaitStopped | WaitContinued | NoHang);
            return (info.Process, false);
        }
    }

    /// <summary>
    /// Sends a signal to a process, or with a negative number to a whole process group; what is gone is no error.
    /// </summary>
    public static void Kill(int process, int signal) => _ = kill(process, signal);

    [LibraryImport("libc")]
    private static partial uint umask(uint mask);
    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, TimeSpec* time);
    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);
    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);
    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int wait4(int process, int* status, int options, Usage* usage);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int kind, int process, SignalInfo* info, int options);
    [LibraryImport("libc")]
    private static partial int sched_setaffinity(int process, nuint size, byte* mask);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, uint mode);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int openat(int folder, string path, int flags, uint mode);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int fchownat(int folder, string path, uint user, uint group, int flags);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string path);
    [LibraryImport("libc")]
    private static partial nint write(int descriptor, byte* bytes, nint count);
    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, ulong* limits);
    [LibraryImport("libc")]
    private static partial int close_range(uint first, uint last, uint flags);
    [LibraryImport("libc")]
    private static partial int fcntl(int descriptor, int command, int value);
    [LibraryImport("libc")]
    private static partial int close(int descriptor);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int access(string path, int mode);
}
