using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Places.Vm;

namespace Verus.Artifact.Tests.Experiments;

public sealed class VmDeclarationSpecs : EngineFixture
{
    [Fact]
    public void A_machine_is_of_a_disk_or_of_a_kernel()
    {
        Problems(Item("VirtualMachine", "m")).ShouldHaveSingleItem().ShouldContain("DiskImage");
        Problems(Item("VirtualMachine", "m", ("Kernel", "k"))).ShouldHaveSingleItem().ShouldContain("ExternalFile");
        Problems(Item("VirtualMachine", "m", ("Kernel", "k"), ("Packages", "fio")), File("k")).ShouldHaveSingleItem()
            .ShouldContain("no DiskImage to install them on");
        Problems(Item("VirtualMachine", "m", ("DiskImage", "k"), ("Packages", "fio")), File("k")).ShouldBeEmpty();
    }

    [Fact]
    public void A_setup_names_sources_only()
    {
        Problems(Item("VirtualMachine", "m", ("DiskImage", "k"), ("Setup", "make -C {source:none}")),
            File("k")).ShouldHaveSingleItem().ShouldContain("'none'");
        Problems(Item("VirtualMachine", "m", ("DiskImage", "k"), ("Setup", "cd {work}")),
            File("k")).ShouldHaveSingleItem()
            .ShouldContain("{work}");
    }

    [Fact]
    public void An_experiment_names_its_machine()
    {
        Problems(Item("Experiment", "E", ("Command", "true"), ("Executor", "Vm"))).ShouldHaveSingleItem()
            .ShouldContain("VirtualMachine");
        Problems(Item("Experiment", "E", ("Command", "true"), ("Executor", "Vm"), ("VirtualMachine", "nm")),
            Item("VirtualMachine", "m", ("Kernel", "k")), File("k"))
            .ShouldHaveSingleItem().ShouldContain("VirtualMachine");
    }

    [Fact]
    public async Task What_a_machine_lacks_is_said_before_anything_starts()
    {
        var machine = VirtualMachineDeclaration.Parse(Item("VirtualMachine", "m", ("Kernel", "k"), ("Memory", "64TiB"),
            ("Cpus", "4096")), []);
        await using var executor = new VmExecutor(new VmOptions
        {
            Machines = [machine],
            CellContext = () => new() { Layout = Layout },
            Layout = Layout,
            Runner = Runner,
            SearchPath = [Folder],
            Log = () => Log,
        });
        var lacking = await executor.FindMissingAsync(Experiment("E", ("Command", "true"), ("Executor", "Vm"),
            ("VirtualMachine", "m")), TestContext.Current.CancellationToken);
        lacking.Select(shortfall => shortfall.What)
            .ShouldBe(["program qemu-system-x86_64", "program qemu-img", "memory", "cores"]);
        lacking.AtLeastOne().ShouldAllBe(shortfall =>
            shortfall.NeededBy.Single() == "E" && shortfall.Remedy.Length > 0);
    }

    private static Declarations.DeclarationItem File(string name) =>
        Item("ExternalFile", name, ("Url", "https://example.org/k"));

    private static IReadOnlyList<string> Problems(params Declarations.DeclarationItem[] items)
    {
        try
        {
            EvaluationModel.Parse(items);
            return [];
        }
        catch (DiagnosticException problem)
        {
            return [.. problem.Diagnostics.Select(diagnostic => diagnostic.Message)];
        }
    }
}
