using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Containers;

/// <summary>
/// The space on the disk of the container engine, which is often another disk than that of the evaluation's folder.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="store">Tells which images are not in the engine yet.</param>
/// <param name="saved">The built images that a bundle brought as files.</param>
internal sealed class EngineSpace(DockerEngine engine, ImageStore store, IReadOnlyList<BundledImage> saved)
{
    /// <summary>
    /// Compares the free space with what the images take that are to be pulled, built or loaded. Images of unknown size
    /// count as nothing.
    /// </summary>
    /// <param name="images">The images that the request needs.</param>
    /// <param name="work">Absolute path of the evaluation's folder.</param>
    /// <param name="workBytes">The space that is needed there, which counts, too, if both are on one disk.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <returns>What is lacking, and the images that are not there yet; null if nothing is lacking, or the engine's
    /// folder cannot be examined.</returns>
    /// <exception cref="DiagnosticException">The engine does not answer.</exception>
    public async Task<(Diagnostic Lack, long Needed, IReadOnlyList<ContainerImage> Images)?> LackAsync(
        IReadOnlyList<ContainerImage> images, string work, long workBytes, CancellationToken cancellation)
    {
        var absent = await store.AbsentAsync(images, cancellation).ConfigureAwait(false);
        var known = absent.Select(image => (image.Name, Bytes: BytesOf(image))).Where(one => one.Bytes > 0).ToList();
        var folder = (await engine.ProbeAsync(cancellation).ConfigureAwait(false)).ImageFolder;
        if (known.Count == 0 || Free(folder) is not { } free)
            return null;
        var parts = known.Select(one => $"'{one.Name}' {Amount.Bytes(one.Bytes)}").ToList();
        var needed = known.Sum(one => one.Bytes);
        if (workBytes > 0 && FileFacts.Of(folder, followLink: true)?.FileSystem
            == FileFacts.Of(SystemProblem.NearestExisting(work), followLink: true)?.FileSystem)
        {
            needed += workBytes;
            parts.Add($"the evaluation's folder, on the same disk, {Amount.Bytes(workBytes)}");
        }
        return free >= needed ? null : (DockerRules.TooLittleSpace.At(SourceLocation.None, Amount.Gibibytes(free),
            folder, Amount.Gibibytes(needed), string.Join(", ", parts)), needed, absent);
    }

    private long BytesOf(ContainerImage image) =>
        saved.FirstOrDefault(one => one.Name == image.Name) is { } file && File.Exists(file.Place)
            ? Math.Max(new FileInfo(file.Place).Length, image.Size ?? 0) : image.Size ?? 0;

    // The engine runs as root, who may use what the file system keeps from others. The folder is another machine's if
    // it does not exist here.
    private static long? Free(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? new DriveInfo(folder).TotalFreeSpace : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
