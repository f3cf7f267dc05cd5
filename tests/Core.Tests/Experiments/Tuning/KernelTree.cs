using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Tuning;
using Verus.Artifact.Protocol;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Tests.Experiments.Tuning;

/// <summary>
/// A folder with the files of a kernel: two sockets of two cores with two threads each, by Intel's driver.
/// </summary>
public sealed class KernelTree : IDisposable
{
    public const string Cpus = "sys/devices/system/cpu";
    public const string NoTurbo = $"{Cpus}/intel_pstate/no_turbo";
    public const string Smt = $"{Cpus}/smt/control";
    public const string Thp = "sys/kernel/mm/transparent_hugepage/enabled";
    public const string Swappiness = "proc/sys/vm/swappiness";
    public const string Boot = "proc/sys/kernel/random/boot_id";

    public KernelTree()
    {
        Write(Boot, "first");
        Write(Smt, "on");
        Write(NoTurbo, "0");
        for (var cpu = 0; cpu < 8; cpu++)
            Write(Governor(cpu), cpu == 7 ? "schedutil" : "powersave");
        Write(Thp, "always [madvise] never");
        for (var node = 0; node < 2; node++)
            Write(Pages(node), node == 0 ? "20" : "0");
        Write(Swappiness, "60");
        Write($"{Cpus}/online", "0-7");
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("kernel-test-").FullName;

    public static readonly string Runner =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../publish/runner/artifact-runner"));

    private readonly List<MachineTuning> machines = [];

    /// <summary>The machine as another evaluation sees it.</summary>
    public MachineTuning Machine
    {
        get
        {
            machines.Add(MachineTuning.Below(Root, Runner));
            return machines[^1];
        }
    }

    public static string Governor(int cpu) => $"{Cpus}/cpu{cpu}/cpufreq/scaling_governor";

    public static string Pages(int node) =>
        $"sys/devices/system/node/node{node}/hugepages/hugepages-1048576kB/nr_hugepages";

    public string? this[string file] => TuningRecord.ValueOf(Path.Combine(Root, file));

    public void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Root, file))!);
        File.WriteAllText(Path.Combine(Root, file), text + "\n");
    }

    /// <summary>Makes a file that can be read but not written, not even by root.</summary>
    public void Refuse(string file)
    {
        File.Delete(Path.Combine(Root, file));
        File.CreateSymbolicLink(Path.Combine(Root, file), "/proc/version");
    }

    /// <summary>The present values of all files that can be set.</summary>
    public string State() =>
        string.Join('\n', Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/var/lib/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(file => $"{Path.GetRelativePath(Root, file)}={TuningRecord.ValueOf(file)}"));

    public static IReadOnlyList<MachineSetting> Settings(string text) =>
    [
        .. text.Split("; ").Select(pair => pair.Split('='))
            .Select(pair => MachineSetting.Parse(pair[0], pair[1], out var expected)
                ?? throw new FormatException(expected))
            .OrderBy(setting => setting.Knob),
    ];

    public Task<TunedMachine> TuneAsync(string settings, CollectedLog? log = null) =>
        Machine.TuneAsync("Suite", SourceLocation.None, Settings(settings), log ?? new CollectedLog(),
            TestContext.Current.CancellationToken);

    public void Dispose()
    {
        foreach (var machine in machines)
            machine.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
