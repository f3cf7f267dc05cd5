namespace Verus.Artifact.Extensions;

/// <summary>
/// A kind of place where experiments run, named by their metadata <c>Executor</c>. An executor is found by its type: a
/// public class with a public constructor without parameters in an assembly that an item <c>ArtifactExtension</c>
/// names. The class has no state, and is safe for several threads. Its name and <see cref="INamed.Version"/> are a part
/// of the key of each cell that runs there.
/// </summary>
public interface IExecutorKind : INamed
{
    /// <summary>
    /// Reads the metadata of one experiment that belong to the place, such as the options of a scheduler. The method is
    /// called before anything runs. Report an invalid value with <see cref="IMetadata.Bad"/>.
    /// </summary>
    Placement Configure(IMetadata metadata);

    /// <summary>
    /// Makes the executor of one stage of a call. The executor is disposed when the stage ends, and what it keeps up
    /// between jobs, such as a connection, ends with it. Made when it is first needed, so that a call without work
    /// makes none.
    /// </summary>
    /// <param name="services">What the evaluation gives to it.</param>
    IExecutor Open(IExecutorServices services);
}
