using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Containers;

/// <summary>Determines the packages that an image has beyond those of its base image.</summary>
/// <param name="engine">The engine.</param>
/// <param name="log">Log that receives a message about the file, and a warning when a build differs.</param>
internal sealed class ImageContents(DockerEngine engine, IBuildLog log)
{
    /// <summary>The name of the file that lists the packages of an image.</summary>
    public static PackageLock LockOf(ImageRecipe recipe, string projectDirectory) =>
        new(recipe.Image.Item, "image", recipe.Key, projectDirectory);

    /// <summary>
    /// Compares the packages that a build installed with the file, and writes the file if no file exists for the
    /// recipe.
    /// </summary>
    public async Task SettleAsync(ImageRecipe recipe, AcquiredImage built, AcquiredImage? under,
        string projectDirectory, CancellationToken cancellation)
    {
        var before = under is null ? [] : await AskAsync(under, cancellation).ConfigureAwait(false);
        var after = await AskAsync(built, cancellation).ConfigureAwait(false);
        LockOf(recipe, projectDirectory).Settle(before, after, log);
    }

    // An image without a shell has no package manager either, so it has no packages to list.
    private async Task<IReadOnlyList<string>> AskAsync(AcquiredImage image, CancellationToken cancellation)
    {
        var lines = new List<string>();
        try
        {
            await engine.RunAsync(new ContainerRun($"verus-artifact-contents-{Guid.NewGuid():N}", image,
                ["/bin/sh", "-c", PackageLock.AllPackages], "/")
            {
                IsBuild = true,
                Output = _ => { },
                StandardOutput = lines.Add,
            }, cancellation).ConfigureAwait(false);
        }
        catch (FileNotFoundException)
        {
            return [];
        }
        return PackageLock.PackagesIn(lines);
    }
}
