using Docker.DotNet;
using Docker.DotNet.Models;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Containers;

/// <summary>
/// Provides images in the container engine: images from a registry are pulled and their digests checked; images with a
/// Dockerfile are built. A pin without a digest is trusted on first use: the digest of the first pull is written to the
/// ledger, and any other digest is rejected from then on.
/// </summary>
public sealed class ImageStore(DockerEngine engine, bool offline, IBuildLog log)
{
    private static readonly AuthConfig Anonymous = new();

    /// <summary>The record of images that were pulled or built; null when they are not recorded.</summary>
    public OwnImages? Own { get; init; }

    /// <summary>The recipes from which images are built; null when no image is built.</summary>
    public ImageRecipes? Recipes { get; init; }

    /// <summary>
    /// Provides all images of a list. A failure to provide one image is added to the problems; the other images are
    /// still provided.
    /// </summary>
    public async Task<IReadOnlyList<AcquiredImage>> AcquireAsync(IReadOnlyList<ContainerImage> images,
        AcquisitionProblems problems, CancellationToken cancellation)
    {
        var acquired = new List<AcquiredImage>();
        foreach (var image in images)
        {
            try
            {
                acquired.Add(await AcquireAsync(image, cancellation).ConfigureAwait(false));
            }
            catch (DiagnosticException problem)
            {
                problems.Add(image, problem);
            }
        }
        return acquired;
    }

    /// <summary>
    /// Finds the images that are already in the engine and match their pins, without changing anything; problems with
    /// other images are reported when these are acquired.
    /// </summary>
    public async Task<IReadOnlyList<AcquiredImage>> FindAsync(IReadOnlyList<ContainerImage> images,
        CancellationToken cancellation)
    {
        var found = new List<AcquiredImage>();
        foreach (var image in images)
        {
            try
            {
                if (await FindAsync(image, cancellation).ConfigureAwait(false) is { } here)
                    found.Add(here);
            }
            catch (DiagnosticException)
            {
                // The engine does not answer, or the image has another platform.
            }
        }
        return found;
    }

    /// <summary>
    /// The images of a list that must be pulled, built or loaded, with the bases of those that are built.
    /// </summary>
    /// <exception cref="DiagnosticException">The engine does not answer.</exception>
    public async Task<IReadOnlyList<ContainerImage>> AbsentAsync(IReadOnlyList<ContainerImage> images,
        CancellationToken cancellation)
    {
        await engine.ProbeAsync(cancellation).ConfigureAwait(false);
        var absent = new List<ContainerImage>();
        var open = new Queue<ContainerImage>(images);
        while (open.TryDequeue(out var image))
        {
            if (absent.Contains(image) || (await FindAsync([image], cancellation).ConfigureAwait(false)).Count > 0)
                continue;
            absent.Add(image);
            // A saved image has its base in it.
            if (!offline && Recipes?.BaseOf(image) is { } under)
                open.Enqueue(under);
        }
        return absent;
    }

    // Finds an image in the engine; null when the image must be pulled or built.
    private async Task<AcquiredImage?> FindAsync(ContainerImage image, CancellationToken cancellation)
    {
        await engine.ProbeAsync(cancellation).ConfigureAwait(false);
        if (image.IsBuilt)
            return await RecipeAsync(image, cancellation).ConfigureAwait(false) is { } recipe
                ? await FindAsync(recipe, cancellation).ConfigureAwait(false) : null;
        // An image is found by its digest whatever its tag currently refers to; an image that was made on this machine
        // is known only by its id.
        foreach (var reference in image.Digest is { } digest
            ? [$"{Repository(image)}@{digest}", digest] : new[] { image.Reference })
            if (await engine.FindImageAsync(reference, cancellation).ConfigureAwait(false) is { } found
                && (image.Digest is null || image.Digest == DigestOf(image, found)))
                return Acquired(image, found);
        return null;
    }

    // The recipe of a built image; null while the digest of its base image is unknown.
    private async Task<ImageRecipe?> RecipeAsync(ContainerImage image, CancellationToken cancellation)
    {
        if (Recipes!.BaseOf(image) is not { } under)
            return Recipes.Of(image, null);
        var digest = Recipes.DigestOf(under) ?? (await FindAsync(under, cancellation).ConfigureAwait(false))?.Digest;
        return digest is null ? null : Recipes.Of(image, digest);
    }

    // An image is recognized by the label that its build added, since a tag can be given to any image.
    private async Task<AcquiredImage?> FindAsync(ImageRecipe recipe, CancellationToken cancellation) =>
        await engine.FindImageAsync(recipe.Tag, cancellation).ConfigureAwait(false) is { } found
        && found.Config?.Labels?.TryGetValue(ImageRecipe.Label, out var key) == true && key == recipe.Key
            ? Acquired(recipe.Image, found, recipe.Digest) : null;

    private async Task<AcquiredImage> BuildAsync(ContainerImage image, CancellationToken cancellation)
    {
        if (offline)
            return await LoadAsync(image, cancellation).ConfigureAwait(false);
        var under = Recipes!.BaseOf(image) is { } pin
            ? await AcquireAsync(pin, cancellation).ConfigureAwait(false) : null;
        var recipe = Recipes.Of(image, under?.Digest);
        // The recipe is determined again, since the digest of the base image may have become known only now.
        if (await FindAsync(recipe, cancellation).ConfigureAwait(false) is { } here)
            return here;
        var logFile = Path.Combine(Recipes.Layout.Sources, ".images", image.Name + ".log");
        await new ImageBuilder(engine, log).BuildAsync(recipe, under, logFile, cancellation).ConfigureAwait(false);
        var built = await FindAsync(recipe, cancellation).ConfigureAwait(false)
            ?? throw ImageRules.BuildFailed.Error(image.Item.Where, image.Name, 0, "the Dockerfile",
                "nothing, and has no such image", logFile, "");
        Own?.Add(recipe.Tag, built.Id);
        await new ImageContents(engine, log).SettleAsync(recipe, built, under, Recipes.Layout.ProjectDirectory,
            cancellation).ConfigureAwait(false);
        return built;
    }

    // A saved image that a bundle brought.
    private async Task<AcquiredImage> LoadAsync(ContainerImage image, CancellationToken cancellation)
    {
        if (await RecipeAsync(image, cancellation).ConfigureAwait(false) is not { } recipe
            || !await new SavedImages(engine, log).TryLoadAsync(recipe, Recipes!.Layout, cancellation)
                .ConfigureAwait(false))
            throw SourceRules.Offline.Error(image.Item.Where, image.Name);
        var loaded = await FindAsync(recipe, cancellation).ConfigureAwait(false) ?? throw SavedImages.NotLoaded(recipe,
            SavedImages.Of(recipe, Recipes.Layout), "it holds another image");
        Own?.Add(recipe.Tag, loaded.Id);
        return loaded;
    }

    /// <summary>Saves built images to files for a bundle; each image must have been acquired.</summary>
    /// <param name="images">The images, of which those that are pulled are left out.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="DiagnosticException">The engine refuses, or a file cannot be written.</exception>
    public async Task<IReadOnlyList<BundledImage>> SaveAsync(IReadOnlyList<ContainerImage> images,
        CancellationToken cancellation)
    {
        var saved = new List<BundledImage>();
        foreach (var image in images.Where(image => image.IsBuilt))
            if (await RecipeAsync(image, cancellation).ConfigureAwait(false) is { } recipe)
                saved.Add(await new SavedImages(engine, log).SaveAsync(recipe, Recipes!.Layout, cancellation)
                    .ConfigureAwait(false));
        return saved;
    }

    // The packages of an image that another project has built are compared as well, if its base image is still present.
    private async Task<AcquiredImage> DescribedAsync(ContainerImage image, AcquiredImage built,
        CancellationToken cancellation)
    {
        if (await RecipeAsync(image, cancellation).ConfigureAwait(false) is not { } recipe
            || ImageContents.LockOf(recipe, Recipes!.Layout.ProjectDirectory).IsSettled)
            return built;
        var under = Recipes.BaseOf(image) is { } pin ? await FindAsync(pin, cancellation).ConfigureAwait(false) : null;
        if (under is not null || image.Base is null)
            await new ImageContents(engine, log).SettleAsync(recipe, built, under, Recipes.Layout.ProjectDirectory,
                cancellation).ConfigureAwait(false);
        return built;
    }

    private async Task<AcquiredImage> AcquireAsync(ContainerImage image, CancellationToken cancellation)
    {
        var acquired = await FindAsync(image, cancellation).ConfigureAwait(false);
        if (image.IsBuilt)
            return acquired is null ? await BuildAsync(image, cancellation).ConfigureAwait(false)
                : await DescribedAsync(image, acquired, cancellation).ConfigureAwait(false);
        if (acquired is null)
        {
            if (offline)
                throw SourceRules.Offline.Error(image.Item.Where, image.Name);
            await PullAsync(image, cancellation).ConfigureAwait(false);
            acquired = await FindAsync(image, cancellation).ConfigureAwait(false)
                ?? throw ImageRules.PullFailed.Error(image.Item.Where, image.Name, image.Reference,
                    "it was pulled, but does not exist in the engine");
            // An image that is pulled by its digest has no tag; an image that is pulled by its tag has both a tag and a
            // digest.
            Own?.Add(image.Digest is { } digest ? $"{Repository(image)}@{digest}" : image.Reference, acquired.Id);
        }
        if (image.Digest is null)
            PinWriter.Write(image.Item, "Digest", acquired.Digest, log);
        return acquired;
    }

    private async Task PullAsync(ContainerImage image, CancellationToken cancellation)
    {
        log.Info($"Pulling {image.Name} ({image.Reference}, {image.Platform})");
        var progress = new PullProgress(image.Name, log);
        var (repository, tag) = (Repository(image), image.Digest ?? Tag(image));
        string? problem;
        try
        {
            await engine.Client.Images.CreateImageAsync(new ImagesCreateParameters
            {
                FromImage = repository,
                Tag = tag,
                Platform = image.Platform
            }, Anonymous, progress, cancellation)
                .ConfigureAwait(false);
            problem = progress.Error;
        }
        catch (DockerApiException refused)
        {
            problem = DockerEngine.WordsOf(refused);
        }
        catch (Exception gone) when (DockerEngine.IsGone(gone) && !cancellation.IsCancellationRequested)
        {
            throw engine.GoneWith(gone);
        }
        if (problem is not null)
            throw await ExplainAsync(image, problem.Trim(), cancellation).ConfigureAwait(false);
    }

    private async Task<DiagnosticException> ExplainAsync(ContainerImage image, string words,
        CancellationToken cancellation)
    {
        bool Mentions(params string[] texts) =>
            texts.Any(text => words.Contains(text, StringComparison.OrdinalIgnoreCase));
        if (Mentions("no space left on device"))
            return ImageRules.DiskFull.Error(image.Item.Where, image.Name, image.Reference);
        // If the name of the image refers to a different image on this machine, this is a likelier reason than a
        // registry that lost the image.
        if (image.Digest is { } pinned
            && await engine.FindImageAsync(image.Reference, cancellation).ConfigureAwait(false) is { } other)
            return ImageRules.DigestChanged.Error(image.Item.Where, image.Name, image.Reference, DigestOf(image, other),
                pinned);
        if (Mentions("no matching manifest", "does not match the specified platform", "no image found in manifest list",
            "no image found in image index"))
            return ImageRules.PlatformMissing.Error(image.Item.Where, image.Name, image.Reference, image.Platform,
                words);
        if (Mentions("not found", "manifest unknown", "denied", "unauthorized", "does not exist", "name unknown"))
            return ImageRules.Absent.Error(image.Item.Where, image.Name,
                image.Digest is null ? image.Reference : $"{Repository(image)}@{image.Digest}", words);
        return Mentions("dial tcp", "no such host", "connection refused", "timeout", "server misbehaving", "EOF",
            "unreachable", "network")
            ? ImageRules.Unreachable.Error(image.Item.Where, image.Name, image.Reference, words)
            : ImageRules.PullFailed.Error(image.Item.Where, image.Name, image.Reference, words);
    }

    private static AcquiredImage Acquired(ContainerImage image, ImageInspectResponse found, string? digest = null)
    {
        var platform = $"{found.Os}/{found.Architecture}";
        if (!AcquiredImage.IsPlatform(image.Platform, platform))
            throw ImageRules.PlatformMissing.Error(image.Item.Where, image.Name, image.Reference, image.Platform,
                $"the one in the container engine is for {platform}");
        return new AcquiredImage(image.Name, digest ?? DigestOf(image, found), image.Platform, found.ID)
        {
            Environment = VariablesOf(found.Config?.Env ?? []),
            User = found.Config?.User ?? "",
        };
    }

    // An image may set a variable twice; the last value counts, as in a shell.
    internal static Dictionary<string, string> VariablesOf(IEnumerable<string> variables)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in variables.Select(variable => variable.Split('=', 2))
            .Where(pair => pair is [{ Length: > 0 }, _]))
            all[pair[0]] = pair[1];
        return all;
    }

    // The digest under which the registry knows the image, which may have come from several registries. An image that
    // was made on this machine has no digest; its id identifies its content.
    private static string DigestOf(ContainerImage image, ImageInspectResponse found)
    {
        var digests = (found.RepoDigests ?? []).Select(text => text.Split('@', 2))
            .Where(pair => pair.Length == 2 && Familiar(pair[0]) == Familiar(Repository(image))).Select(pair => pair[1])
            .ToList();
        return image.Digest is { } pinned && (digests.Contains(pinned) || found.ID == pinned)
            ? pinned : digests.FirstOrDefault() ?? found.ID;
    }

    // The short form of the name docker.io/library/ubuntu is ubuntu.
    private static string Familiar(string repository)
    {
        foreach (var prefix in new[] { "docker.io/", "library/", "localhost/" })
            if (repository.StartsWith(prefix, StringComparison.Ordinal))
                repository = repository[prefix.Length..];
        return repository;
    }

    private static string Repository(ContainerImage image) => Split(image.Reference).Repository;

    private static string Tag(ContainerImage image) => Split(image.Reference).Tag;

    // In a reference to an image, a colon before the last slash belongs to the port of the registry.
    private static (string Repository, string Tag) Split(string reference)
    {
        var name = reference.Split('@')[0];
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? (name[..colon], name[(colon + 1)..]) : (name, "latest");
    }

    /// <summary>Collects the engine's messages during a pull: the bytes of all layers together, and the last
    /// error.</summary>
    private sealed class PullProgress(string name, IBuildLog log) : IProgress<JSONMessage>
    {
        private readonly Dictionary<string, (long Current, long Total)> layers = new(StringComparer.Ordinal);

        public string? Error { get; private set; }

        public void Report(JSONMessage value)
        {
            Error = value.Error?.Message ?? value.ErrorMessage ?? Error;
            if (value.Progress is not { Total: > 0 } part || value.ID is null)
                return;
            layers[value.ID + value.Status] = (part.Current, part.Total);
            var downloads = layers.Where(layer => layer.Key.EndsWith("Downloading", StringComparison.Ordinal))
                .Select(layer => layer.Value).ToList();
            if (downloads.Count > 0)
                log.Progress(
                    $"{name}: {downloads.Sum(layer => layer.Current) >> 20} MiB of "
                        + $"{downloads.Sum(layer => layer.Total) >> 20} MiB");
        }
    }
}
