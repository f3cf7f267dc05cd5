using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Places.Slurm;

/// <summary>The diagnostics VART4110 to VART4119 and VART4201, about clusters.</summary>
[DiagnosticRules]
public static class SlurmRules
{
    /// <summary>The Slurm cluster does not accept a job.</summary>
    public static readonly DiagnosticRule Refused = new("VART4110", Error, "The cluster refuses a job",
        "The cluster refuses the job '{0}': {1}. Correct SlurmOptions of the experiment (partition, account, "
        + "limits), and run the same command again.");

    /// <summary>A job is no longer on the cluster and has left no result.</summary>
    public static readonly DiagnosticRule NoResult = new("VART4111", Error, "A job of the cluster left no result",
        "The job '{0}' of experiment '{1}' is no longer in the queue and left no result ({2}). Its last output: "
        + "{3}. The folder of the evaluation, the project and the SDK must be on a file system that the nodes "
        + "share, and the limits of the partition must be longer than the experiment's.");

    /// <summary>A job ran on another kind of node than earlier jobs.</summary>
    public static readonly DiagnosticRule UnlikeNode = new("VART4112", Error, "A job ran on a different kind of node",
        "A sample of experiment '{0}' ran on a node ({1}) that differs from the one before ({2}). A sample on a "
        + "different node does not count, since samples of different machines are never mixed. Choose one kind of node "
        + "with SlurmOptions, such as '--constraint=...' or '--nodelist=...'.");

    /// <summary>The output of a cluster job cannot be read.</summary>
    public static readonly DiagnosticRule Unreadable = new("VART4201", Error,
        "The result of a cluster job cannot be read",
        "A job of experiment '{0}' ended, but {1} cannot be used: {2}. A sample without a usable result does not "
        + "count. Check the file system that the nodes share (space, quota, whether all nodes see what one of them has "
        + "written), and run the same command again.");
}
