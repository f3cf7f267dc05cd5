namespace Verus.Artifact.Extensions;

/// <summary>
/// The output of a successful sample: the text of its standard streams and the files that were collected.
/// </summary>
/// <param name="standardOutput">Text of standard output.</param>
/// <param name="standardError">Text of standard error.</param>
public class SampleOutput(string standardOutput, string standardError = "")
{
    /// <summary>
    /// Text of standard output, or only its end if it is extremely long. <see cref="OpenStandardOutput"/> returns the
    /// whole of standard output.
    /// </summary>
    public string StandardOutput { get; } = standardOutput;

    /// <summary>Text of standard error, or only its end if it is extremely long.</summary>
    public string StandardError { get; } = standardError;

    /// <summary>The collected files (metadata <c>Collect</c> and the folder <c>{output}</c>), sorted by name.</summary>
    public virtual IReadOnlyList<CollectedFile> Files => [];

    /// <summary>Opens standard output for reading from its beginning; the caller disposes the stream.</summary>
    /// <exception cref="IOException">Standard output cannot be read.</exception>
    public virtual TextReader OpenStandardOutput() => new StringReader(StandardOutput);

    /// <summary>Opens standard error for reading from its beginning; the caller disposes the stream.</summary>
    /// <exception cref="IOException">Standard error cannot be read.</exception>
    public virtual TextReader OpenStandardError() => new StringReader(StandardError);
}

/// <summary>A file that was collected with a sample.</summary>
/// <param name="name">The file's path below the folder of the sample, with slashes.</param>
/// <param name="length">The file's size in bytes.</param>
public abstract class CollectedFile(string name, long length)
{
    /// <summary>The file's path below the folder of the sample, with slashes.</summary>
    public string Name { get; } = name;

    /// <summary>Its size in bytes.</summary>
    public long Length { get; } = length;

    /// <summary>Opens the file for reading; the caller disposes the stream.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public abstract Stream Open();
}
