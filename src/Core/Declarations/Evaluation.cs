namespace Verus.Artifact.Declarations;

/// <summary>What to do with a target that cannot be measured on this machine (property OnMissing).</summary>
public enum OnMissing
{
    /// <summary>
    /// The call measures everything that is available, writes the report, and fails at the end with one list of
    /// everything missing.
    /// </summary>
    Fail,
    /// <summary>The call fails before the first sample, with one list of everything missing.</summary>
    FailFast,
    /// <summary>The call leaves the target out, and says so.</summary>
    Skip,
    /// <summary>The call draws the target from the authors' recorded numbers, marked as recorded.</summary>
    Recorded,
}
