using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Claims;

/// <summary>Diagnostics of the claims stage: VART7xxx.</summary>
[DiagnosticRules]
public static class ClaimRules
{
    /// <summary>A quantity cannot be parsed.</summary>
    public static readonly DiagnosticRule BadFormula = new("VART7001", Error, "A quantity cannot be read",
        "Predicate '{0}': the Quantity '{1}' cannot be read: {2}.");

    /// <summary>A predicate has no bound.</summary>
    public static readonly DiagnosticRule NoBound = new("VART7002", Error, "A predicate has no bound",
        "Predicate '{0}' has neither AtLeast nor AtMost. Add one: thresholds are fixed before the run.");

    /// <summary>A quantity names a column that its dataset does not have.</summary>
    public static readonly DiagnosticRule UnknownColumn = new("VART7003", Error, "A column is not in the dataset",
        "Predicate '{0}' names the column '{1}', which the dataset '{2}' does not have.{3}");

    /// <summary>A claim is not supported, and that is to be an error.</summary>
    public static readonly DiagnosticRule NotSupported = new("VART7004", Error, "A claim is not supported",
        "Claim '{0}' is not supported: {1}. The verdicts are in '{2}'. Without -p:TreatFailedClaimsAsErrors=true this is no error.");
}
