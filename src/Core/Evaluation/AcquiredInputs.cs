using Verus.Artifact.Containers;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Evaluation;

/// <summary>The pinned inputs that are present on this machine, by the name of the pin.</summary>
public sealed record AcquiredInputs
{
    /// <summary>Checkouts.</summary>
    public IReadOnlyDictionary<string, AcquiredSource> Sources { get; init; } =
        new Dictionary<string, AcquiredSource>();
    /// <summary>Downloads.</summary>
    public IReadOnlyDictionary<string, AcquiredFile> Files { get; init; } = new Dictionary<string, AcquiredFile>();
    /// <summary>Images.</summary>
    public IReadOnlyDictionary<string, AcquiredImage> Images { get; init; } = new Dictionary<string, AcquiredImage>();
    /// <summary>The pinned inputs that could not be obtained.</summary>
    public Gaps Gaps { get; init; } = Gaps.None;

    /// <summary>The checkouts in the form that experiments and builds use.</summary>
    public IReadOnlyDictionary<string, SourceBinding> SourceBindings =>
        Sources.Values.ToDictionary(source => source.Name, source => new SourceBinding(source.Path, source.Identity),
            StringComparer.OrdinalIgnoreCase);

    /// <summary>The downloads in the form that experiments use.</summary>
    public IReadOnlyDictionary<string, SourceBinding> FileBindings =>
        Files.Values.ToDictionary(file => file.Name, file => new SourceBinding(file.Path, file.Sha256),
            StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The sources as they will be after a fetch, for a call that fetches none: the commit comes from the pin or, if
    /// the fallback was used, from the checkout. Without the commit of a source, everything built or measured from it
    /// would look stale.
    /// </summary>
    public static AcquiredInputs Expected(EvaluationContext context)
    {
        var (options, pins) = (context.Options, context.Model.Pins);
        var sources = new Dictionary<string, AcquiredSource>(StringComparer.OrdinalIgnoreCase);
        foreach (var repo in pins.Repos)
        {
            var path = SourceStore.PathOf(options.Layout, repo);
            var fallback = repo.Fallback is not null
                && options.AllowFallback.Contains(repo.Name, StringComparer.OrdinalIgnoreCase)
                && Checkout.CommitOf(path) == repo.Fallback;
            sources[repo.Name] = new AcquiredSource(repo.Name, path, fallback ? repo.Fallback! : repo.Commit, null)
            {
                Paths = repo.SparsePaths,
            };
        }
        return new AcquiredInputs
        {
            Sources = sources,
            Files = pins.Files.Where(file => file.Sha256 is not null).ToDictionary(file => file.Name,
                file => new AcquiredFile(file.Name, ExternalFileStore.PathOf(options.Layout, file), file.Sha256!),
                StringComparer.OrdinalIgnoreCase),
        };
    }
}
