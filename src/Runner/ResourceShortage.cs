using System.Globalization;
using System.Runtime.InteropServices;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>
/// Decides whether a shortage on the machine explains how a command ended: no room or inode on the file systems that it
/// writes to, an exhausted limit of processes or open files, no memory. The state of the machine is examined after the
/// command has ended, and the command's own words are never enough, since a command may print anything.
/// </summary>
internal static unsafe partial class ResourceShortage
{
    // A disk with less than NoRoom is treated as full. LittleRoom is the limit when the output mentions a full disk,
    // since programs remove files that they could not finish.
    private const ulong NoRoom = 64 << 10, LittleRoom = 256 << 20;
    private const double LittleShare = 0.05;
    private const ulong FewFiles = 1024;
    private const ulong ReadOnlyFlag = 1;

    // struct statvfs.
    [StructLayout(LayoutKind.Sequential)]
    private struct FileSystem
    {
        public ulong BlockSize, FragmentSize, Blocks, Free, FreeForUsers, Inodes, FreeInodes, FreeInodesForUsers, Id,
            Flags, LongestName;
        public fixed int Spare[6];
    }

    /// <summary>
    /// Returns the error number of the resource that the machine lacks, and a sentence about it; null when no shortage
    /// could be the cause.
    /// </summary>
    /// <param name="command">The command that has ended.</param>
    /// <param name="failed">Whether the command failed; if it did not, only a full disk is reported, since it would
    /// truncate the output.</param>
    public static (int Error, string Sentence)? After(CommandSpec command, bool failed)
    {
        var name = command.Arguments[0];
        var output = Path.GetDirectoryName(command.StandardOutput)!;
        if (Full(output, NoRoom, 0) is { } full)
            return (ErrorNumber.NoSpace, $"'{name}' ended when {full}.");
        if (!failed)
            return null;
        var words = LastWords.Of(command);
        string[] folders = [output, command.WorkingDirectory, command.Environment.GetValueOrDefault("TMPDIR", "/tmp")];
        var spaceWords = Mentions("No space left on device");
        foreach (var folder in folders)
            if (Full(folder, spaceWords ? LittleRoom : NoRoom, spaceWords ? LittleShare : 0) is { } why)
                return (ErrorNumber.NoSpace, $"'{name}' failed when {why}. {words}");
        if (Mentions("Disk quota exceeded"))
            return Shortage(122);
        if (Mentions("Read-only file system") && Array.Exists(folders[..1], IsReadOnly))
            return Shortage(ErrorNumber.ReadOnly);
        if (Mentions("Too many open files in system"))
            return Shortage(ErrorNumber.FileTable);
        if (Mentions("Too many open files") && Native.LimitOf(Native.LimitOfFiles) < FewFiles)
            return Shortage(ErrorNumber.TooManyFiles);
        if ((Mentions("Resource temporarily unavailable") || Mentions("fork") || Mentions("thread"))
            && FewProcessesLeft())
            return Shortage(ErrorNumber.Again);
        if (Mentions("Cannot allocate memory") && LittleMemory())
            return Shortage(ErrorNumber.NoMemory);
        return null;

        bool Mentions(string text) => words.Contains(text, StringComparison.OrdinalIgnoreCase);

        (int, string) Shortage(int error) => (error, $"'{name}' failed, and {ErrorNumber.Explain(error)}. {words}");
    }

    // Describes which file system is full. A file system that reports no sizes, or is read-only, is ignored.
    private static string? Full(string folder, ulong room, double share)
    {
        FileSystem system;
        if (statvfs(folder, &system) != 0 || system.Blocks == 0 || (system.Flags & ReadOnlyFlag) != 0)
            return null;
        var root = Native.User() == 0;
        var free = root ? system.Free : system.FreeForUsers;
        if (free * system.FragmentSize < Math.Min(room, system.Blocks * system.FragmentSize / 2)
            || free < share * system.Blocks)
            return $"the disk with '{folder}' was full";
        var inodes = root ? system.FreeInodes : system.FreeInodesForUsers;
        return system.Inodes > 0 && inodes == 0 ? $"the disk with '{folder}' had no inode left" : null;
    }

    private static bool IsReadOnly(string folder)
    {
        FileSystem system;
        return statvfs(folder, &system) == 0 && (system.Flags & ReadOnlyFlag) != 0;
    }

    // When a limit is checked, the processes that the command had started are gone, so using half of a limit is treated
    // as having reached it.
    private static bool FewProcessesLeft()
    {
        if (Cgroups.Here.Processes() is var (used, most) && used > most / 2)
            return true;
        var user = Native.User();
        var limit = Native.LimitOf(Native.LimitOfProcesses);
        return user != 0 && limit != Native.NoLimit && ProcessTree.ThreadsOf(user) > limit / 2;
    }

    private static bool LittleMemory()
    {
        var state = MachineMemory("MemAvailable:");
        var all = MachineMemory("MemTotal:");
        return state is { } available && all is { } total && available < total / 20;
    }

    private static long? MachineMemory(string field)
    {
        try
        {
            var line = File.ReadLines("/proc/meminfo")
                .FirstOrDefault(text => text.StartsWith(field, StringComparison.Ordinal));
            return line is null ? null : long.Parse(line[field.Length..].Trim().Split(' ')[0],
                CultureInfo.InvariantCulture);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statvfs(string path, FileSystem* system);
}
