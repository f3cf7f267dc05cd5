namespace Verus.Artifact.Tools;

/// <summary>
/// A temporary folder for a program that is run to answer a question; it is deleted with this object, as far as the
/// program allows.
/// </summary>
internal sealed class TemporaryFolder : IDisposable
{
    /// <summary>Absolute path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("verus-artifact-").FullName;

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // A child of the program still writes to the folder; the system will clear its folder for temporary files.
        }
    }
}
