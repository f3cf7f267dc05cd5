namespace Verus.Artifact.Extensions;

/// <summary>
/// Turns the output of a tool into numbers. A reader is found by its type: a public class with a public constructor
/// without parameters in an assembly that an item <c>ArtifactExtension</c> names. A reader has no state, and is safe
/// for several threads.
/// </summary>
public interface IOutputReader : INamed
{
    /// <summary>
    /// What it may find; null if only the output determines that, so nothing can be checked beforehand.
    /// </summary>
    ReaderOutline? Outline => null;

    /// <summary>
    /// The reader for one experiment, which may have metadata that belong to the reader, such as the delimiter of a
    /// table. Called before anything runs. What is read of <paramref name="metadata"/> becomes a part of the reader's
    /// identity: when it changes, samples are read again.
    /// </summary>
    IOutputReader Configure(IMetadata metadata) => this;

    /// <summary>Reads a sample's output.</summary>
    /// <exception cref="FormatException">
    /// The output is not what this tool writes; the message says what is wrong and where, and becomes the reason of the
    /// failed sample.
    /// </exception>
    IReadOnlyList<Reading> Read(SampleOutput output);
}
