namespace Verus.Artifact.Tools;

/// <summary>
/// A folder of its own for a program that is asked something; it goes with this object, as far as the program lets it.
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
            // A child of the program still writes there; the system clears its folder for temporary files.
        }
    }
}
