namespace Verus.Artifact.Places.Host;

/// <summary>A placement on this machine, as a shell would run the command.</summary>
public sealed record HostPlacement : Placement
{
    /// <summary>Creates a placement.</summary>
    public HostPlacement() : base("") => Words = null;

    /// <summary>
    /// The block device that the command overwrites; null when it overwrites no device. A device is refused while it is
    /// in use.
    /// </summary>
    public string? Device { get; init; }
    /// <summary>Whether the user accepts that the content of the device is lost.</summary>
    public bool OverwriteDevice { get; init; }
}

/// <summary>This machine.</summary>
public sealed class HostKind : IOwnPlaceKind
{
    /// <inheritdoc/>
    public string Name => IPlaceKind.Default;

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public Placement Configure(IMetadata metadata) =>
        new HostPlacement { Device = metadata.Text("Device"), OverwriteDevice = metadata.Flag("OverwriteDevice") };

    /// <inheritdoc/>
    public IPlace Open(PlaceServices services) => new HostExecutor(services.Runner);
}
