namespace Verus.Artifact.Extensions;

/// <summary>
/// What a successful sample left: the text of its standard streams and the files that were collected.
/// </summary>
/// <param name="standardOutput">Text of standard output.</param>
/// <param name="standardError">Text of standard error.</param>
public class SampleOutput(string standardOutput, string standardError = "")
{
    /// <summary>
    /// Text of standard output; of one beyond all measure its end. <see cref="OpenStandardOutput"/> has all of it.
    /// </summary>
    public string StandardOutput { get; } = standardOutput;

    /// <summary>Text of standard error; of one beyond all measure its end.</summary>
    public string StandardError { get; } = standardError;

    /// <summary>The collected files (metadata <c>Collect</c> and the folder <c>{output}</c>), sorted by name.</summary>
    public virtual IReadOnlyList<CollectedFile> Files => [];

    /// <summary>Standard output from its beginning. The caller disposes it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public virtual TextReader OpenStandardOutput() => new StringReader(StandardOutput);

    /// <summary>Standard error from its beginning. The caller disposes it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public virtual TextReader OpenStandardError() => new StringReader(StandardError);
}

/// <summary>A file that was collected with a sample.</summary>
/// <param name="name">The file's path below the folder of the sample, with slashes.</param>
/// <param name="length">Its size in bytes.</param>
public abstract class CollectedFile(string name, long length)
{
    /// <summary>The file's path below the folder of the sample, with slashes.</summary>
    public string Name { get; } = name;

    /// <summary>Its size in bytes.</summary>
    public long Length { get; } = length;

    /// <summary>Opens it for reading. The caller disposes the stream.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public abstract Stream Open();
}
