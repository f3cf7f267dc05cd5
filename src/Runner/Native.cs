using System.Runtime.InteropServices;

namespace Verus.Artifact.Runner;

/// <summary>The calls to the C library, with the layouts of 64-bit Linux.</summary>
internal static unsafe partial class Native
{
    public const int SigKill = 9, SigTerm = 15, SigContinue = 18, SigStop = 19;
    public const int NoHang = 1;
    public const int OpenReadOnly = 0, OpenTruncated = 1 | 0x40 | 0x200; // O_WRONLY, O_CREAT, O_TRUNC
    public const int MostCpus = 1024;
    private const int OpenCloseOnExec = 0x80000;
    private const int ErrorInterrupted = 4;
    private const int ClockMonotonic = 1;
    private const int SetChildSubreaper = 36;
    private const int SigChild = 17;
    private const int WaitExited = 4, WaitLeaveBehind = 0x1000000, WaitForEverybody = 0;
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
        public long MaxResidentKilobytes, SharedMemory, UnsharedData, UnsharedStack, MinorFaults, MajorFaults, Swaps, BlocksIn, BlocksOut,
            MessagesSent, MessagesReceived, Signals, VoluntarySwitches, InvoluntarySwitches;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds, Nanoseconds;
    }

    // The field of siginfo_t that is used here.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct SignalInfo
    {
        [FieldOffset(16)]
        public int Process;
    }

    /// <summary>The monotonic clock; seconds.</summary>
    public static double Now()
    {
        TimeSpec time;
        _ = clock_gettime(ClockMonotonic, &time);
        return time.Seconds + time.Nanoseconds / 1e9;
    }

    /// <summary>Makes this process the parent of orphans below it, so that none gets away unseen.</summary>
    public static void BecomeSubreaper()
    {
        // Whoever started the runner may have told the kernel to throw the ends of children away; that is inherited.
        _ = signal(SigChild, 0);
        _ = prctl(SetChildSubreaper, 1, 0, 0, 0);
    }

    /// <summary>The CPUs that this thread may use.</summary>
    public static IReadOnlyList<int> AllowedCpus()
    {
        var mask = stackalloc byte[MostCpus / 8];
        new Span<byte>(mask, MostCpus / 8).Clear();
        if (sched_getaffinity(0, MostCpus / 8, mask) < 0)
            return [];
        var cpus = new List<int>();
        for (var cpu = 0; cpu < MostCpus; cpu++)
            if ((mask[cpu / 8] & (1 << cpu % 8)) != 0)
                cpus.Add(cpu);
        return cpus;
    }

    /// <summary>Lets this thread, and the processes that it starts, run on these CPUs only.</summary>
    public static void Pin(IReadOnlyList<int> cpus)
    {
        var mask = stackalloc byte[MostCpus / 8];
        new Span<byte>(mask, MostCpus / 8).Clear();
        foreach (var cpu in cpus)
            mask[cpu / 8] |= (byte)(1 << cpu % 8);
        _ = sched_setaffinity(0, MostCpus / 8, mask);
    }

    /// <summary>Opens a file; negative is an error number with its sign changed.</summary>
    public static int Open(string file, int flags)
    {
        var descriptor = open(file, flags | OpenCloseOnExec, 0b110_100_100);
        return descriptor >= 0 ? descriptor : -Marshal.GetLastPInvokeError();
    }

    /// <summary>A file without content, for a place that has no /dev/null: the reading end of a pipe that nobody writes to.</summary>
    public static int OpenEmpty()
    {
        var ends = stackalloc int[2];
        if (pipe2(ends, OpenCloseOnExec) != 0)
            return -Marshal.GetLastPInvokeError();
        _ = close(ends[1]);
        return ends[0];
    }

    /// <summary>Closes a file.</summary>
    public static void Close(int descriptor) => _ = close(descriptor);

    /// <summary>Whether this process may enter a folder or execute a file.</summary>
    public static bool IsExecutable(string path) => access(path, MayExecute) == 0;

    /// <summary>
    /// Waits for a child (-1: any) and returns its id; 0 when none ended (only with <see cref="NoHang"/>), negative when there is none.
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
    /// Waits until any child has ended, leaves it to be reaped, and returns its id; 0 when none ended (only with <see cref="NoHang"/>),
    /// negative when there is none.
    /// </summary>
    public static int WaitForAny(int options)
    {
        SignalInfo info;
        int answer;
        do
        {
            info = default;
            answer = waitid(WaitForEverybody, 0, &info, WaitExited | WaitLeaveBehind | options);
        }
        while (answer < 0 && Marshal.GetLastPInvokeError() == ErrorInterrupted);
        return answer < 0 ? answer : info.Process;
    }

    /// <summary>Sends a signal to a process, or with a negative number to a whole process group; what is gone is no error.</summary>
    public static void Kill(int process, int signal) => _ = kill(process, signal);

    /// <summary>What an error number means.</summary>
    public static string Explain(int error) => error switch
    {
        2 => "no such file or directory",
        7 => "its arguments and environment are too long",
        8 => "not a program that this system can execute (exec format error)",
        11 => "there are too many processes",
        12 => "out of memory",
        13 => "permission denied",
        20 => "a part of the path is not a folder",
        21 => "it is a folder",
        23 or 24 => "too many files are open",
        26 => "the file is being written (text file busy)",
        28 => "the disk is full",
        30 => "the file system is read-only",
        40 => "too many symbolic links",
        _ => $"error {error}",
    };

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
    [LibraryImport("libc")]
    private static partial int sched_getaffinity(int process, nuint size, byte* mask);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, uint mode);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);
    [LibraryImport("libc")]
    private static partial int close(int descriptor);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int access(string path, int mode);
}
