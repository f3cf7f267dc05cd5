using Verus.Artifact.Containers;
using Verus.Artifact.Declarations;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Places.Docker;

/// <summary>The network that a command in a container sees.</summary>
public enum NetworkKind
{
    /// <summary>
    /// A loopback interface of the container's own, on which the services of the experiment listen; no other process
    /// can occupy its ports.
    /// </summary>
    None,
    /// <summary>The network of this machine, which the container shares.</summary>
    Host,
}

/// <summary>A placement in a container.</summary>
public sealed record DockerPlacement : Placement, IPlacementReferences
{
    /// <summary>Creates a placement in a container.</summary>
    /// <param name="image">Name of the pinned image.</param>
    public DockerPlacement(string image) : base(image) => Words = $"in the image '{image}'";

    /// <summary>Name of the pinned image in which the command runs.</summary>
    public string Image => Identity;

    /// <summary>The network that the command in the container sees.</summary>
    public NetworkKind Network { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<(string Type, string Name)> References => Image.Length == 0
        ? [] : [(nameof(ContainerImage), Image)];
}

/// <summary>Containers of the engine.</summary>
public sealed class DockerKind : IOwnPlaceKind
{
    /// <inheritdoc/>
    public string Name => "Docker";

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public Placement Configure(IMetadata metadata)
    {
        var image = metadata.Text("Image");
        if (image is null)
            metadata.Report(DockerRules.ImageMissing, metadata.ItemName);
        return new DockerPlacement(image ?? "") { Network = NetworkOf(metadata) };
    }

    /// <inheritdoc/>
    public IPlace Open(PlaceServices services) =>
        new DockerExecutor(services.Runner, services.Layout.Root, services.Engine, services.Images)
        {
            Pins = services.Declarations.OfType<ContainerImage>().ToDictionary(image => image.Name,
            StringComparer.OrdinalIgnoreCase),
            DigestOf = services.Recipes.DigestOf,
        };

    private static NetworkKind NetworkOf(IMetadata metadata)
    {
        if (metadata.Text("Network") is not { } text)
            return NetworkKind.None;
        if (Choices.Find<NetworkKind>(text) is { } network)
            return network;
        metadata.Bad("Network", text, "one of " + string.Join(", ", Enum.GetNames<NetworkKind>()));
        return NetworkKind.None;
    }
}
