using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>
/// The operations of git that the sources stage needs. The objects of a repository are kept once, in a bare store that
/// all its checkouts share. The store and the index with which a checkout is compared belong to the SDK alone, so no
/// file in a checkout decides whether it is clean.
/// </summary>
internal interface IGit
{
    /// <summary>Whether a store has a commit and everything that belongs to it.</summary>
    Task<bool> HasAsync(string store, string commit, CancellationToken cancellation);

    /// <summary>Fetches a commit into a store, unless the store already has it.</summary>
    Task FetchAsync(ExternalRepo pin, string url, string commit, string store, Action<string> progress,
        CancellationToken cancellation);

    /// <summary>Makes a checkout that borrows the objects of a store. In a checkout that was just made, files in Git
    /// LFS are still pointers.</summary>
    Task CheckOutAsync(ExternalRepo pin, string url, string commit, string store, string path,
        CancellationToken cancellation);

    /// <summary>The submodules that a commit names.</summary>
    Task<SubmoduleList> SubmodulesAsync(ExternalRepo pin, string url, string commit, string store,
        CancellationToken cancellation);

    /// <summary>The files of a commit that are pointers into Git LFS.</summary>
    Task<IReadOnlyList<LfsPointer>> PointersAsync(ExternalRepo pin, string url, string commit, string store,
        CancellationToken cancellation);

    /// <summary>Fetches the content of pointers into the store, each below <see cref="LfsPointer.ObjectIn"/>.</summary>
    Task FetchLfsAsync(ExternalRepo pin, string url, string commit, string store, string path,
        IReadOnlyList<LfsPointer> missing, CancellationToken cancellation);

    /// <summary>
    /// Updates a checkout after its pointers were replaced with the files themselves, so that git reports it as clean.
    /// </summary>
    Task SettleLfsAsync(ExternalRepo pin, string url, string store, string path, CancellationToken cancellation);

    /// <summary>
    /// The differences between a checkout, without its submodules, and a commit; ignored and new files are included.
    /// </summary>
    /// <param name="pin">The pin that errors refer to.</param>
    /// <param name="url">The URL that the checkout comes from.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="store">The store that has the commit.</param>
    /// <param name="path">The checkout.</param>
    /// <param name="index">An index outside of the checkout. The index only saves reading files again that were read
    /// before.</param>
    /// <param name="cancellation">Cancels the comparison.</param>
    Task<IReadOnlyList<Difference>> CompareAsync(ExternalRepo pin, string url, string commit, string store, string path,
        string index, CancellationToken cancellation);

    /// <summary>git's message when it does not trust a checkout because of its owner; null when git trusts the
    /// checkout.</summary>
    Task<string?> DistrustAsync(string path, CancellationToken cancellation);
}

/// <summary>A path of a checkout that differs from the commit.</summary>
/// <param name="Path">Path below the checkout.</param>
/// <param name="How">The kind of difference: changed, deleted, new, or ignored.</param>
internal sealed record Difference(string Path, string How)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path} ({How})";
}
