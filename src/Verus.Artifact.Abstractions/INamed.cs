namespace Verus.Artifact.Extensions;

/// <summary>What is referred to by name in a project and comes from an assembly.</summary>
public interface INamed
{
    /// <summary>The name that projects write, case ignored.</summary>
    string Name { get; }

    /// <summary>
    /// Raised when it does something otherwise with the same input. It is a part of the key of what is made with it:
    /// another version reads samples again, or takes them again where it belongs to an executor.
    /// </summary>
    int Version { get; }
}
