using System.Runtime.InteropServices;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>The calls to the C library, with the data layouts of 64-bit Linux.</summary>
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

    /// <summary>The value that denotes the working directory where a folder descriptor is expected.</summary>
    public const int CurrentFolder = -100;

    private const int ErrorInterrupted = 4;
    private const int ClockMonotonic = 1, ClockBoottime = 7;
    private const int SetDumpable = 4, SetChildSubreaper = 36;
    private const int SigHangUp = 1, SigInterrupt = 2, SigQuit = 3;
    private const int SigChild = 17, SigTerminalStop = 20, SigTerminalInput = 21, SigTerminalOutput = 22;
    private const int WaitStopped = 2, WaitExited = 4, WaitContinued = 8, WaitLeaveBehind = 0x1000000,
        WaitForEverybody = 0, WaitForOne = 1;
    private const int ChildStopped = 5, ChildContinued = 6;
    private const int SetDescriptorFlags = 2, CloseOnExec = 1, SetStatusFlags = 4;
    private const uint RangeCloseOnExec = 4;
    private const int FirstInherited = 3, MostInherited = 1 << 16;
    private const int MayExecute = 1;
    private const int KindsOfLimits = 16;
    private const nint GetInputPriority = 252; // the number of the system call ioprio_get on x64

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

    // The fields of siginfo_t that the runner uses.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct SignalInfo
    {
        [FieldOffset(8)]
        public int Code;
        [FieldOffset(16)]
        public int Process;
    }

    /// <summary>The time of the monotonic clock, in seconds.</summary>
    public static double Now()
    {
        return Read(ClockMonotonic);
    }

    /// <summary>
    /// How long the machine has been suspended since boot, in seconds. The monotonic clock does not advance during
    /// suspension.
    /// </summary>
    public static double Suspended() => Read(ClockBoottime) - Read(ClockMonotonic);

    /// <summary>
    /// The CPU time that a process has used by itself so far, in seconds, without that of its children; 0 when the
    /// process is gone. The clock of a process has the number that clock_getcpuclockid returns.
    /// </summary>
    public static double CpuOf(int process) => Read(~process << 3 | 2);

    private static double Read(int clock)
    {
        TimeSpec time;
        if (clock_gettime(clock, &time) != 0)
            return 0;
        return time.Seconds + time.Nanoseconds / 1e9;
    }

    /// <summary>
    /// Sets the umask that most systems use, whatever the caller's umask is, since the umask is not part of a cell's
    /// key.
    /// </summary>
    public static void UseCommonUmask() => _ = umask(0b000_010_010);

    /// <summary>
    /// Hides the memory and the open files of this process from other processes of the same user, so that a command can
    /// neither read the secret of its job nor write to the runner's standard output. Some files in /proc are writable
    /// only while the process is not hidden.
    /// </summary>
    public static void Hide(bool hidden) => _ = prctl(SetDumpable, hidden ? 0u : 1u, 0, 0, 0);

    /// <summary>
    /// Prevents descriptors that were inherited from the parent of the runner from reaching the processes that the
    /// runner starts.
    /// </summary>
    public static void DropInheritance()
    {
        if (close_range(FirstInherited, uint.MaxValue, RangeCloseOnExec) == 0)
            return;
        // Needed before Linux 5.11.
        for (var descriptor = FirstInherited; descriptor < MostInherited; descriptor++)
            _ = fcntl(descriptor, SetDescriptorFlags, CloseOnExec);
    }

    /// <summary>
    /// Ignores the terminal signals that would stop this process but not the command, which is in another session.
    /// </summary>
    public static void IgnoreTerminalStops()
    {
        foreach (var number in new[] { SigTerminalStop, SigTerminalInput, SigTerminalOutput })
            _ = signal(number, 1);
    }

    /// <summary>Ignores what asks a process to end: hang-up, interrupt, quit and termination.</summary>
    public static void IgnoreEnds()
    {
        foreach (var number in new[] { SigHangUp, SigInterrupt, SigQuit, SigTerm })
            _ = signal(number, 1);
    }

    /// <summary>Makes this process the parent of orphans below it, so that none escapes unnoticed.</summary>
    public static void BecomeSubreaper()
    {
        // The runner resets the handling of SIGCHLD, because its parent may have told the kernel to discard the exit
        // status of children, a setting that is inherited.
        _ = signal(SigChild, 0);
        _ = prctl(SetChildSubreaper, 1, 0, 0, 0);
    }

    /// <summary>The id of the process that started this process; another id when the former is gone.</summary>
    public static int Parent() => getppid();

    /// <summary>The id of the user on whose behalf this process acts.</summary>
    public static uint User() => geteuid();

    /// <summary>Restricts this thread, and the processes that it starts, to the given CPUs.</summary>
    public static void Pin(IReadOnlyList<int> cpus)
    {
        var mask = stackalloc byte[CpuList.Most / 8];
        new Span<byte>(mask, CpuList.Most / 8).Clear();
        foreach (var cpu in cpus)
            mask[cpu / 8] |= (byte)(1 << cpu % 8);
        _ = sched_setaffinity(0, CpuList.Most / 8, mask);
    }

    /// <summary>Opens a file; a negative result is a negated error number.</summary>
    public static int Open(string file, int flags)
    {
        var descriptor = open(file, flags | OpenCloseOnExec, 0b110_100_100);
        return descriptor >= 0 ? descriptor : -Marshal.GetLastPInvokeError();
    }

    /// <summary>
    /// Opens a file for reading, without waiting for a writer if it is a FIFO; a negative result is a negated error
    /// number.
    /// </summary>
    public static int OpenInput(string file)
    {
        var descriptor = Open(file, OpenReadOnly | OpenWithoutWaiting);
        if (descriptor >= 0)
            LetWait(descriptor);
        return descriptor;
    }

    /// <summary>
    /// Opens a folder by name in another folder, without following a link; a negative result is a negated error number.
    /// </summary>
    public static int OpenFolder(int folder, string name)
    {
        var descriptor = openat(folder, name, OpenOnlyFolder | OpenNoLink | OpenWithoutWaiting | OpenCloseOnExec, 0);
        return descriptor >= 0 ? descriptor : -Marshal.GetLastPInvokeError();
    }

    /// <summary>
    /// Changes the owner of an entry of a folder (if it is a link, of the link itself), or of the folder when no name
    /// is given. The result is 0 on success, or an error number.
    /// </summary>
    public static int Own(int folder, string name, uint user, uint group) =>
        fchownat(folder, name, user, group, name.Length == 0 ? AtEmptyPath : AtNoLink) == 0
            ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Removes a file; returns 0, or an error number.</summary>
    public static int Remove(string file) => unlink(file) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>
    /// Opens an empty input for systems without /dev/null: the reading end of a pipe that nobody writes to.
    /// </summary>
    public static int OpenEmpty()
    {
        var ends = stackalloc int[2];
        if (pipe2(ends, OpenCloseOnExec) != 0)
            return -Marshal.GetLastPInvokeError();
        _ = close(ends[1]);
        return ends[0];
    }

    /// <summary>Makes reads and writes block again after a file was opened without blocking.</summary>
    public static void LetWait(int descriptor) => _ = fcntl(descriptor, SetStatusFlags, 0);

    /// <summary>Writes to standard error; ignores a failure to write.</summary>
    public static void WriteError(ReadOnlySpan<byte> text)
    {
        fixed (byte* bytes = text)
            _ = write(2, bytes, text.Length);
    }

    /// <summary>Starts a thread that does not keep the process alive.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The system has too many processes (EAGAIN).</exception>
    public static Thread StartThread(ThreadStart run)
    {
        var thread = new Thread(run) { IsBackground = true };
        try
        {
            thread.Start();
        }
        catch (OutOfMemoryException) when (LimitOf(LimitOfAddresses) == NoLimit)
        {
            // .NET throws OutOfMemoryException for every thread that the kernel refuses to create.
            throw new System.ComponentModel.Win32Exception(ErrorNumber.Again);
        }
        return thread;
    }

    /// <summary>The current value of a limit of this process; <see cref="NoLimit"/> when there is none.</summary>
    public static ulong LimitOf(int resource)
    {
        var limits = stackalloc ulong[2];
        return getrlimit(resource, limits) == 0 ? limits[0] : NoLimit;
    }

    /// <summary>The current and the largest permitted values of all limits of this process.</summary>
    public static (ulong, ulong)[] Limits()
    {
        var all = new (ulong, ulong)[KindsOfLimits];
        var limits = stackalloc ulong[2];
        for (var kind = 0; kind < KindsOfLimits; kind++)
            all[kind] = getrlimit(kind, limits) == 0 ? (limits[0], limits[1]) : default;
        return all;
    }

    /// <summary>The nice value of this thread, the policy of its scheduling, and the priority of its input and
    /// output.</summary>
    public static (int Nice, int Policy, int Input) Scheduling() =>
        (getpriority(0, 0), sched_getscheduler(0), (int)syscall(GetInputPriority, 1, 0));

    /// <summary>
    /// Whether this process has a child, including children that have ended and are waiting to be reaped. Since orphans
    /// become children of a subreaper, a process without a child has no descendant at all.
    /// </summary>
    public static bool HasChild()
    {
        SignalInfo info = default;
        return waitid(WaitForEverybody, 0, &info, WaitExited | WaitLeaveBehind | NoHang) == 0;
    }

    /// <summary>Closes a file.</summary>
    public static void Close(int descriptor) => _ = close(descriptor);

    /// <summary>Whether this process may enter a folder or execute a file.</summary>
    public static bool IsExecutable(string path) => access(path, MayExecute) == 0;

    /// <summary>
    /// Waits for a child (-1: any) and returns its id; 0 when none has ended (only with <see cref="NoHang"/>), negative
    /// when there are no children.
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
    /// Waits until any child has ended (without reaping it) or was stopped or continued. Returns the id of that child;
    /// 0 when there is no such child (only with <see cref="NoHang"/>), negative when there are no children.
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
            // Consume the event, which would otherwise be reported again and again.
            SignalInfo taken = default;
            _ = waitid(WaitForOne, info.Process, &taken, WaitStopped | WaitContinued | NoHang);
            return (info.Process, false);
        }
    }

    /// <summary>Whether a child has ended. A child that has ended is left to be reaped.</summary>
    public static bool HasEnded(int process)
    {
        SignalInfo info = default;
        return waitid(WaitForOne, process, &info, WaitExited | WaitLeaveBehind | NoHang) == 0
            && info.Process == process;
    }

    /// <summary>
    /// Sends a signal to a process or, with a negative number, to a whole process group; a process that no longer
    /// exists is not an error.
    /// </summary>
    public static void Kill(int process, int signal) => _ = kill(process, signal);

    [LibraryImport("libc")]
    private static partial uint geteuid();
    [LibraryImport("libc")]
    private static partial int getppid();
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
    private static partial int getpriority(int which, int who);
    [LibraryImport("libc")]
    private static partial int sched_getscheduler(int process);
    [LibraryImport("libc")]
    private static partial nint syscall(nint number, nint first, nint second);
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
