namespace Verus.Artifact.Declarations;

/// <summary>What to do with a target that cannot be measured here (property OnMissing).</summary>
public enum OnMissing
{
    /// <summary>
    /// Measure all that can be had, write the report, and fail at the end with one list of what is missing.
    /// </summary>
    Fail,
    /// <summary>Fail before the first sample, with all that is missing in one list.</summary>
    FailFast,
    /// <summary>Leave it out, and say so.</summary>
    Skip,
    /// <summary>Draw it from the authors' recorded numbers, marked as recorded.</summary>
    Recorded,
}
