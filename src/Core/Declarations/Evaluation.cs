namespace Verus.Artifact.Declarations;

/// <summary>What to do with a target that cannot be measured on this machine (property OnMissing).</summary>
public enum OnMissing
{
    /// <summary>
    /// Measure everything that is available, write the report, and fail at the end with one list of everything missing.
    /// </summary>
    Fail,
    /// <summary>Fail before the first sample, with one list of everything missing.</summary>
    FailFast,
    /// <summary>Leave the target out, and say so.</summary>
    Skip,
    /// <summary>Draw the target from the authors' recorded numbers, marked as recorded.</summary>
    Recorded,
}
