using Docker.DotNet;
using Docker.DotNet.Models;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Containers;

/// <summary>
/// Saves and loads images that were built from a Dockerfile as files, so that a bundle can bring them to machines
/// without a network. The hash of a saved image's file is in the lock file of the image, which belongs to the project,
/// so that a bundle cannot bring another image.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="log">Log that receives messages about progress.</param>
internal sealed class SavedImages(DockerEngine engine, IBuildLog log)
{
    private const int PlainErrors = 400;

    /// <summary>The file of a saved image, and the hash that it must have.</summary>
    /// <param name="recipe">The recipe of the image.</param>
    /// <param name="layout">The layout, with the folder of the file.</param>
    public static BundledImage Of(ImageRecipe recipe, EvaluationLayout layout) => new(recipe.Image.Name,
        ImageContents.LockOf(recipe, layout.ProjectDirectory).ArchiveHash,
        Path.Combine(layout.Sources, ".images", $"{recipe.Image.Name}-{recipe.Key[..16]}.tar"));

    /// <summary>
    /// Saves an image, and writes the hash of the file to the lock file. A file that was saved before is kept, since
    /// another engine would write a file with other bytes.
    /// </summary>
    /// <param name="recipe">The recipe of the image.</param>
    /// <param name="layout">The layout, with the folder of the file.</param>
    /// <param name="cancellation">Cancels the call, which leaves no incomplete file.</param>
    /// <exception cref="DiagnosticException">The engine refuses to save the image, or the file cannot be
    /// written.</exception>
    public async Task<BundledImage> SaveAsync(ImageRecipe recipe, EvaluationLayout layout,
        CancellationToken cancellation)
    {
        var saved = Of(recipe, layout);
        if (saved.Sha256 is { } before && File.Exists(saved.Place) && new ContentHashes().OfFile(saved.Place) == before)
            return saved;
        log.Info($"Saving the image {recipe.Image.Name}");
        var partial = saved.Place + ".partial";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(saved.Place)!);
            await using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write))
            await using (var content = await AskAsync(recipe, cancellation).ConfigureAwait(false))
                await CopyAsync(content, file, cancellation).ConfigureAwait(false);
            File.Move(partial, saved.Place, overwrite: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Explain(saved.Place, problem);
        }
        finally
        {
            if (File.Exists(partial))
                File.Delete(partial);
        }
        ImageContents.LockOf(recipe, layout.ProjectDirectory)
            .WriteArchiveHash(new ContentHashes().OfFile(saved.Place), log);
        return Of(recipe, layout);
    }

    /// <summary>Loads a saved image into the engine; returns false when no file of the image was unpacked.</summary>
    /// <param name="recipe">The recipe of the image.</param>
    /// <param name="layout">The layout, with the folder of the file.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="DiagnosticException">The content of the file differs from what was saved, or the engine refuses
    /// the file.</exception>
    public async Task<bool> TryLoadAsync(ImageRecipe recipe, EvaluationLayout layout, CancellationToken cancellation)
    {
        var saved = Of(recipe, layout);
        if (!File.Exists(saved.Place))
            return false;
        if (new ContentHashes().OfFile(saved.Place) is var hash && hash != saved.Sha256)
            throw NotLoaded(recipe, saved, $"its SHA-256 is {hash}, and the image's lock file has "
                + (saved.Sha256 ?? "none for this recipe"));
        log.Info($"Loading the image {recipe.Image.Name} from {saved.Place}");
        var progress = new LoadProgress();
        try
        {
            await using var content = File.OpenRead(saved.Place);
            await engine.Client.Images.LoadImageAsync(new ImageLoadParameters { Quiet = true }, content, progress,
                cancellation).ConfigureAwait(false);
        }
        catch (DockerApiException refused)
        {
            throw NotLoaded(recipe, saved, DockerEngine.WordsOf(refused));
        }
        catch (Exception gone) when (DockerEngine.IsGone(gone) && !cancellation.IsCancellationRequested)
        {
            throw engine.GoneWith(gone);
        }
        return progress.Error is { } problem ? throw NotLoaded(recipe, saved, problem) : true;
    }

    /// <summary>The diagnostic for a file that does not contain the image.</summary>
    /// <param name="recipe">The recipe of the image.</param>
    /// <param name="saved">The file.</param>
    /// <param name="why">A description of what is wrong with the file.</param>
    public static DiagnosticException NotLoaded(ImageRecipe recipe, BundledImage saved, string why)
    {
        var words = PlainText.Line(why.Trim().TrimEnd('.'));
        return ImageRules.NotLoaded.Error(recipe.Image.Item.Where, recipe.Image.Name, saved.Place,
            words.Length > PlainErrors ? words[..PlainErrors] + "..." : words);
    }

    private async Task<Stream> AskAsync(ImageRecipe recipe, CancellationToken cancellation)
    {
        try
        {
            return await engine.Client.Images.SaveImageAsync(recipe.Tag, cancellation).ConfigureAwait(false);
        }
        catch (DockerApiException refused)
        {
            throw ImageRules.NotSaved.Error(recipe.Image.Item.Where, recipe.Image.Name,
                PlainText.Line(DockerEngine.WordsOf(refused).TrimEnd('.')));
        }
        catch (Exception gone) when (DockerEngine.IsGone(gone) && !cancellation.IsCancellationRequested)
        {
            throw engine.GoneWith(gone);
        }
    }

    // An engine that stops is distinguished from a disk that is full, because the former makes reading fail and the
    // latter writing.
    private async Task CopyAsync(Stream content, FileStream file, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 20];
        while (true)
        {
            int read;
            try
            {
                read = await content.ReadAsync(buffer, cancellation).ConfigureAwait(false);
            }
            catch (Exception gone) when (DockerEngine.IsGone(gone) && !cancellation.IsCancellationRequested)
            {
                throw engine.GoneWith(gone);
            }
            if (read == 0)
                return;
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
        }
    }

    private sealed class LoadProgress : IProgress<JSONMessage>
    {
        public string? Error { get; private set; }

        public void Report(JSONMessage value) => Error = value.Error?.Message ?? value.ErrorMessage ?? Error;
    }
}
