using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>Finds and ends the processes of a job, also those that left their session or whose parent is gone.</summary>
internal static class ProcessTree
{
    /// <summary>
    /// All processes below this one, and all that carry the job's mark in their environment; not this one, and none of
    /// <paramref name="except"/> or below them.
    /// </summary>
    public static List<int> Members(string jobId, IReadOnlyCollection<int> except)
    {
        var self = Environment.ProcessId;
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(folder.AsSpan(6), out var process) && process != self && ParentOf(process) is { } parent)
                parents[process] = parent;
        var mark = MarkOf(jobId);
        return
        [
            .. parents.Keys.Where(process => (IsBelow(process, self, parents) || IsMarked(process, mark))
                && !except.Any(other => other == process || IsBelow(process, other, parents))),
        ];
    }

    /// <summary>All processes on the machine that carry the mark of a job.</summary>
    public static List<int> Marked(string jobId)
    {
        var mark = MarkOf(jobId);
        return [.. Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(folder.AsSpan(6), out var process) ? process : 0)
            .Where(process => process > 0 && process != Environment.ProcessId && IsMarked(process, mark))];
    }

    /// <summary>
    /// Kills all of them: stopped first, so that none can start another one while the list is made, and again until a look finds none.
    /// </summary>
    public static int KillAll(Func<List<int>> find)
    {
        var killed = new HashSet<int>();
        for (var pass = 0; pass < 100; pass++)
        {
            var members = find();
            if (members.Count == 0)
                break;
            foreach (var process in members)
                Native.Kill(process, Native.SigStop);
            foreach (var process in members)
            {
                Native.Kill(process, Native.SigKill);
                killed.Add(process);
            }
            Thread.Sleep(pass < 5 ? 2 : 20);
        }
        return killed.Count;
    }

    private static byte[] MarkOf(string jobId) => System.Text.Encoding.UTF8.GetBytes($"{JobSpec.MarkerVariable}={jobId}");

    // The name of the program in field two may hold anything, a closing parenthesis included; a zombie needs no killing.
    private static int? ParentOf(int process)
    {
        var stat = Read($"/proc/{process}/stat");
        var end = stat.AsSpan().LastIndexOf((byte)')');
        if (end < 0)
            return null;
        var fields = System.Text.Encoding.ASCII.GetString(stat.AsSpan(end + 2)).Split(' ');
        return fields[0] is "Z" or "X" ? null : int.Parse(fields[1]);
    }

    private static bool IsBelow(int process, int ancestor, Dictionary<int, int> parents)
    {
        for (var steps = 0; steps < 10_000 && parents.TryGetValue(process, out var parent); steps++)
        {
            if (parent == ancestor)
                return true;
            process = parent;
        }
        return false;
    }

    private static bool IsMarked(int process, byte[] mark)
    {
        var environment = Read($"/proc/{process}/environ").AsSpan();
        var at = environment.IndexOf(mark);
        return at >= 0 && (at == 0 || environment[at - 1] == 0) && (at + mark.Length == environment.Length || environment[at + mark.Length] == 0);
    }

    // Files of /proc have no length and may vanish at any moment.
    private static byte[] Read(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return content.ToArray();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
