using System.Globalization;

namespace Verus.Artifact.Protocol;

/// <summary>
/// Reads the parts of a machine's state from /proc and /sys. If a file does not exist, the corresponding part of the
/// state remains unknown.
/// </summary>
internal sealed class MachineStateReader(string root)
{
    private const string Cpus = "sys/devices/system/cpu";

    /// <summary>The id of the system's boot; null when the system gives none.</summary>
    public string? Boot => Text("proc/sys/kernel/random/boot_id");

    public MachineState Read()
    {
        var info = Lines("proc/cpuinfo");
        var online = CpuList.Parse(Text($"{Cpus}/online") ?? "");
        var cores = online.Select(cpu => $"{Cpus}/cpu{cpu}/topology/")
            .Select(topology => (Text(topology + "physical_package_id"), Text(topology + "core_id"))).ToList();
        var memory = Lines("proc/meminfo");
        var loads = (Text("proc/loadavg") ?? "").Split(' ');
        return new MachineState
        {
            Processor = Field(info, "model name", ':') ?? Field(info, "Model", ':'),
            LogicalCpus = online.Count > 0
                ? online.Count : info.Count(line => line.StartsWith("processor", StringComparison.Ordinal)),
            Sockets = cores.Select(core => core.Item1).Distinct().Count(),
            Cores = cores.Distinct().Count(),
            Smt = Text($"{Cpus}/smt/active") is { } smt
                ? smt == "1" : cores.Count > 0 ? cores.Distinct().Count() < cores.Count : null,
            Turbo = Turbo(online),
            Governors =
            [
                .. online.Select(cpu => Text($"{Cpus}/cpu{cpu}/cpufreq/scaling_governor")).OfType<string>().Distinct()
                    .Order(StringComparer.Ordinal),
            ],
            NumaNodes = [.. Nodes().Select(node => Text($"sys/devices/system/node/node{node}/cpulist") ?? "")],
            MemoryBytes = Kilobytes(memory, "MemTotal"),
            Kernel = Text("proc/sys/kernel/osrelease"),
            Distribution = Field(Lines("etc/os-release"), "PRETTY_NAME", '=')?.Trim('"'),
            TransparentHugePages = Chosen(Text("sys/kernel/mm/transparent_hugepage/enabled")),
            Swappiness = int.TryParse(Text("proc/sys/vm/swappiness"), CultureInfo.InvariantCulture, out var swappiness)
                ? swappiness : null,
            HugePages = [.. Nodes().SelectMany(HugePages)],
            Product = Text("sys/class/dmi/id/product_name"),
            // The name that is compared is QEMU's name for the processor that it emulates.
            Emulated = Field(info, "model name", ':')?.StartsWith("QEMU TCG CPU", StringComparison.Ordinal) ?? false,
            Virtual = Field(info, "flags", ':')?.Split(' ').Contains("hypervisor") ?? false,
            Container = Container(),
            AddressRandomization = AddressRandomization(),
            Boot = Boot,
            Load = Number(loads[0]),
            LoadFiveMinutes = Number(loads.ElementAtOrDefault(1)),
            LoadFifteenMinutes = Number(loads.ElementAtOrDefault(2)),
            UptimeSeconds = Number((Text("proc/uptime") ?? "").Split(' ')[0]),
            StealShare = StealShare(Text("proc/stat") ?? ""),
            SwapUsedBytes = Kilobytes(memory, "SwapTotal") - Kilobytes(memory, "SwapFree"),
        };
    }

    // The drivers of the kernel have three different switches for turbo, which are Intel's own, the general switch, and
    // since Linux 6.11 one for each CPU.
    private bool? Turbo(IReadOnlyList<int> online)
    {
        if (Text($"{Cpus}/intel_pstate/no_turbo") is { } off)
            return off == "0";
        if (Text($"{Cpus}/cpufreq/boost") is { } boost)
            return boost == "1";
        var each = online.Select(cpu => Text($"{Cpus}/cpu{cpu}/cpufreq/boost")).OfType<string>().ToList();
        return each.Count > 0 ? each.Contains("1") : null;
    }

    private string? AddressRandomization()
    {
        const uint NotRandomized = 0x0040000; // ADDR_NO_RANDOMIZE in the personality of the process
        return uint.TryParse(Text("proc/self/personality"), NumberStyles.HexNumber, CultureInfo.InvariantCulture,
            out var personality) && (personality & NotRandomized) != 0 ? "off"
            : Text("proc/sys/kernel/randomize_va_space") switch
            {
                "0" => "off",
                "1" => "partial",
                "2" => "full",
                _ => null,
            };
    }

    private string? Container()
    {
        if (File.Exists(Path.Combine(root, ".dockerenv")))
            return "docker";
        if (File.Exists(Path.Combine(root, "run/.containerenv")))
            return "podman";
        // LXC, systemd-nspawn and other container managers set a variable for the first process of a container.
        const string Variable = "container=";
        var told = string.Join('\0', Lines("proc/1/environ")).Split('\0')
            .FirstOrDefault(pair => pair.StartsWith(Variable, StringComparison.Ordinal));
        if (told is not null)
            return told[Variable.Length..];
        return Array.Exists(Lines("proc/1/cgroup"), line => line.Contains("kubepods", StringComparison.Ordinal))
            ? "kubernetes" : null;
    }

    // "0-3,8,10-11"
    private IEnumerable<int> Nodes()
    {
        var folder = Path.Combine(root, "sys/devices/system/node");
        return Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder, "node*")
                .Select(path => int.TryParse(Path.GetFileName(path).AsSpan(4), out var node) ? node : -1)
                .Where(node => node >= 0).Order()
            : [];
    }

    private IEnumerable<string> HugePages(int node)
    {
        var folder = $"sys/devices/system/node/node{node}/hugepages";
        return Directory.Exists(Path.Combine(root, folder))
            ? Directory.EnumerateDirectories(Path.Combine(root, folder), "hugepages-*")
                .Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)
                .Select(size => (Size: size["hugepages-".Length..], Pages: Text($"{folder}/{size}/nr_hugepages")))
                .Where(pool => pool.Pages is not (null or "0"))
                .Select(pool => $"node{node}: {pool.Pages} x {pool.Size}")
            : [];
    }

    // The line has the form "cpu user nice system idle iowait irq softirq steal ...".
    private static double StealShare(string line)
    {
        var ticks = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(Number).ToList();
        return ticks.Count == 8 && ticks.Sum() > 0 ? ticks[7] / ticks.Sum() : 0;
    }

    // "always [madvise] never"
    private static string? Chosen(string? text)
    {
        var open = text?.IndexOf('[', StringComparison.Ordinal) ?? -1;
        var close = text?.IndexOf(']', StringComparison.Ordinal) ?? -1;
        return open >= 0 && close > open ? text![(open + 1)..close] : null;
    }

    private static long Kilobytes(string[] lines, string name) =>
        long.TryParse(Field(lines, name, ':')?.Split(' ')[0], CultureInfo.InvariantCulture, out var kilobytes)
            ? kilobytes * 1024 : 0;

    private static string? Field(string[] lines, string name, char separator)
    {
        foreach (var line in lines)
        {
            var at = line.IndexOf(separator, StringComparison.Ordinal);
            if (at > 0 && line[..at].Trim() == name)
                return line[(at + 1)..].Trim();
        }
        return null;
    }

    private static double Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private string? Text(string path)
    {
        var lines = Lines(path);
        return lines.Length > 0 && lines[0].Trim() is { Length: > 0 } text ? text : null;
    }

    private string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(root, path));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
