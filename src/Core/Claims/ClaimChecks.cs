using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Claims;

/// <summary>What can be known of claims before anything runs.</summary>
public static class ClaimChecks
{
    /// <summary>Reports claims that nothing decides, and predicates on columns that their dataset will not have.</summary>
    public static void Check(IReadOnlyList<ClaimDeclaration> claims, IReadOnlyList<PredicateDeclaration> predicates, Func<string, IReadOnlyList<string>?> columnsOf,
        ICollection<Diagnostic> found)
    {
        foreach (var claim in claims)
            if (!predicates.Any(predicate => predicate.Strength == PredicateStrength.Must && string.Equals(predicate.Claim, claim.Name, StringComparison.OrdinalIgnoreCase)))
                found.Add(ClaimRules.NoPredicate.At(claim.Item.Where, claim.Name));
        foreach (var predicate in predicates)
            if (columnsOf(predicate.Dataset) is { } known)
                foreach (var column in predicate.Columns.Distinct().Where(column => !known.Contains(column)))
                    found.Add(ClaimRules.UnknownColumn.At(predicate.Item.Where, predicate.Name, column, predicate.Dataset, Suggestion.For(column, known)));
    }
}
