namespace Verus.Artifact.Extensions;

/// <summary>A file that a dataset format makes.</summary>
/// <param name="FileName">The file's name, without a folder.</param>
/// <param name="Content">The text of the file, with LF as line ends.</param>
public sealed record FormatFile(string FileName, string Content);

/// <summary>
/// Writes the observations of a dataset in the form that another program reads (metadata <c>Formats</c>). A dataset
/// format has no state and is pure.
/// </summary>
public interface IDatasetFormat : INamed
{
    /// <summary>Makes the files of a dataset, each with another name; none if no observation belongs into a
    /// file.</summary>
    /// <exception cref="FormatException">
    /// The observations lack a column that the format needs; the message of the exception says which.
    /// </exception>
    IReadOnlyList<FormatFile> Write(IReadOnlyList<Observation> observations);
}
