using Verus.Artifact.Containers;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Places;

/// <summary>
/// A kind of place that ships with the SDK. It is made of more than an extension sees: containers, virtual machines,
/// the protocol.
/// </summary>
public interface IOwnPlaceKind : IPlaceKind
{
    /// <summary>Makes the place for as long as one stage uses it.</summary>
    IPlace Open(PlaceServices services);
}

/// <summary>What the evaluation around them gives to places.</summary>
public sealed record PlaceServices
{
    /// <summary>Absolute path of the runner.</summary>
    public required string Runner { get; init; }
    /// <summary>Folders of the evaluation.</summary>
    public required EvaluationLayout Layout { get; init; }
    /// <summary>Folders in which programs are looked up.</summary>
    public required IReadOnlyList<string> SearchPath { get; init; }
    /// <summary>Told what goes on.</summary>
    public required IBuildLog Log { get; init; }
    /// <summary>Whether something may be started, or only what is known be told.</summary>
    public required bool MayStart { get; init; }
    /// <summary>What experiments find around them.</summary>
    public required CellContext CellContext { get; init; }
    /// <summary>The container engine.</summary>
    public required DockerEngine Engine { get; init; }
    /// <summary>The images that are here, by the name of their pin.</summary>
    public required IReadOnlyDictionary<string, AcquiredImage> Images { get; init; }
    /// <summary>What images are built from.</summary>
    public required ImageRecipes Recipes { get; init; }
    /// <summary>The declarations that placements may name.</summary>
    public required IReadOnlyList<IDeclaration> Declarations { get; init; }
}
