using System.Runtime.InteropServices;

namespace Verus.Artifact.Runner;

/// <summary>
/// A process that is ready to be started. All work that takes time (allocations, text conversion, opening files) is
/// done beforehand, so that starting the process is a single call to posix_spawn. The started process gets its own
/// session, and no blocked or ignored signals.
/// </summary>
internal sealed unsafe partial class Spawn : IDisposable
{
    private const short SetSigDefault = 4, SetSigMask = 8, SetSession = 0x80;
    private readonly byte* program;
    private readonly byte** arguments;
    private readonly byte** environment;
    private readonly Opaque* actions;
    private readonly Opaque* attributes;

    // The sizes of the structures in glibc are: posix_spawn_file_actions_t has 80 bytes, posix_spawnattr_t 336,
    // sigset_t 128.
    [StructLayout(LayoutKind.Sequential)]
    private struct Opaque
    {
        public fixed byte Bytes[384];
    }

    /// <summary>Prepares the process; the descriptors become its standard input, output and error.</summary>
    public Spawn(string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, string directory,
        int input, int output, int error)
    {
        this.program = (byte*)Marshal.StringToCoTaskMemUTF8(program);
        this.arguments = Strings(arguments);
        this.environment = Strings(environment);
        actions = (Opaque*)NativeMemory.AllocZeroed((nuint)sizeof(Opaque));
        attributes = (Opaque*)NativeMemory.AllocZeroed((nuint)sizeof(Opaque));
        var all = stackalloc byte[128];
        new Span<byte>(all, 128).Fill(0xFF);
        var none = stackalloc byte[128];
        new Span<byte>(none, 128).Clear();
        _ = posix_spawnattr_init(attributes);
        _ = posix_spawnattr_setflags(attributes, SetSession | SetSigMask | SetSigDefault);
        _ = posix_spawnattr_setsigmask(attributes, none);
        _ = posix_spawnattr_setsigdefault(attributes, all);
        _ = posix_spawn_file_actions_init(actions);
        _ = posix_spawn_file_actions_addchdir_np(actions, directory);
        _ = posix_spawn_file_actions_adddup2(actions, input, 0);
        _ = posix_spawn_file_actions_adddup2(actions, output, 1);
        _ = posix_spawn_file_actions_adddup2(actions, error, 2);
    }

    /// <summary>Starts the process and returns its id; a negative result is a negated error number.</summary>
    public int Start()
    {
        int process;
        var failure = posix_spawn(&process, program, actions, attributes, arguments, environment);
        return failure == 0 ? process : -failure;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = posix_spawn_file_actions_destroy(actions);
        _ = posix_spawnattr_destroy(attributes);
        NativeMemory.Free(actions);
        NativeMemory.Free(attributes);
        Free(arguments);
        Free(environment);
        Marshal.FreeCoTaskMem((nint)program);
    }

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
    private static partial int posix_spawn(int* process, byte* path, Opaque* actions, Opaque* attributes, byte** argv,
        byte** envp);
    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(Opaque* actions);
    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(Opaque* actions);
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
