namespace Verus.Artifact.Declarations;

/// <summary>What to do with a target that cannot be measured here (property OnMissing).</summary>
public enum OnMissing
{
    /// <summary>Fail before anything starts, with all that is missing in one list.</summary>
    Fail,
    /// <summary>Leave it out, and say so.</summary>
    Skip,
    /// <summary>Draw it from the authors' recorded numbers, marked as recorded.</summary>
    Recorded,
}
