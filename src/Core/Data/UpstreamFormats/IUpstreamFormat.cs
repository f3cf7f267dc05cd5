namespace Verus.Artifact.Data.UpstreamFormats;

/// <summary>A file in the form in which the paper's own scripts write it.</summary>
/// <param name="FileName">Its name there.</param>
/// <param name="Content">Its text, with LF.</param>
public sealed record UpstreamFile(string FileName, string Content);

/// <summary>
/// Writes observations in a format of the paper's own scripts, so that what reads those goes on working. Stateless and pure.
/// </summary>
public interface IUpstreamFormat
{
    /// <summary>Name of the format.</summary>
    string Name { get; }

    /// <summary>The file; null when no observation belongs into it.</summary>
    /// <exception cref="FormatException">The observations lack a column that the format needs.</exception>
    UpstreamFile? Write(IReadOnlyList<Observation> observations);
}
