using System.Globalization;

namespace Verus.Artifact.Places.Host;

/// <summary>The logical CPUs that this process may use.</summary>
public static class AllowedCpus
{
    /// <summary>Their numbers in order; from the kernel's status of the process where there is one.</summary>
    public static IReadOnlyList<int> Of()
    {
        const string Field = "Cpus_allowed_list:";
        var line = File.Exists("/proc/self/status")
            ? File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith(Field, StringComparison.Ordinal)) : null;
        return line is null ? [.. Enumerable.Range(0, Environment.ProcessorCount)] : Parse(line[Field.Length..]);
    }

    /// <summary>Reads a list of the kernel's form <c>0-3,8</c>.</summary>
    public static IReadOnlyList<int> Parse(string list) =>
    [
        .. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).SelectMany(part =>
        {
            var ends = part.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray();
            return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
        }),
    ];
}
