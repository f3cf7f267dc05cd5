using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tools;

/// <summary>The requirements of an experiment or figure on the machine.</summary>
/// <param name="NeededBy">The name of the experiment or figure.</param>
/// <param name="Cores">Minimum number of cores; 0 for no requirement.</param>
/// <param name="MemoryBytes">Minimum available memory, in bytes.</param>
/// <param name="DiskBytes">Minimum free disk space in the evaluation's folder, in bytes.</param>
/// <param name="Tools">Names of tools.</param>
public sealed record Requirement(string NeededBy, int Cores, long MemoryBytes, long DiskBytes,
    IReadOnlyList<string> Tools)
{
    private static readonly string[] Known = ["cores", "physical-cores", "memory", "disk", "numa", "os", "arch"];

    /// <summary>
    /// Minimum number of physical cores, of which logical processors that share one count once; 0 for no requirement.
    /// </summary>
    public int PhysicalCores { get; init; }

    /// <summary>Minimum number of NUMA nodes; 0 for no requirement.</summary>
    public int NumaNodes { get; init; }

    /// <summary>The operating systems that are supported: linux, macos, windows; empty for no requirement.</summary>
    public IReadOnlyList<string> OperatingSystems { get; init; } = [];

    /// <summary>
    /// The processor architectures that are supported, such as x64 and arm64; empty for no requirement.
    /// </summary>
    public IReadOnlyList<string> Architectures { get; init; } = [];

    /// <summary>Advice on what a user can do when the requirement is not met; null when there is no particular
    /// advice.</summary>
    public string? Remedy { get; init; }

    /// <summary>The settings that the machine must have, or get by tuning.</summary>
    public IReadOnlyList<MachineSetting> Settings { get; init; } = [];

    /// <summary>What must be installed.</summary>
    public IReadOnlyList<Installation> Installed { get; init; } = [];

    /// <summary>
    /// Reads <c>memory&gt;=6GiB; cores&gt;=8; numa&gt;=2; os=linux,macos; hugepages-1GiB&gt;=16</c>, the metadata
    /// <c>Requires</c> of an item.
    /// </summary>
    /// <param name="item">The item that has the requirement.</param>
    /// <param name="requires">The conditions in the item's metadata.</param>
    /// <param name="tools">Names of the tools that the item uses.</param>
    /// <param name="diagnostics">Collector to which errors for conditions that cannot be read are added.</param>
    public static Requirement Parse(DeclarationItem item, IReadOnlyList<Condition> requires,
        IReadOnlyList<string> tools, ICollection<Diagnostic> diagnostics)
    {
        var needs = new Requirement(item.Name, 0, 0, 0, tools);
        foreach (var condition in requires)
        {
            var (name, value) = (condition.Name, condition.Values[0]);
            var (number, bytes) = condition.Operator == ">=" ? (Count(value), Amount.ParseBytes(value)) : (null, null);
            string[] words = condition.Operator == "="
                ? [.. condition.Values.Select(word => word.ToLowerInvariant())] : [];
            var expected = "";
            switch (name.ToLowerInvariant())
            {
                case var _ when Installation.Parse(condition, out expected) is { } installed:
                    needs = needs with { Installed = [.. needs.Installed, installed] };
                    break;
                case var kind when Installation.Kinds.Contains(kind):
                    break;
                case "cores" when number is { } cores:
                    needs = needs with { Cores = cores };
                    break;
                case "physical-cores" when number is { } physical:
                    needs = needs with { PhysicalCores = physical };
                    break;
                case "numa" when number is { } nodes:
                    needs = needs with { NumaNodes = nodes };
                    break;
                case "memory" when bytes is { } memory:
                    needs = needs with { MemoryBytes = memory };
                    break;
                case "disk" when bytes is { } disk:
                    needs = needs with { DiskBytes = disk };
                    break;
                case "os" when words.Length > 0 && words.All(word => word is "linux" or "macos" or "windows"):
                    needs = needs with { OperatingSystems = words };
                    break;
                case "arch" when words.Length > 0
                    && words.All(word => Enum.GetNames<Architecture>().Contains(word,
                        StringComparer.OrdinalIgnoreCase)):
                    needs = needs with { Architectures = words };
                    break;
                case "cores" or "physical-cores" or "numa":
                    expected = $"{name}>= and a whole number of at least 1";
                    break;
                case "memory" or "disk":
                    expected = $"{name}>= and a size such as 512MiB or 4GiB";
                    break;
                case "os":
                    expected = "os= and linux, macos or windows, or several with commas between them";
                    break;
                case "arch":
                    expected = "arch= and an architecture such as x64 or arm64, or several with commas between them";
                    break;
                case var _ when MachineSetting.Parse(name, value, out expected) is { } setting
                    && condition.Values.Count == 1 && condition.Operator == MachineSetting.OperatorOf(name):
                    needs = needs with { Settings = [.. needs.Settings, setting] };
                    expected = "";
                    break;
                case var _ when expected.Length > 0:
                    expected = $"{name}{MachineSetting.OperatorOf(name)} and {expected}";
                    break;
                default:
                    expected =
                        $"conditions on {string.Join(", ", Known.Concat(Installation.Kinds))} or a setting "
                            + $"of the machine ({string.Join(", ", MachineSetting.Names)})."
                        + Suggestion.For(name, [.. Known, .. Installation.Kinds,
                            .. MachineSetting.Names]).TrimEnd('.');
                    break;
            }
            if (expected.Length > 0)
                diagnostics.Add(DeclarationRules.BadMetadata.At(item.Where, item.Type, item.Name, "Requires",
                    $"{condition}", expected));
        }
        return needs;
    }

    private static int? Count(string text) => Amount.ParseWhole(text) is { } number and > 0 ? number : null;
}

/// <summary>The facts about a machine that requirements are compared with.</summary>
/// <param name="Cores">The number of cores that this process may use.</param>
/// <param name="MemoryBytes">The memory that this process may use, in bytes; the .NET runtime takes the limit of a
/// cgroup into account.</param>
/// <param name="DiskBytes">The free disk space at the evaluation's folder, in bytes.</param>
public sealed partial record MachineFacts(int Cores, long MemoryBytes, long DiskBytes)
{
    /// <summary>
    /// The number of physical cores that this process may use; <see cref="Cores"/> where the system does not report
    /// which logical processors share a core.
    /// </summary>
    public int PhysicalCores { get; init; } = Cores;

    /// <summary>Number of NUMA nodes; 1 on systems that do not report this number.</summary>
    public int NumaNodes { get; init; } = 1;

    /// <summary>linux, macos or windows.</summary>
    public string OperatingSystem { get; init; } = System.OperatingSystem.IsWindows()
        ? "windows" : System.OperatingSystem.IsMacOS() ? "macos" : "linux";

    /// <summary>Processor architecture, such as x64.</summary>
    public string Architecture { get; init; } = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();

    /// <summary>
    /// Reads the facts about this machine. <paramref name="folder"/> is on the disk in question, and need not exist
    /// yet.
    /// </summary>
    public static MachineFacts Read(string folder)
    {
        var cores = Environment.ProcessorCount;
        return new(cores, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            new DriveInfo(SystemProblem.NearestExisting(Path.GetFullPath(folder))).AvailableFreeSpace)
        {
            PhysicalCores = Math.Min(cores, CountCores("/sys/devices/system/cpu", CpuList.Allowed()) ?? cores),
            NumaNodes = CountNumaNodes("/sys/devices/system/node"),
        };
    }

    /// <summary>
    /// The number of cores that logical processors belong to, according to Linux's folder of processors; null when it
    /// does not say so for all of them.
    /// </summary>
    internal static int? CountCores(string folder, IReadOnlyList<int> processors)
    {
        var cores = processors.Select(number => Path.Combine(folder, $"cpu{number}", "topology"))
            .Select(topology => (Read(topology, "physical_package_id"), Read(topology, "core_id"))).ToHashSet();
        return cores.Count == 0 || cores.Any(core => core.Item1 is null || core.Item2 is null) ? null : cores.Count;

        static string? Read(string topology, string name) =>
            Path.Combine(topology, name) is var file && File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    /// <summary>
    /// The number of NUMA nodes that Linux lists in a folder as node0, node1 and so on; 1 when the folder does not
    /// exist.
    /// </summary>
    internal static int CountNumaNodes(string folder) =>
        Directory.Exists(folder)
            ? Math.Max(1, Directory.EnumerateDirectories(folder).Count(path => Node().IsMatch(Path.GetFileName(path))))
            : 1;

    [GeneratedRegex("^node[0-9]+$")]
    private static partial Regex Node();
}
