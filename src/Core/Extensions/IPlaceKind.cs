namespace Verus.Artifact.Extensions;

/// <summary>A kind of place where experiments run, provided by the SDK or by an extension.</summary>
public interface IPlaceKind : INamed
{
    /// <summary>
    /// The kind of place for experiments that name no executor, and for work on this machine that serves experiments.
    /// </summary>
    const string Default = "Host";

    /// <summary>Reads the metadata of one experiment that concern the place.</summary>
    Placement Configure(IMetadata metadata);
}

/// <summary>A kind of place that an extension provides.</summary>
/// <param name="kind">The executor kind of the extension.</param>
public sealed class AddedPlaceKind(IExecutorKind kind) : IPlaceKind
{
    /// <inheritdoc/>
    public string Name { get; } = kind.Name;

    /// <inheritdoc/>
    public int Version { get; } = kind.Version;

    /// <inheritdoc/>
    public Placement Configure(IMetadata metadata) =>
        kind.Configure(metadata) ?? throw new InvalidOperationException("it returned no placement");

    /// <summary>Creates the executor of one stage.</summary>
    public IExecutor Open(IExecutorServices services) =>
        kind.Open(services) ?? throw new InvalidOperationException("it returned no executor");
}
