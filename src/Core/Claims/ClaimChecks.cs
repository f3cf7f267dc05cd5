using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Claims;

/// <summary>Checks of the declarations of claims that are possible before anything runs.</summary>
public static class ClaimChecks
{
    /// <summary>Reports claims that have no predicate to decide them.</summary>
    public static void Check(IReadOnlyList<ClaimDeclaration> claims, IReadOnlyList<PredicateDeclaration> predicates,
        ICollection<Diagnostic> found)
    {
        foreach (var claim in claims)
            if (!predicates.Any(predicate => predicate.Strength == PredicateStrength.Must
                && string.Equals(predicate.Claim, claim.Name, StringComparison.OrdinalIgnoreCase)))
                found.Add(ClaimRules.NoPredicate.At(claim.Item.Where, claim.Name));
    }
}
