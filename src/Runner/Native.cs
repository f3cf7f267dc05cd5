using System.Runtime.InteropServices;

namespace Verus.Artifact.Runner;

/// <summary>The calls to the C library, with the layouts of 64-bit Linux.</summary>
internal static unsafe partial class Native
{
    public const int SigInt = 2, SigKill = 9, SigTerm = 15, SigStop = 19;
    public const int NoHang = 1;
    public const int ErrorInterrupted = 4, ErrorNoChild = 10;
    private const int OpenReadOnly = 0, OpenWriteOnly = 1, OpenCreate = 0x40, OpenTruncate = 0x200;
    private const int ClockMonotonic = 1;
    private const int SetChildSubreaper = 36;
    private const short SpawnSetSigMask = 8, SpawnSetSigDef = 4, SpawnSetSid = 0x80;

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
        public long MaxResidentKilobytes, SharedMemory, UnsharedData, UnsharedStack, MinorFaults, MajorFaults, Swaps, BlocksIn, BlocksOut, MessagesSent,
            MessagesReceived, Signals, VoluntarySwitches, InvoluntarySwitches;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds, Nanoseconds;
    }

    // glibc: posix_spawn_file_actions_t has 80 bytes, posix_spawnattr_t 336, sigset_t 128.
    [StructLayout(LayoutKind.Sequential)]
    private struct Opaque
    {
        public fixed byte Bytes[384];
    }

    /// <summary>The monotonic clock; seconds.</summary>
    public static double Now()
    {
        TimeSpec time;
        _ = clock_gettime(ClockMonotonic, &time);
        return time.Seconds + time.Nanoseconds / 1e9;
    }

    /// <summary>Makes this process the parent of orphans below it, so that none gets away unseen.</summary>
    public static void BecomeSubreaper() => _ = prctl(SetChildSubreaper, 1, 0, 0, 0);

    /// <summary>Lets this process, and all that it starts, run on these CPUs only; false when the kernel refuses.</summary>
    public static bool Pin(IReadOnlyList<int> cpus)
    {
        var mask = stackalloc byte[128];
        new Span<byte>(mask, 128).Clear();
        foreach (var cpu in cpus.Where(cpu => cpu is >= 0 and < 1024))
            mask[cpu / 8] |= (byte)(1 << cpu % 8);
        return sched_setaffinity(0, 128, mask) == 0;
    }

    /// <summary>
    /// Starts a program in a session of its own with no signal blocked or ignored. Returns its process id; negative is an error number, with
    /// its sign changed.
    /// </summary>
    public static int Spawn(string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, string directory, string input,
        string output, string error)
    {
        Opaque actions, attributes;
        var all = stackalloc byte[128];
        new Span<byte>(all, 128).Fill(0xFF);
        var none = stackalloc byte[128];
        new Span<byte>(none, 128).Clear();
        _ = posix_spawn_file_actions_init(&actions);
        _ = posix_spawnattr_init(&attributes);
        _ = posix_spawnattr_setflags(&attributes, SpawnSetSid | SpawnSetSigMask | SpawnSetSigDef);
        _ = posix_spawnattr_setsigmask(&attributes, none);
        _ = posix_spawnattr_setsigdefault(&attributes, all);
        _ = posix_spawn_file_actions_addchdir_np(&actions, directory);
        _ = posix_spawn_file_actions_addopen(&actions, 0, input, OpenReadOnly, 0);
        _ = posix_spawn_file_actions_addopen(&actions, 1, output, OpenWriteOnly | OpenCreate | OpenTruncate, 0b110_100_100);
        if (output == error)
            _ = posix_spawn_file_actions_adddup2(&actions, 1, 2);
        else
            _ = posix_spawn_file_actions_addopen(&actions, 2, error, OpenWriteOnly | OpenCreate | OpenTruncate, 0b110_100_100);
        var argv = Strings(arguments);
        var envp = Strings(environment);
        int process;
        var failure = posix_spawn(&process, program, &actions, &attributes, argv, envp);
        Free(argv);
        Free(envp);
        _ = posix_spawn_file_actions_destroy(&actions);
        _ = posix_spawnattr_destroy(&attributes);
        return failure == 0 ? process : -failure;
    }

    /// <summary>Waits for a child (-1: any) and returns its id; 0 when none ended (only with <see cref="NoHang"/>), negative when there is none.</summary>
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

    /// <summary>Sends a signal; a process that is gone is no error.</summary>
    public static void Kill(int process, int signal) => _ = kill(process, signal);

    /// <summary>What an error number means.</summary>
    public static string Explain(int error) => error switch
    {
        2 => "no such file or directory",
        13 => "permission denied",
        8 => "not a program that this system can execute (exec format error)",
        7 => "its arguments and environment are too long",
        12 => "out of memory",
        20 => "a part of the path is no folder",
        26 => "the file is being written (text file busy)",
        28 => "the disk is full",
        30 => "the file system is read-only",
        _ => $"error {error}",
    };

    private static byte** Strings(IReadOnlyList<string> texts)
    {
        var array = (byte**)NativeMemory.Alloc((nuint)(texts.Count + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < texts.Count; i++)
            array[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        array[texts.Count] = null;
        return array;
    }

    private static void Free(byte** texts)
    {
        for (var i = 0; texts[i] is not null; i++)
            Marshal.FreeCoTaskMem((nint)texts[i]);
        NativeMemory.Free(texts);
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, TimeSpec* time);
    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);
    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int wait4(int process, int* status, int options, Usage* usage);
    [LibraryImport("libc")]
    private static partial int sched_setaffinity(int process, nuint size, byte* mask);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(int* process, string path, Opaque* actions, Opaque* attributes, byte** argv, byte** envp);
    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(Opaque* actions);
    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(Opaque* actions);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addopen(Opaque* actions, int descriptor, string path, int flags, uint mode);
    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(Opaque* actions, int from, int to);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addchdir_np(Opaque* actions, string path);
    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(Opaque* attributes);
    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(Opaque* attributes);
    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(Opaque* attributes, short flags);
    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(Opaque* attributes, byte* mask);
    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(Opaque* attributes, byte* mask);
}
