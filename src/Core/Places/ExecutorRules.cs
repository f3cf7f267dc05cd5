using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Places;

/// <summary>Diagnostics of executors that extensions provide: VART4151 to VART4154.</summary>
[DiagnosticRules]
public static class ExecutorRules
{
    /// <summary>
    /// An executor of an extension threw an exception that it must not throw, or returned something unusable.
    /// </summary>
    public static readonly DiagnosticRule Failed = new("VART4151", Error, "An executor failed",
        "The executor '{0}', which an extension provides, failed while {1}: {2}. A failure of an executor is not "
        + "recorded as a sample. The author of the extension has to fix the failure.");

    /// <summary>The command with which an executor starts the runner failed.</summary>
    public static readonly DiagnosticRule CommandFailed = new("VART4152", Error, "The command of an executor failed",
        "The executor '{0}' ran '{1}', which {2}. A failure of an executor is not recorded as a sample. Check whether "
        + "the command works by itself, and the metadata of the executor.");

    /// <summary>An executor of an extension failed at a point where no result depends on it any more.</summary>
    public static readonly DiagnosticRule FailedAfterwards = new("VART4153", Warning,
        "An executor failed after the samples",
        "The executor '{0}', which an extension provides, failed while {1}: {2}. No sample is lost, but something that "
        + "the executor started may still run. The author of the extension has to fix the failure.");
}
