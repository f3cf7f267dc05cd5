namespace Verus.Artifact.Extensions;

/// <summary>A kind of place where experiments run, of the SDK's own or of an extension.</summary>
public interface IPlaceKind : INamed
{
    /// <summary>The kind of experiments that name none, and of what is done for experiments on this machine.</summary>
    const string Default = "Host";

    /// <summary>Reads the metadata of one experiment that belong to the place.</summary>
    Placement Configure(IMetadata metadata);
}

/// <summary>A kind that an extension provides.</summary>
/// <param name="kind">What the extension has.</param>
public sealed class AddedPlaceKind(IExecutorKind kind) : IPlaceKind
{
    /// <inheritdoc/>
    public string Name { get; } = kind.Name;

    /// <inheritdoc/>
    public int Version { get; } = kind.Version;

    /// <inheritdoc/>
    public Placement Configure(IMetadata metadata) =>
        kind.Configure(metadata) ?? throw new InvalidOperationException("it returned no placement");

    /// <summary>Makes the executor of one stage.</summary>
    public IExecutor Open(IExecutorServices services) =>
        kind.Open(services) ?? throw new InvalidOperationException("it returned no executor");
}
