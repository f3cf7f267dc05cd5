namespace Verus.Artifact.Extensions;

/// <summary>The relation between the machine on which a job runs and the machine on which the build runs.</summary>
public enum PlaceMachine
{
    /// <summary>
    /// The job runs on the machine of the build. Only one timed job runs on that machine at a time, and the machine may
    /// be tuned before (metadata <c>Tune</c>).
    /// </summary>
    This,
    /// <summary>
    /// The job runs on a machine that the machine of the build hosts, such as a virtual machine. Only one timed job
    /// runs on the host at a time. The host is not tuned for jobs in a machine that it hosts.
    /// </summary>
    Guest,
    /// <summary>The job runs on another machine. Several jobs may run at once, since work on the machine of the build
    /// does not disturb them.</summary>
    Elsewhere,
}

/// <summary>
/// The placement of one experiment, which says where the experiment runs according to its metadata. Placements are
/// immutable. An executor kind derives a class from Placement for the metadata that it has read.
/// </summary>
public record Placement
{
    /// <summary>Makes a placement.</summary>
    /// <param name="identity">
    /// The properties of the place that affect the measured process, such as a priority or the digest of an image;
    /// empty when the place has none. The identity of the place is part of the key of every cell: when the identity
    /// changes, samples are taken again. A property that makes no difference to the process, such as the name of a
    /// host, does not belong to the identity of the place.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="identity"/> is null.</exception>
    public Placement(string identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        Identity = identity;
    }

    /// <summary>The properties of the place that affect the measured process.</summary>
    public string Identity { get; }

    /// <summary>The machine on which the jobs run.</summary>
    public PlaceMachine Machine { get; init; }

    /// <summary>
    /// A text that describes the place in addition to the executor's name, such as "in the image 'box'"; the text may
    /// be empty. If the description of the place is null, the command runs as a shell on this machine would run it, so
    /// that the reproduction script suffices.
    /// </summary>
    public string? Words { get; init; } = "";
}
