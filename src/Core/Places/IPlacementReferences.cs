using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Places;

/// <summary>A placement that names other declarations.</summary>
public interface IPlacementReferences
{
    /// <summary>The declarations that the placement names, each by the type of its item and its name.</summary>
    IReadOnlyList<(string Type, string Name)> References { get; }

    /// <summary>The declarations that the place of an experiment names; empty when it names none.</summary>
    static IReadOnlyList<(string Type, string Name)> Of(ExperimentDeclaration experiment) =>
        (experiment.Place as IPlacementReferences)?.References ?? [];

    /// <summary>Whether the place of an experiment names a given declaration.</summary>
    static bool Names(ExperimentDeclaration experiment, string type, string name) =>
        Of(experiment).Any(one => one.Type == type && one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
