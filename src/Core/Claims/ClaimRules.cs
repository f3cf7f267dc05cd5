using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Claims;

/// <summary>Diagnostics of the claims stage: VART7xxx.</summary>
[DiagnosticRules]
public static class ClaimRules
{
    /// <summary>The quantity of a predicate cannot be parsed.</summary>
    public static readonly DiagnosticRule BadFormula = new("VART7001", Error, "A quantity cannot be read",
        "Predicate '{0}': the Quantity '{1}' is not a valid formula: {2}.");

    /// <summary>A predicate has neither a lower nor an upper bound.</summary>
    public static readonly DiagnosticRule NoBound = new("VART7002", Error, "A predicate has no bound",
        "Predicate '{0}' has {1}. Give the predicate one bound, or both in ascending order.");

    /// <summary>The quantity of a predicate names a column that its dataset does not have.</summary>
    public static readonly DiagnosticRule UnknownColumn = new("VART7003", Error, "A column is not in the dataset",
        "Predicate '{0}' names the column '{1}', which the dataset '{2}' does not have.{3}");

    /// <summary>A claim is not supported, and the user wants this to be an error.</summary>
    public static readonly DiagnosticRule NotSupported = new("VART7004", Error, "A claim is not supported",
        "Claim '{0}' is not supported: {1}. The verdicts are in '{2}'. The property ArtifactClaimErrors makes this an "
        + "error.");

    /// <summary>A claim is inconclusive, and the user wants this to be an error.</summary>
    public static readonly DiagnosticRule Inconclusive = new("VART7020", Error, "A claim is inconclusive",
        "Claim '{0}' is inconclusive: {1}. The verdicts are in '{2}'. The property ArtifactClaimErrors makes this an "
        + "error.");

    /// <summary>A claim was not measured, and the user wants this to be an error.</summary>
    public static readonly DiagnosticRule NotMeasured = new("VART7021", Error, "A claim was not measured",
        "Claim '{0}' was not measured: {1}. The verdicts are in '{2}'. The property ArtifactClaimErrors makes this an "
        + "error.");

    /// <summary>A function runs along a column whose values are not numbers.</summary>
    public static readonly DiagnosticRule NotNumeric = new("VART7005", Error, "A column has no numbers",
        "Predicate '{0}' goes along the column '{1}', which has the value '{3}' in the dataset '{2}', not a number. "
        + "Select the points that have a number, or name another column.");

    /// <summary>The quantity of a predicate is more than one number.</summary>
    public static readonly DiagnosticRule SeveralNumbers = new("VART7006", Error, "A quantity has several numbers",
        "Predicate '{0}': its Quantity has {1} numbers, and a bound compares with one. Put min, max, median or another "
        + "function around the Quantity.");

    /// <summary>A claim has no predicate that decides it.</summary>
    public static readonly DiagnosticRule NoPredicate = new("VART7007", Error, "Nothing decides a claim",
        "Claim '{0}' has no Predicate of Strength Must, so it could never be decided. Add a Predicate of Strength "
        + "Must, or remove the claim.");
}
