using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Places;
using Verus.Artifact.Places.Host;
using Verus.Artifact.Places.Vm;
using Verus.Artifact.Protocol;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tests.Experiments;

/// <summary>
/// A fixture of virtual machines under software emulation, with Debian's kernel and the root file system that
/// eng/test-vm.sh makes.
/// </summary>
public abstract class VmFixture : EngineFixture
{
    private static readonly string Guest = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../test-vm"));

    protected static IReadOnlyList<string> SearchPath { get; } = (Environment.GetEnvironmentVariable("PATH")
        ?? "").Split(Path.PathSeparator);

    protected VmFixture()
    {
        if (!SearchPath.Any(folder => File.Exists(Path.Combine(folder, "qemu-system-x86_64"))))
            Assert.Skip("QEMU is not installed (Debian: apt-get install qemu-system-x86 qemu-utils)");
        if (!File.Exists(Path.Combine(Guest, "initrd")))
            Assert.Skip("there is no guest: run eng/test-vm.sh on Debian, with busybox-static and dropbear-bin");
    }

    /// <summary>A machine with a persistent memory of 256 MiB.</summary>
    protected static VirtualMachineDeclaration Machine(params (string Name, string Value)[] metadata)
    {
        var found = new List<Diagnostic>();
        (string, string)[] all = [("Kernel", "kernel"), ("Initrd", "initrd"), ("Memory", "1GiB"),
            ("KernelArguments", "memmap=256M!512M"), ("Accelerator", "Tcg"), ("BootTimeout", "240"), .. metadata];
        var machine = VirtualMachineDeclaration.Parse(
            Item("VirtualMachine", "pm", [.. all.GroupBy(pair => pair.Item1).Select(group => group.Last())]), found);
        return found.Count == 0 ? machine : throw new DiagnosticException(found);
    }

    protected VmExecutor Executor(VirtualMachineDeclaration machine, bool mayStart = true) => new(new VmOptions
    {
        Machines = [machine],
        CellContext = () => Here,
        Layout = Layout,
        Runner = Runner,
        SearchPath = SearchPath,
        Log = () => Log,
        MayStart = mayStart,
    });

    protected ExperimentEngine EngineWith(VmExecutor executor, int samples = 1, bool failFast = true) =>
        new(new CellResolver(Here, new ContentHashes()), new EngineOptions
        {
            Policy = new SamplePolicy(samples),
            FailFast = failFast,
            Places = new Dictionary<string, IPlace> { ["Host"] = new HostExecutor(Runner), ["Vm"] = executor },
            LaneFile = Path.Combine(Layout.Root, "lane"),
        }, Read(), Log);

    /// <summary>A program of the tests, linked so that it runs in any guest.</summary>
    protected void Compile(string program)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "../../../../tests/Core.Tests/Experiments/Programs",
            program + ".c");
        Programs.Run("gcc", "-O2", "-static", "-o", Path.Combine(Folder, program), source).Succeeds();
    }

    protected CellContext Here => new()
    {
        Layout = Layout,
        Files = new[] { (Folder: Guest, Name: "kernel"), (Folder: Guest, Name: "initrd"),
            (Folder: Folder, Name: "disk") }
            .ToDictionary(file => file.Name,
                file => new SourceBinding(Path.Combine(file.Folder, file.Name), $"hash of {file.Name}")),
    };

    /// <summary>An empty disk, the file 'disk'.</summary>
    protected void MakeDisk() => Programs.Run("qemu-img", "create", "-q", "-f", "qcow2", Path.Combine(Folder, "disk"),
        "64M").Succeeds();

    protected int Starts => Directory.Exists(Consoles) ? Directory.EnumerateDirectories(Consoles).Count() : 0;

    /// <summary>Asserts that nothing is left of a machine except its logs.</summary>
    protected void ShouldHaveLeftNothing()
    {
        Directory.EnumerateDirectories(Attempts.RootIn(Layout)).ShouldBeEmpty();
        Directory.EnumerateDirectories("/proc")
            .Where(process => CommandLineOf(process).Contains(Folder, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    protected static MachineState StateOf(string json) => MachineReading.Parse(json).State;

    private string Consoles => Path.Combine(Layout.Experiments, "logs/vm-pm");

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
