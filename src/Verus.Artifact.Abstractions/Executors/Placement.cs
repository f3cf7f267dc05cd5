namespace Verus.Artifact.Extensions;

/// <summary>How the machine that a job runs on is related to the one that builds.</summary>
public enum PlaceMachine
{
    /// <summary>
    /// It is the same one. A timed job has it for itself, and it may be tuned before (metadata <c>Tune</c>).
    /// </summary>
    This,
    /// <summary>
    /// Another one that this one carries, such as a virtual machine. A timed job has this one for itself; tuning this
    /// one says nothing.
    /// </summary>
    Guest,
    /// <summary>
    /// Another one. Several jobs may be under way at once, and nothing that happens here disturbs them.
    /// </summary>
    Elsewhere,
}

/// <summary>
/// Where one experiment runs, as its metadata say. Immutable; an executor derives its own from it, with what it has
/// read.
/// </summary>
public record Placement
{
    /// <summary>Makes one.</summary>
    /// <param name="identity">
    /// What of the place reaches the measured process, such as a priority or the digest of an image; empty when
    /// nothing does. It is a part of the key of every cell: when it changes, samples are taken again. What makes no
    /// difference to the process, such as the name of a host, does not belong here.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="identity"/> is null.</exception>
    public Placement(string identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        Identity = identity;
    }

    /// <summary>What of the place reaches the measured process.</summary>
    public string Identity { get; }

    /// <summary>Which machine the jobs see.</summary>
    public PlaceMachine Machine { get; init; }

    /// <summary>
    /// What people should know of the place beside the executor's name, such as "in the image 'box'"; may be empty.
    /// Null: the command runs there as a shell on this machine would run it, so that the reproduction script is all
    /// that one needs.
    /// </summary>
    public string? Words { get; init; } = "";
}
