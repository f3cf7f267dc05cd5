using Verus.Artifact.Containers;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Places;

/// <summary>
/// A kind of place that ships with the SDK. A kind of the SDK's own uses more than an extension can see: containers,
/// virtual machines and the protocol.
/// </summary>
public interface IOwnPlaceKind : IPlaceKind
{
    /// <summary>Creates the place for as long as one stage uses it.</summary>
    IPlace Open(PlaceServices services);
}

/// <summary>The services that the evaluation provides to places.</summary>
public sealed record PlaceServices
{
    /// <summary>The absolute path of the runner's program.</summary>
    public required string Runner { get; init; }
    /// <summary>Folders of the evaluation.</summary>
    public required EvaluationLayout Layout { get; init; }
    /// <summary>The folders in which programs are searched.</summary>
    public required IReadOnlyList<string> SearchPath { get; init; }
    /// <summary>The log that receives messages about progress.</summary>
    public required IBuildLog Log { get; init; }
    /// <summary>Whether places may start containers, machines or jobs; if not, only what is already known about them is
    /// reported.</summary>
    public required bool MayStart { get; init; }
    /// <summary>The inputs, tools and services that the earlier stages provide to the experiments.</summary>
    public required CellContext CellContext { get; init; }
    /// <summary>The container engine.</summary>
    public required DockerEngine Engine { get; init; }
    /// <summary>The available images, by the name of their pin.</summary>
    public required IReadOnlyDictionary<string, AcquiredImage> Images { get; init; }
    /// <summary>The recipes from which images are built.</summary>
    public required ImageRecipes Recipes { get; init; }
    /// <summary>The declarations that placements of experiments may name.</summary>
    public required IReadOnlyList<IDeclaration> Declarations { get; init; }
}
