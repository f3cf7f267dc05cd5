namespace Verus.Artifact.Protocol;

/// <summary>The state of the machine when samples were taken. Unknown values are null.</summary>
public sealed record MachineState
{
    /// <summary>Model name of the processor.</summary>
    public string? Processor { get; init; }
    /// <summary>Logical CPUs that are online.</summary>
    public int LogicalCpus { get; init; }
    /// <summary>Number of sockets.</summary>
    public int Sockets { get; init; }
    /// <summary>Number of cores of all sockets together.</summary>
    public int Cores { get; init; }
    /// <summary>Whether two or more logical CPUs share a core.</summary>
    public bool? Smt { get; init; }
    /// <summary>Whether the processor may run above its nominal frequency.</summary>
    public bool? Turbo { get; init; }
    /// <summary>Frequency governors in use.</summary>
    public IReadOnlyList<string> Governors { get; set; } = [];
    /// <summary>CPUs of each NUMA node, in the kernel's list form.</summary>
    public IReadOnlyList<string> NumaNodes { get; set; } = [];
    /// <summary>Memory in bytes.</summary>
    public long MemoryBytes { get; init; }
    /// <summary>Kernel release.</summary>
    public string? Kernel { get; init; }
    /// <summary>Name and version of the distribution.</summary>
    public string? Distribution { get; init; }
    /// <summary>Setting of transparent huge pages: always, madvise or never.</summary>
    public string? TransparentHugePages { get; init; }
    /// <summary>Swappiness of the kernel, 0 to 200.</summary>
    public int? Swappiness { get; init; }
    /// <summary>Reserved huge pages, such as <c>node0: 16 x 1048576kB</c>; empty when there are none.</summary>
    public IReadOnlyList<string> HugePages { get; set; } = [];
    /// <summary>Product name of the machine or of the hypervisor.</summary>
    public string? Product { get; init; }
    /// <summary>Whether the processor reports that it runs under a hypervisor.</summary>
    public bool Virtual { get; init; }
    /// <summary>Whether the processor is emulated in software.</summary>
    public bool Emulated { get; init; }
    /// <summary>
    /// The kind of container in which the state was read, such as docker or podman; null when none was recognised.
    /// </summary>
    public string? Container { get; init; }
    /// <summary>
    /// How far the kernel randomises addresses of stack, libraries and heap: off, partial (without the heap) or full.
    /// Off includes that only the runner and its children are exempt (<c>setarch -R</c>).
    /// </summary>
    public string? AddressRandomization { get; init; }
    /// <summary>The id that the kernel gave to this boot of the machine.</summary>
    public string? Boot { get; init; }
    /// <summary>Load average over one minute.</summary>
    public double Load { get; init; }
    /// <summary>Load average over five minutes.</summary>
    public double LoadFiveMinutes { get; init; }
    /// <summary>Load average over fifteen minutes.</summary>
    public double LoadFifteenMinutes { get; init; }
    /// <summary>Time since boot in seconds.</summary>
    public double UptimeSeconds { get; init; }
    /// <summary>Share of CPU time since boot that was taken by a hypervisor.</summary>
    public double StealShare { get; init; }
    /// <summary>Swap in use in bytes.</summary>
    public long SwapUsedBytes { get; init; }

    /// <summary>
    /// One text with all properties that do not change by themselves: samples of machines that differ in this text are
    /// not mixed. The text omits load, steal, swap, boot and uptime; the exact memory size, which the kernel reports
    /// differently from boot to boot; and the container, which the executor reports.
    /// </summary>
    public string StablePart() => string.Join('\n', Processor, LogicalCpus, Sockets, Cores, Smt, Turbo,
        string.Join(',', Governors), string.Join(';', NumaNodes), MemoryBytes >> 30, Kernel, TransparentHugePages,
        Swappiness, string.Join(';', HugePages), Product, Virtual, AddressRandomization);

    /// <summary>Describes the properties of the machine's state that make timings doubtful; empty when there are
    /// none.</summary>
    public IReadOnlyList<string> TimingConcerns()
    {
        var doubts = new List<string>();
        if (Smt == true)
            doubts.Add("two logical CPUs share a core (SMT is on)");
        if (Turbo == true)
            doubts.Add("the clock depends on load and temperature (turbo is on)");
        if (Governors.Any(governor => governor != "performance"))
            doubts.Add($"the frequency governor is {string.Join(" and ", Governors)}, not performance");
        if (Load > Math.Max(0.5, 0.25 * LogicalCpus))
            doubts.Add(FormattableString.Invariant($"other programs are running (load {Load:0.0})"));
        if (StealShare > 0.01)
            doubts.Add(FormattableString.Invariant($"the hypervisor takes {StealShare:P0} of the CPU time"));
        if (Emulated)
            doubts.Add("the processor is emulated in software, so times say nothing about speed");
        else if (Virtual)
            doubts.Add(
                $"this is a virtual machine{(Product is null ? "" : $" ({Product})")}, and other machines on the host "
                    + "cannot be seen");
        if (AddressRandomization is "off" or "partial")
            doubts.Add($"address space layout randomisation is {AddressRandomization}, so that one layout of memory "
                + "may favour a program in every sample");
        if (SwapUsedBytes > 0)
            doubts.Add("swap is in use");
        return doubts;
    }

    /// <summary>
    /// Reads the state of the machine from the kernel's files below <paramref name="root"/>: <c>/</c>, or a tree
    /// created for a test.
    /// </summary>
    public static MachineState Read(string root) => new MachineStateReader(root).Read();

    /// <summary>The id of a system's boot; null when the system gives none.</summary>
    /// <param name="root">The root of its files.</param>
    public static string? BootOf(string root) => new MachineStateReader(root).Boot;
}
