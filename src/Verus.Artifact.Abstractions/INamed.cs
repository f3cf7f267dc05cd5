namespace Verus.Artifact.Extensions;

/// <summary>Something from an assembly to which a project refers by name.</summary>
public interface INamed
{
    /// <summary>The name that projects use. Case does not matter.</summary>
    string Name { get; }

    /// <summary>
    /// The version, which is raised when the same input gives another result. The version is part of the key of the
    /// results: with another version, samples are read again or, for an executor, taken again.
    /// </summary>
    int Version { get; }
}
