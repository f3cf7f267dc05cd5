namespace Verus.Artifact.Extensions;

/// <summary>How the machine on which a job runs is related to the one that builds.</summary>
public enum PlaceMachine
{
    /// <summary>
    /// The same machine. Only one timed job runs on it at a time, and it may be tuned before (metadata <c>Tune</c>).
    /// </summary>
    This,
    /// <summary>
    /// Another machine that this one hosts, such as a virtual machine. Only one timed job runs on this machine at a
    /// time. Tuning this machine has no meaning for it.
    /// </summary>
    Guest,
    /// <summary>Another machine. Several jobs may run at once, and nothing that happens here disturbs them.</summary>
    Elsewhere,
}

/// <summary>
/// Where one experiment runs, according to its metadata. It is immutable. An executor derives its own from it, with the
/// metadata that it has read.
/// </summary>
public record Placement
{
    /// <summary>Makes one.</summary>
    /// <param name="identity">
    /// What of the place reaches the measured process, such as a priority or the digest of an image; empty when
    /// nothing does. The identity is a part of the key of every cell: when it changes, samples are taken again. What
    /// makes no difference to the process, such as the name of a host, does not belong here.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="identity"/> is null.</exception>
    public Placement(string identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        Identity = identity;
    }

    /// <summary>What of the place affects the measured process.</summary>
    public string Identity { get; }

    /// <summary>Which machine the jobs see.</summary>
    public PlaceMachine Machine { get; init; }

    /// <summary>
    /// What people should know about the place beside the executor's name, such as "in the image 'box'"; may be empty.
    /// Null means that the command runs there as a shell on this machine would run it, so the reproduction script
    /// suffices.
    /// </summary>
    public string? Words { get; init; } = "";
}
