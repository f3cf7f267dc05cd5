using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>
/// The machine's one lane: work that is not timed shares it, a timed sample has it alone, whichever evaluation on this machine it
/// belongs to.
/// </summary>
public sealed class MachineLane(IBuildLog log, string? file = null)
{
    private readonly string path = file ?? Path.Combine(Path.GetTempPath(), "verus-artifact.lane");

    /// <summary>Takes the lane alone: for a measured sample.</summary>
    public Task<FileLock> AloneAsync(CancellationToken cancellation) => FileLock.ExclusiveAsync(path, null, Waiting, cancellation);

    /// <summary>Takes the lane with others: for builds and generators.</summary>
    public Task<FileLock> SharedAsync(CancellationToken cancellation) => FileLock.SharedAsync(path, Waiting, cancellation);

    private void Waiting(string owner) => log.Info("Waiting for another evaluation on this machine, so that neither disturbs the other's times.");
}
