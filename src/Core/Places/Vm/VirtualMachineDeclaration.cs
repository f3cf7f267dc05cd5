using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Places.Vm;

/// <summary>The accelerator: what executes a virtual machine's instructions.</summary>
public enum Accelerator
{
    /// <summary>The processor if hardware virtualisation works, otherwise software emulation.</summary>
    Auto,
    /// <summary>The processor itself, through the kernel's virtualisation (KVM).</summary>
    Kvm,
    /// <summary>Software emulation (QEMU's TCG), whose times say nothing about real speed.</summary>
    Tcg,
}

/// <summary>
/// A virtual machine in which experiments run (item <c>VirtualMachine</c>): a disk image with cloud-init, or a kernel
/// with a root file system in memory, or both. docs/virtual-machines.md describes virtual machines for users.
/// </summary>
public sealed record VirtualMachineDeclaration : IDeclaration
{
    /// <inheritdoc/>
    public required string Name { get; init; }
    /// <inheritdoc/>
    public required DeclarationItem Item { get; init; }
    /// <summary>Name of the ExternalFile that is the machine's disk, which is never written to; null when the machine
    /// has no disk.</summary>
    public string? Image { get; init; }
    /// <summary>Name of the ExternalFile that is the machine's kernel; null when the disk contains the
    /// kernel.</summary>
    public string? Kernel { get; init; }
    /// <summary>
    /// Name of the ExternalFile that is the kernel's initial file system (initrd); null when there is none.
    /// </summary>
    public string? Initrd { get; init; }
    /// <summary>The machine's memory in bytes, all of which is allocated on the host at the start.</summary>
    public long Memory { get; init; } = 2L << 30;
    /// <summary>Number of virtual processors.</summary>
    public int Cpus { get; init; } = 1;
    /// <summary>Size to which the disk is enlarged, in bytes; null for the size of the image.</summary>
    public long? Disk { get; init; }
    /// <summary>Arguments of the machine's kernel, in addition to those of the image.</summary>
    public string KernelArguments { get; init; } = "";
    /// <summary>Debian packages that are installed once in the machine.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];
    /// <summary>
    /// Shell script that runs once as root, after the packages are installed; {source:NAME} is a checkout, copied to
    /// the same path as on this machine. A machine that needs no script has null.
    /// </summary>
    public Template? Setup { get; init; }
    /// <summary>What executes its instructions.</summary>
    public Accelerator Accelerator { get; init; }
    /// <summary>Seconds after its start within which the machine must answer.</summary>
    public double BootTimeout { get; init; } = 300;

    /// <summary>Names of the ExternalFiles of which the machine consists.</summary>
    public IEnumerable<string> Files => new[] { Image, Kernel, Initrd }.OfType<string>();

    /// <summary>Names of the sources that the setup of the machine uses.</summary>
    public IEnumerable<string> Sources => (Setup?.Placeholders ?? []).Where(SetupKinds.Has)
        .Select(source => source.Name).Distinct(StringComparer.OrdinalIgnoreCase);

    private static readonly PlaceholderSet SetupKinds = new("source:NAME/PATH");

    /// <summary>Reads an item.</summary>
    public static VirtualMachineDeclaration Parse(DeclarationItem item, ICollection<Diagnostic> diagnostics)
    {
        var reader = new MetadataReader(item, diagnostics);
        var declaration = new VirtualMachineDeclaration
        {
            Name = item.Name,
            Item = item,
            Image = reader.Text("DiskImage"),
            Kernel = reader.Text("Kernel"),
            Initrd = reader.Text("Initrd"),
            Memory = reader.Size("Memory") ?? 2L << 30,
            Cpus = reader.WholeNumber("Cpus", least: 1) ?? 1,
            Disk = reader.Size("DiskSize"),
            KernelArguments = reader.Text("KernelArguments") ?? "",
            Packages = reader.List("Packages"),
            Setup = reader.Text("Setup") is { } setup ? Template.Parse(setup.ReplaceLineEndings("\n")) : null,
            Accelerator = reader.Choice("Accelerator", Accelerator.Auto),
            BootTimeout = reader.Seconds("BootTimeout") ?? 300,
        };
        if (declaration is { Image: null, Kernel: null })
            reader.Report(VmRules.NothingToBoot, item.Name);
        if (declaration.Image is null && declaration.Packages.Count > 0)
            reader.Bad("Packages", string.Join(';', declaration.Packages),
                "absent if there is no DiskImage to install them on");
        if (declaration.Setup is { } text)
            reader.Check("Setup", SetupKinds, text);
        reader.Finish();
        return declaration;
    }
}
