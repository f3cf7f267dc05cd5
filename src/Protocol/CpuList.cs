using System.Globalization;
using System.Runtime.InteropServices;

namespace Verus.Artifact.Protocol;

/// <summary>Lists of logical CPU numbers.</summary>
public static partial class CpuList
{
    /// <summary>The maximum number of CPUs of a machine that is supported.</summary>
    public const int Most = 1024;

    /// <summary>The CPUs that this thread may use, in order; empty when the system does not report them.</summary>
    public static IReadOnlyList<int> Allowed()
    {
        var mask = new byte[Most / 8];
        return OperatingSystem.IsLinux() && GetAffinity(0, (nuint)mask.Length, mask) >= 0
            ? [.. Enumerable.Range(0, Most).Where(cpu => (mask[cpu / 8] & (1 << cpu % 8)) != 0)] : [];
    }

    /// <summary>Parses a list in the kernel's format <c>0-3,8</c>; invalid parts are skipped.</summary>
    public static IReadOnlyList<int> Parse(string text)
    {
        var cpus = new List<int>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('-');
            if (int.TryParse(ends[0], CultureInfo.InvariantCulture, out var first)
                && int.TryParse(ends[^1], CultureInfo.InvariantCulture, out var last))
                cpus.AddRange(Enumerable.Range(first, Math.Max(0, last - first + 1)));
        }
        return cpus;
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nuint size, [Out] byte[] mask);
}
