using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>
/// What the sources stage needs of git. Objects of a repository are kept once, in a bare store that all its checkouts
/// share. Both the store and the index that a checkout is compared by are ours alone: nothing in a checkout decides
/// whether it is clean.
/// </summary>
internal interface IGit
{
    /// <summary>Whether a store has a commit with all that belongs to it.</summary>
    Task<bool> HasAsync(string store, string commit, CancellationToken cancellation);

    /// <summary>Brings a commit to a store, unless it is there.</summary>
    Task FetchAsync(ExternalRepo pin, string url, string commit, string store, Action<string> progress,
        CancellationToken cancellation);

    /// <summary>
    /// Makes a checkout that borrows the objects of a store. Files in Git LFS are their pointers still.
    /// </summary>
    Task CheckOutAsync(ExternalRepo pin, string url, string commit, string store, string path,
        CancellationToken cancellation);

    /// <summary>The submodules that a commit names.</summary>
    Task<SubmoduleList> SubmodulesAsync(ExternalRepo pin, string url, string commit, string store,
        CancellationToken cancellation);

    /// <summary>The files of a commit that are pointers into Git LFS.</summary>
    Task<IReadOnlyList<LfsPointer>> PointersAsync(ExternalRepo pin, string url, string commit, string store,
        CancellationToken cancellation);

    /// <summary>Brings the content of pointers to the store, each below <see cref="LfsPointer.ObjectIn"/>.</summary>
    Task FetchLfsAsync(ExternalRepo pin, string url, string commit, string store, string path,
        IReadOnlyList<LfsPointer> missing, CancellationToken cancellation);

    /// <summary>
    /// Tells a checkout whose pointers have become files of it, so that who looks at it with git finds it clean.
    /// </summary>
    Task SettleLfsAsync(ExternalRepo pin, string url, string store, string path, CancellationToken cancellation);

    /// <summary>
    /// What of a checkout, without its submodules, is not as in a commit; ignored files and new ones are among it.
    /// </summary>
    /// <param name="pin">What is blamed for errors.</param>
    /// <param name="url">Where it is from.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="store">Has the commit.</param>
    /// <param name="path">The checkout.</param>
    /// <param name="index">An index outside of the checkout. It only saves reading files that were read before.</param>
    /// <param name="cancellation">Stops it.</param>
    Task<IReadOnlyList<Difference>> CompareAsync(ExternalRepo pin, string url, string commit, string store, string path,
        string index, CancellationToken cancellation);

    /// <summary>What git says when it does not trust a checkout because of its owner; null when it does.</summary>
    Task<string?> DistrustAsync(string path, CancellationToken cancellation);
}

/// <summary>A path of a checkout that is not as in its commit.</summary>
/// <param name="Path">Path below the checkout.</param>
/// <param name="How">changed, deleted, new, ignored.</param>
internal sealed record Difference(string Path, string How)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path} ({How})";
}
