using System.Text;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>A process as the kernel lists it.</summary>
/// <param name="Id">The process id.</param>
/// <param name="Parent">The id of the process's parent.</param>
/// <param name="Group">The id of the process's process group.</param>
/// <param name="Session">The id of the process's session.</param>
/// <param name="Ended">Whether the process has ended and is waiting to be reaped.</param>
internal sealed record ListedProcess(int Id, int Parent, int Group, int Session, bool Ended);

/// <summary>
/// Finds and ends the processes of a job, including those that left their session or whose parent is gone.
/// </summary>
internal static class ProcessTree
{
    /// <summary>The number of passes after which killing processes gives up, which amounts to two seconds.</summary>
    public const int MostPasses = 100;
    private const int ThreadsField = 17; // number of threads in /proc/PID/stat, counted from the state

    /// <summary>Whether processes can be listed at all, which is not the case in a plain chroot environment without
    /// /proc.</summary>
    public static bool CanList { get; } = Directory.Exists("/proc/self");

    /// <summary>
    /// All processes below this process, including those that have ended and are waiting to be reaped, and all that
    /// carry the job's mark in their environment. The result excludes this process, the processes in <paramref
    /// name="except"/>, their descendants and their sessions.
    /// </summary>
    public static List<ListedProcess> Family(string jobId, IReadOnlyCollection<ListedProcess> except)
    {
        HashSet<int> self = [Environment.ProcessId];
        var all = All().Where(process => !self.Contains(process.Id)).ToDictionary(process => process.Id);
        var (others, sessions) = (except.Select(other => other.Id).ToHashSet(),
            except.Select(other => other.Session).ToHashSet());
        var mark = MarkOf(jobId);
        return
        [
            .. all.Values.Where(process => !sessions.Contains(process.Session) && !others.Contains(process.Id)
                && !IsBelow(process, others, all) && (IsBelow(process, self, all) || IsMarked(process.Id, mark))),
        ];
    }

    /// <summary>The living processes below this process.</summary>
    public static List<ListedProcess> Below()
    {
        HashSet<int> self = [Environment.ProcessId];
        var all = All().Where(process => !self.Contains(process.Id)).ToDictionary(process => process.Id);
        return [.. all.Values.Where(process => !process.Ended && IsBelow(process, self, all))];
    }

    /// <summary>The living processes among those that <see cref="Family"/> returns.</summary>
    public static List<ListedProcess> Members(string jobId, IReadOnlyCollection<ListedProcess> except) =>
        [.. Family(jobId, except).Where(process => !process.Ended)];

    /// <summary>The session of a process; null when the process is gone.</summary>
    public static int? SessionOf(int process) => Find(process)?.Session;

    /// <summary>All living processes on the machine that carry the mark of a job.</summary>
    public static List<ListedProcess> Marked(string jobId)
    {
        var mark = MarkOf(jobId);
        return [.. All().Where(process => process.Id != Environment.ProcessId && !process.Ended
            && IsMarked(process.Id, mark))];
    }

    /// <summary>
    /// An upper limit of the CPU time of the children that a process has waited for so far, in seconds: the kernel
    /// rounds each of the two numbers down to ticks of a hundredth of a second.
    /// </summary>
    public static double CpuOfChildren(int process)
    {
        const double Tick = 0.01;
        var fields = StatOf(process);
        return fields.Length <= ThreadsField || (fields[13], fields[14]) is ("0", "0") ? 0
            : Tick * (double.Parse(fields[13]) + double.Parse(fields[14]) + 2);
    }

    /// <summary>The processes among the given ids that are alive.</summary>
    public static List<ListedProcess> Living(IEnumerable<int> processes) =>
        [.. processes.Select(Find).OfType<ListedProcess>()
            .Where(process => !process.Ended && process.Id != Environment.ProcessId)];

    /// <summary>Kills the processes of a job repeatedly until none is found.</summary>
    public static void KillAll(Func<List<ListedProcess>> find)
    {
        for (var pass = 0; pass < MostPasses && KillOnce(find).Exists(process => !process.Ended); pass++)
            Pause(pass);
    }

    /// <summary>
    /// Kills the processes of a job: it first stops all of them, until no new ones are found, so that no process can
    /// start another one meanwhile, and then kills them. The result contains all processes that were found, including
    /// those that had already ended.
    /// </summary>
    public static List<ListedProcess> KillOnce(Func<List<ListedProcess>> find)
    {
        var found = find();
        var stopped = new HashSet<int>();
        for (var look = 0; look < 10
            && found.Exists(process => !process.Ended && !stopped.Contains(process.Id)); look++)
        {
            stopped.UnionWith(found.Select(process => process.Id));
            Signal(found, Native.SigStop);
            found = find();
        }
        Signal(found, Native.SigKill);
        return found;
    }

    /// <summary>The number of threads of a user's processes, which is what the process limit counts.</summary>
    public static ulong ThreadsOf(uint user)
    {
        ulong count = 0;
        foreach (var process in All())
            try
            {
                var lines = File.ReadAllLines($"/proc/{process.Id}/status");
                if (Array.Exists(lines, line => line.StartsWith($"Uid:\t{user}\t", StringComparison.Ordinal)))
                    count += ulong.Parse(Array.Find(lines,
                        line => line.StartsWith("Threads:", StringComparison.Ordinal))!["Threads:".Length..]);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // The process whose files were to be read has ended meanwhile.
            }
        return count;
    }

    /// <summary>
    /// Gives the kernel time to finish off the killed processes; the wait is longer after the first few passes.
    /// </summary>
    public static void Pause(int pass) => Thread.Sleep(pass < 5 ? 2 : 20);

    /// <summary>
    /// Sends a signal to processes and to their groups. A group receives the signal as a whole, so that a process that
    /// keeps forking and exiting cannot outrun the signal: even if only a zombie of that process is left, the zombie
    /// still identifies the group.
    /// </summary>
    public static void Signal(IReadOnlyList<ListedProcess> processes, int signal)
    {
        var own = Find(Environment.ProcessId)?.Group;
        // The processes of a job have sessions of their own, so their process groups contain no other processes. Group
        // 0 would be that of the runner, and group 1 would be every process.
        foreach (var group in processes.Select(process => process.Group).Distinct()
            .Where(group => group > 1 && group != own))
            Native.Kill(-group, signal);
        foreach (var process in processes.Where(process => !process.Ended))
            Native.Kill(process.Id, signal);
    }

    private static IEnumerable<ListedProcess> All() => !CanList ? [] : Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(folder.AsSpan("/proc/".Length), out var process) ? Find(process) : null)
        .OfType<ListedProcess>();

    // The fields of /proc/PID/stat from the state on; none when the process is gone. The line has the form "id (name)
    // state parent group session ..."; the name may contain anything, even a closing parenthesis.
    private static string[] StatOf(int process)
    {
        var stat = Read($"/proc/{process}/stat");
        var end = stat.AsSpan().LastIndexOf((byte)')');
        return end < 0 ? [] : Encoding.ASCII.GetString(stat.AsSpan(end + 2)).Split(' ');
    }

    private static ListedProcess? Find(int process)
    {
        var fields = StatOf(process);
        if (fields.Length == 0)
            return null;
        // A process whose first thread has ended looks like a zombie while its other threads are still running.
        var ended = fields[0] is "X" || (fields[0] is "Z" && int.Parse(fields[ThreadsField]) <= 1);
        return new ListedProcess(process, int.Parse(fields[1]), int.Parse(fields[2]), int.Parse(fields[3]), ended);
    }

    private static bool IsBelow(ListedProcess process, HashSet<int> ancestors, Dictionary<int, ListedProcess> all)
    {
        // The list of processes is not an atomic snapshot, so reused ids could form a cycle.
        for (var steps = 0; steps < all.Count + 1; steps++)
        {
            if (ancestors.Contains(process.Parent))
                return true;
            if (!all.TryGetValue(process.Parent, out var parent))
                return false;
            process = parent;
        }
        return false;
    }

    private static byte[] MarkOf(string jobId) => Encoding.UTF8.GetBytes($"{JobSpec.MarkerVariable}={jobId}");

    private static bool IsMarked(int process, byte[] mark)
    {
        var environment = Read($"/proc/{process}/environ").AsSpan();
        var at = environment.IndexOf(mark);
        var after = at + mark.Length;
        return at >= 0 && (at == 0 || environment[at - 1] == 0)
            && (after == environment.Length || environment[after] == 0);
    }

    // Files in /proc have no length and may vanish at any moment.
    private static byte[] Read(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            var content = new byte[4096];
            var length = 0;
            for (var count = stream.Read(content); count > 0; count = stream.Read(content, length,
                content.Length - length))
            {
                length += count;
                if (length == content.Length)
                    Array.Resize(ref content, 2 * length);
            }
            return content[..length];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
