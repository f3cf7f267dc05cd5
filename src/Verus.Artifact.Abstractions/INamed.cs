namespace Verus.Artifact.Extensions;

/// <summary>An entry of an assembly, such as a reader, to which a project refers by name.</summary>
public interface INamed
{
    /// <summary>The name that projects use, in which case does not matter.</summary>
    string Name { get; }

    /// <summary>
    /// The version, which must be raised when the same input gives another result. The version is part of the key of
    /// results: if the version changes, samples are read again or, for an executor, taken again.
    /// </summary>
    int Version { get; }
}
