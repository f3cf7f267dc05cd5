using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner.Tuning;

/// <summary>
/// The files of the kernel that the helper may write, and the values that each accepts. The list of files and values is
/// compiled in, so that neither a request nor a record on disk is trusted beyond it.
/// </summary>
internal static class Knobs
{
    private const string Cpus = "sys/devices/system/cpu";
    private const string Pages = "hugepages/hugepages-#kB/nr_hugepages";

    // In paths of knobs, the character # stands for a number of up to eight digits.
    private static readonly (string File, Func<string, bool> Accepts)[] Known =
    [
        ($"{Cpus}/smt/control", value => value is "on" or "off"),
        ($"{Cpus}/intel_pstate/no_turbo", value => value is "0" or "1"),
        ($"{Cpus}/cpufreq/boost", value => value is "0" or "1"),
        ($"{Cpus}/cpu#/cpufreq/boost", value => value is "0" or "1"),
        ($"{Cpus}/cpu#/cpufreq/scaling_governor", value => value.Length is > 0 and <= 15
            && value.All(c => char.IsAsciiLetterLower(c) || c == '_')),
        ("sys/kernel/mm/transparent_hugepage/enabled", value => value is "always" or "madvise" or "never"),
        ($"sys/devices/system/node/node#/{Pages}", value => IsNumber(value, 9)),
        ($"sys/kernel/mm/{Pages}", value => IsNumber(value, 9)),
        ("proc/sys/vm/swappiness", value => IsNumber(value, 2)
            || IsNumber(value, 3) && string.CompareOrdinal(value, "200") <= 0),
    ];

    /// <summary>Whether a change is one that a setting makes: to a known file, between two of its values.</summary>
    public static bool Have(string root, KnobWrite write)
    {
        var file = Path.GetRelativePath(root, write.File);
        // Another spelling of the path of a knob is refused as well.
        return Path.Combine(root, file) == write.File
            && Array.Find(Known, known => IsOne(file, known.File)) is { Accepts: { } accepts }
            && accepts(write.Before) && accepts(write.After);
    }

    private static bool IsOne(string file, string pattern)
    {
        var (at, number) = (0, 0);
        foreach (var c in pattern)
        {
            if (c != '#')
            {
                if (at >= file.Length || file[at++] != c)
                    return false;
                continue;
            }
            for (number = 0; at < file.Length && char.IsAsciiDigit(file[at]); at++)
                number++;
            if (number is 0 or > 8)
                return false;
        }
        return at == file.Length;
    }

    private static bool IsNumber(string text, int most) =>
        text.Length > 0 && text.Length <= most && text.All(char.IsAsciiDigit);
}
