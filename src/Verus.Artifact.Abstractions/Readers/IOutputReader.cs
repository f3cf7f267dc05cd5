namespace Verus.Artifact.Extensions;

/// <summary>
/// Turns the output of a tool into numbers. A reader is found by its type: a public class with a public constructor
/// without parameters in an assembly that an item <c>ArtifactExtension</c> names. A reader has no state, and is safe
/// for several threads.
/// </summary>
public interface IOutputReader : INamed
{
    /// <summary>
    /// The columns and metrics that the reader may find; null if only the output determines them, so that they cannot
    /// be checked beforehand.
    /// </summary>
    ReaderOutline? Outline => null;

    /// <summary>
    /// Returns the reader for one experiment, which may have metadata that belong to the reader, such as the delimiter
    /// of a table. The metadata of a reader are read before anything runs. The values that are read from <paramref
    /// name="metadata"/> become part of the reader's identity: when they change, samples are read again.
    /// </summary>
    IOutputReader Configure(IMetadata metadata) => this;

    /// <summary>Reads a sample's output.</summary>
    /// <exception cref="FormatException">
    /// The output is not of the form that the tool writes; the message of the exception says what is wrong and where,
    /// and becomes the reason why the sample failed.
    /// </exception>
    IReadOnlyList<Reading> Read(SampleOutput output);
}
