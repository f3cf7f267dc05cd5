using System.Text;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tools;

/// <summary>One thing that a machine lacks.</summary>
/// <param name="What">The thing, such as "tool z3" or "memory".</param>
/// <param name="Needed">How much or which.</param>
/// <param name="Found">What is there instead.</param>
/// <param name="Remedy">What a user can do.</param>
/// <param name="NeededBy">Experiments or figures that need it.</param>
public sealed record Shortfall(string What, string Needed, string Found, string Remedy, IReadOnlyList<string> NeededBy);

/// <summary>What an experiment or figure needs of the machine.</summary>
/// <param name="NeededBy">Its name.</param>
/// <param name="Cores">Least number of cores; 0 is no demand.</param>
/// <param name="MemoryBytes">Least memory available, in bytes.</param>
/// <param name="DiskBytes">Least free disk below the evaluation's folder, in bytes.</param>
/// <param name="Tools">Names of tools.</param>
public sealed record Requirement(string NeededBy, int Cores, long MemoryBytes, long DiskBytes, IReadOnlyList<string> Tools);

/// <summary>What the machine has.</summary>
/// <param name="Cores">Cores that this process may use.</param>
/// <param name="MemoryBytes">Memory that it may use, in bytes; the runtime takes a cgroup's limit into account.</param>
/// <param name="DiskBytes">Free bytes at the evaluation's folder.</param>
public sealed record MachineFacts(int Cores, long MemoryBytes, long DiskBytes)
{
    /// <summary>Reads them; <paramref name="folder"/> is an existing folder on the disk in question.</summary>
    public static MachineFacts Read(string folder) =>
        new(Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, new DriveInfo(folder).AvailableFreeSpace);
}

/// <summary>Finds everything that is lacking before any long work, and says it in one error.</summary>
public static class Preflight
{
    private const double Gibibyte = 1L << 30;

    /// <summary>All shortfalls: one a thing, with everyone who needs it.</summary>
    public static IReadOnlyList<Shortfall> Check(IReadOnlyList<Requirement> requirements, MachineFacts facts, IReadOnlyList<ToolResult> tools)
    {
        var found = new List<Shortfall>();
        Amount("cores", facts.Cores, r => r.Cores, value => $"{value}", "Use a machine with more cores, or ask for fewer targets.");
        Amount("memory", facts.MemoryBytes, r => r.MemoryBytes, Bytes, "Use a machine with more memory, or raise the limit of its control group.");
        Amount("free disk", facts.DiskBytes, r => r.DiskBytes, Bytes, "Make room, or choose another folder with -p:EvaluationDir=...");
        foreach (var missing in tools.OfType<MissingTool>())
        {
            var users = requirements.Where(r => r.Tools.Contains(missing.Name)).Select(r => r.NeededBy).Distinct().ToList();
            if (users.Count > 0)
                found.Add(new($"tool {missing.Name}", missing.Needed, missing.Found, missing.Remedy, users));
        }
        return found;

        void Amount(string what, long has, Func<Requirement, long> needs, Func<long, string> show, string remedy)
        {
            var lacking = requirements.Where(r => needs(r) > has).ToList();
            if (lacking.Count > 0)
                found.Add(new(what, show(lacking.Max(needs)), show(has), remedy, [.. lacking.Select(r => r.NeededBy).Distinct()]));
        }
    }

    /// <summary>One error that lists all shortfalls, each with its remedy; other stages may have added theirs.</summary>
    public static Diagnostic Render(IReadOnlyList<Shortfall> shortfalls)
    {
        var lines = new StringBuilder();
        foreach (var s in shortfalls)
            lines.Append('\n').Append($"  {s.What}: needed {s.Needed}, found {s.Found} (for {string.Join(", ", s.NeededBy)}). {s.Remedy}");
        return ToolRules.Shortfalls.At(SourceLocation.None, shortfalls.Count, lines);
    }

    private static string Bytes(long value) => FormattableString.Invariant($"{value / Gibibyte:0.0} GiB");
}
