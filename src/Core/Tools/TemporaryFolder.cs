namespace Verus.Artifact.Tools;

/// <summary>
/// A temporary folder for a program that is run only for its output; the folder is deleted when this object is
/// disposed, if the program no longer writes to it.
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
            // If a child of the program still writes to the folder, the deletion is left to the system, which clears
            // its folder for temporary files.
        }
    }
}
