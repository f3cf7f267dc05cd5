namespace Verus.Artifact.Extensions;

/// <summary>A file that a format makes.</summary>
/// <param name="FileName">The file's name, without a folder.</param>
/// <param name="Content">Its text, with LF.</param>
public sealed record FormatFile(string FileName, string Content);

/// <summary>
/// Writes the observations of a dataset in the form that another program reads (metadata <c>Formats</c>). A format has
/// no state and is pure.
/// </summary>
public interface IDatasetFormat : INamed
{
    /// <summary>The files, each with another name; none if no observation belongs in one.</summary>
    /// <exception cref="FormatException">
    /// The observations lack a column that the format needs; the message says which.
    /// </exception>
    IReadOnlyList<FormatFile> Write(IReadOnlyList<Observation> observations);
}
