using Docker.DotNet;
using Docker.DotNet.Models;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Containers;

/// <summary>
/// The images that an evaluation has pulled or built, so that these and no others can be removed. An image that was in
/// the engine before the evaluation is not recorded. The list of images is kept in the folder of the sources.
/// </summary>
/// <param name="layout">The location of the evaluation.</param>
public sealed class OwnImages(EvaluationLayout layout)
{
    private string ListFile => Path.Combine(layout.Sources, ".images", "own.tsv");

    /// <summary>Adds an image to the record.</summary>
    /// <param name="reference">The engine's name for the image: a tag, or a repository with a digest.</param>
    /// <param name="id">The id of the image.</param>
    public void Add(string reference, string id)
    {
        var lines = Read().Append((reference, id)).Distinct().Select(one => $"{one.Item1}\t{one.Item2}\n");
        AtomicFile.Write(ListFile, string.Concat(lines));
    }

    /// <summary>Removes all recorded images that are still unchanged, and reports the size of each.</summary>
    /// <exception cref="DiagnosticException">The engine does not answer, or an image is in use; the other images are
    /// still removed.</exception>
    public async Task RemoveAsync(DockerEngine engine, IBuildLog log, CancellationToken cancellation)
    {
        var (kept, problems, bytes) = (new List<(string, string)>(), new List<Diagnostic>(), 0L);
        var all = Read();
        if (all.Count > 0)
            await engine.ProbeAsync(cancellation).ConfigureAwait(false);
        // Images are removed in reverse order, because images that were built last may be based on images that were
        // pulled earlier.
        foreach (var (reference, id) in Enumerable.Reverse(all))
        {
            if (await engine.FindImageAsync(reference, cancellation).ConfigureAwait(false) is not { } image
                || image.ID != id)
                continue;
            if (await TryRemoveAsync(engine, reference, cancellation).ConfigureAwait(false) is { } words)
            {
                kept.Insert(0, (reference, id));
                problems.Add(ImageRules.NotRemoved.At(SourceLocation.None, reference, words));
                continue;
            }
            bytes += image.Size;
            log.Info($"Removed {reference} ({Amount.Bytes(image.Size)})");
        }
        if (all.Count > 0)
            AtomicFile.Write(ListFile, string.Concat(kept.Select(one => $"{one.Item1}\t{one.Item2}\n")));
        log.Info(bytes == 0 ? "No image that this evaluation pulled or built is here"
            : $"{Amount.Bytes(bytes)} in all; layers that several share count several times");
        if (problems.Count > 0)
            throw new DiagnosticException(problems);
    }

    private static async Task<string?> TryRemoveAsync(DockerEngine engine, string reference,
        CancellationToken cancellation)
    {
        try
        {
            await engine.Client.Images.DeleteImageAsync(reference, new ImageDeleteParameters(),
                cancellation).ConfigureAwait(false);
            return null;
        }
        catch (DockerApiException refused)
        {
            return DockerEngine.WordsOf(refused).TrimEnd('.');
        }
        catch (Exception gone) when (DockerEngine.IsGone(gone) && !cancellation.IsCancellationRequested)
        {
            throw engine.GoneWith(gone);
        }
    }

    private List<(string Reference, string Id)> Read() => !File.Exists(ListFile) ? []
        : [.. File.ReadLines(ListFile).Select(line => line.Split('\t')).Where(cells => cells.Length == 2)
            .Select(cells => (cells[0], cells[1]))];
}
