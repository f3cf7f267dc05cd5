namespace Verus.Artifact.Places.Vm;

/// <summary>A placement in a virtual machine.</summary>
public sealed record VmPlacement : Placement, IPlacementReferences
{
    /// <summary>Creates a placement in a virtual machine.</summary>
    /// <param name="virtualMachine">Name of the virtual machine.</param>
    public VmPlacement(string virtualMachine) : base(virtualMachine)
    {
        Machine = PlaceMachine.Guest;
        Words = $"in the virtual machine '{virtualMachine}'";
    }

    /// <summary>Name of the machine.</summary>
    public string VirtualMachine => Identity;

    /// <inheritdoc/>
    public IReadOnlyList<(string Type, string Name)> References => VirtualMachine.Length == 0
        ? [] : [(nameof(VirtualMachine), VirtualMachine)];
}

/// <summary>Virtual machines under QEMU.</summary>
public sealed class VmKind : IOwnPlaceKind
{
    /// <inheritdoc/>
    public string Name => "Vm";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public Placement Configure(IMetadata metadata)
    {
        var machine = metadata.Text("VirtualMachine");
        if (machine is null)
            metadata.Report(VmRules.NoMachine, metadata.ItemName);
        return new VmPlacement(machine ?? "");
    }

    /// <inheritdoc/>
    public IPlace Open(PlaceServices services) => new VmExecutor(new VmOptions
    {
        Machines = [.. services.Declarations.OfType<VirtualMachineDeclaration>()],
        CellContext = () => services.CellContext,
        Layout = services.Layout,
        Runner = services.Runner,
        SearchPath = services.SearchPath,
        Log = () => services.Log,
        MayStart = services.MayStart,
    });
}
