using Verus.Artifact.Common;

namespace Verus.Artifact.Places.Slurm;

/// <summary>A placement on nodes of a Slurm cluster.</summary>
public sealed record SlurmPlacement : Placement
{
    /// <summary>Creates a placement on a cluster.</summary>
    /// <param name="options">The options of sbatch, which are part of the key because they select the node.</param>
    public SlurmPlacement(IReadOnlyList<string> options) : base(CommandLine.Join(options)) =>
        Machine = PlaceMachine.Elsewhere;

    /// <summary>Options of sbatch.</summary>
    public IReadOnlyList<string> Options => CommandLine.Split(Identity)!;
}

/// <summary>Nodes of a Slurm cluster.</summary>
public sealed class SlurmKind : IOwnPlaceKind
{
    /// <inheritdoc/>
    public string Name => "Slurm";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public Placement Configure(IMetadata metadata) => new SlurmPlacement(metadata.Command("SlurmOptions"));

    /// <inheritdoc/>
    public IPlace Open(PlaceServices services) =>
        new SlurmExecutor(services.Runner, new SlurmCluster(services.SearchPath), new MachineMemory(services.Layout),
            () => services.Log)
        { MayStart = services.MayStart };
}
