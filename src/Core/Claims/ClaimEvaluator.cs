using Verus.Artifact.Data;

namespace Verus.Artifact.Claims;

/// <summary>Judges claims by their predicates.</summary>
public static class ClaimEvaluator
{
    /// <summary>
    /// Returns a verdict for each claim. <paramref name="datasets"/> returns the dataset of a name, or null when no
    /// dataset has the name. <paramref name="numaNodes"/> returns the number of NUMA nodes of the machine that a
    /// dataset was measured on, or null when this number is not known, as for recorded numbers.
    /// </summary>
    /// <exception cref="Diagnostics.DiagnosticException">A predicate does not fit its dataset; the exception holds all
    /// such predicates.</exception>
    public static IReadOnlyList<ClaimVerdict> Evaluate(IReadOnlyList<ClaimDeclaration> claims,
        IReadOnlyList<PredicateDeclaration> predicates, Func<string, Dataset?> datasets,
        Func<string, int?>? numaNodes = null)
    {
        var found = new List<Diagnostics.Diagnostic>();
        var verdicts = Evaluate(claims, predicates, datasets, numaNodes, found);
        return found.Count == 0 ? verdicts : throw new Diagnostics.DiagnosticException(found);
    }

    /// <summary>
    /// Returns a verdict for each claim, even if a predicate does not fit its dataset: the verdict on such a predicate
    /// is "not measured" with the reason, and the error is added to <paramref name="found"/>.
    /// </summary>
    public static IReadOnlyList<ClaimVerdict> Evaluate(IReadOnlyList<ClaimDeclaration> claims,
        IReadOnlyList<PredicateDeclaration> predicates, Func<string, Dataset?> datasets,
        Func<string, int?>? numaNodes, ICollection<Diagnostics.Diagnostic> found) =>
        [.. claims.Select(claim => Judge(claim, predicates, datasets, numaNodes ?? (_ => null), found))];

    /// <summary>Judges one predicate; the dataset is null when the predicate's dataset does not exist.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The predicate does not fit the dataset.</exception>
    public static PredicateVerdict Judge(PredicateDeclaration predicate, Dataset? dataset, int? numaNodes = null) =>
        new PredicateJudge(predicate, dataset, numaNodes).Verdict();

    /// <summary>
    /// Combines the outcomes of predicates: a predicate that fails refutes the claim, a predicate that cannot be
    /// decided leaves it open, and a claim with a predicate that was not measured is at best inconclusive.
    /// </summary>
    public static VerdictOutcome Together(IReadOnlyList<VerdictOutcome> must) =>
        must.Contains(VerdictOutcome.NotSupported) ? VerdictOutcome.NotSupported
        : must.All(outcome => outcome == VerdictOutcome.NotMeasured) ? VerdictOutcome.NotMeasured
        : must.All(outcome => outcome == VerdictOutcome.Supported) ? VerdictOutcome.Supported
        : VerdictOutcome.Inconclusive;

    /// <summary>
    /// Judges one claim. A predicate that does not fit its dataset is added to <paramref name="found"/>; the other
    /// predicates are still judged.
    /// </summary>
    public static ClaimVerdict Judge(ClaimDeclaration claim, IReadOnlyList<PredicateDeclaration> predicates,
        Func<string, Dataset?> datasets,
        Func<string, int?> numaNodes, ICollection<Diagnostics.Diagnostic> found)
    {
        var verdicts = new List<PredicateVerdict>();
        foreach (var predicate in predicates.Where(predicate =>
            string.Equals(predicate.Claim, claim.Name, StringComparison.OrdinalIgnoreCase)))
        {
            try
            {
                verdicts.Add(Judge(predicate, datasets(predicate.Dataset), numaNodes(predicate.Dataset)));
            }
            catch (Diagnostics.DiagnosticException problem)
            {
                foreach (var one in problem.Diagnostics)
                    found.Add(one);
                verdicts.Add(PredicateJudge.NotJudged(predicate, datasets(predicate.Dataset),
                    [.. problem.Diagnostics.Select(one => $"{one.Rule.Code}: {one.Message}")]));
            }
        }
        return new ClaimVerdict
        {
            Name = claim.Name,
            Title = claim.Title,
            Outcome = Together([.. verdicts.Where(verdict => verdict.Strength == PredicateStrength.Must)
                .Select(verdict => verdict.Outcome)]),
            Origin = verdicts.Exists(verdict => verdict.Origin == Origin.Recorded) ? Origin.Recorded : Origin.Measured,
            Predicates = verdicts,
            Figures = claim.Figures,
        };
    }
}
