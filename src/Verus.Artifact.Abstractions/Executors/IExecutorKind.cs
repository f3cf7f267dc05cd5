namespace Verus.Artifact.Extensions;

/// <summary>
/// A kind of place where experiments run, which their metadata <c>Executor</c> name. An executor kind is found by its
/// type: a public class with a public constructor without parameters in an assembly that an item
/// <c>ArtifactExtension</c> names. An executor kind has no state, and is safe for several threads. The name and the
/// <see cref="INamed.Version"/> of the kind are part of the key of each cell that runs there.
/// </summary>
public interface IExecutorKind : INamed
{
    /// <summary>
    /// Reads the metadata of one experiment that belong to the place, such as the options of a scheduler. The metadata
    /// of the place are read before anything runs. Implementations report an invalid value of metadata with <see
    /// cref="IMetadata.Bad"/>.
    /// </summary>
    Placement Configure(IMetadata metadata);

    /// <summary>
    /// Makes the executor of one stage of a call. The executor is disposed when the stage ends, and whatever the
    /// executor keeps running between jobs, such as a connection, must end with it. The executor is made when it is
    /// first needed, so that a call without work makes none.
    /// </summary>
    /// <param name="services">The services that the evaluation provides to the executor.</param>
    IExecutor Open(IExecutorServices services);
}
